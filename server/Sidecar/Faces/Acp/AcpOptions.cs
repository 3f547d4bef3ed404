using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Acp;

/// <summary>What the user can set in a session. The options are the truth; ACP's modes mirror the one of category "mode".</summary>
internal sealed record AcpOptions
{
    private const string AutoModel = "auto";
    private static readonly string[] Reviews = ["hunks", "patch", "auto"];

    public Level Level { get; init; } = Level.RunTests;
    public string Model { get; init; } = AutoModel;
    public ConsiliumSize Consilium { get; init; } = ConsiliumSize.Full;
    public string Review { get; init; } = "hunks";

    /// <summary>Not trusted (restricted mode): reading is all there is, and nothing can change that.</summary>
    public bool Trusted { get; init; } = true;

    public static AcpOptions Of(RunSettings settings, bool trusted) =>
        new()
        {
            Trusted = trusted,
            Level = trusted ? settings.Level : Level.ReadOnly,
            Model = settings.Model ?? AutoModel,
            Consilium = settings.Consilium,
        };

    public SessionModes Modes => new(Wire.Name(Level), [.. Levels.Select(level => new SessionMode(Wire.Name(level), Name(level)))]);

    public IReadOnlyList<ConfigOption> Draw() =>
        [
            new(
                "level",
                "Level",
                "mode",
                "select",
                Wire.Name(Level),
                [.. Levels.Select(level => new ConfigValue(Wire.Name(level), Name(level)))]
            ),
            new(
                "model",
                "Model",
                "model",
                "select",
                Model,
                [.. Models.Select(model => new ConfigValue(model, model == AutoModel ? "The server's own" : model))]
            ),
            new(
                "consilium",
                "Consilium",
                "_consilium",
                "select",
                Wire.Name(Consilium),
                [new("full", "Six roles"), new("auto", "By risk"), new("off", "Off")]
            ),
            new(
                "review",
                "Review",
                "_review",
                "select",
                Review,
                [new("hunks", "Hunk by hunk"), new("patch", "Once per patch"), new("auto", "Apply what the level allows")]
            ),
        ];

    public AcpOptions With(string id, string value) =>
        id switch
        {
            "level" => this with
            {
                Level = Wire.Find<Level>(value) is { } level && Levels.Contains(level) ? level : throw Unknown("$.value"),
            },
            "model" => this with { Model = Models.Contains(value) ? value : throw Unknown("$.value") },
            "consilium" => this with { Consilium = Wire.Find<ConsiliumSize>(value) ?? throw Unknown("$.value") },
            "review" => this with { Review = Reviews.Contains(value) ? value : throw Unknown("$.value") },
            _ => throw Unknown("$.configId"),
        };

    public RunSettings Apply(RunSettings settings) =>
        settings with
        {
            Level = Level,
            Model = Model == AutoModel ? null : Model,
            Consilium = Consilium,
            Review = Review == "auto" ? ReviewMode.Auto : ReviewMode.Ask,
        };

    private IEnumerable<Level> Levels => Trusted ? Enum.GetValues<Level>() : [Level.ReadOnly];

    private IEnumerable<string> Models => Model == AutoModel ? [AutoModel] : [AutoModel, Model];

    private static AcpError Unknown(string path) => new(AcpError.InvalidParams, "unknown_value", path);

    private static string Name(Level level) =>
        $"{(int)level} "
        + level switch
        {
            Level.ReadOnly => "Read-only",
            Level.SafeWrite => "Safe write",
            Level.RunTests => "Run tests",
            Level.GitCommit => "Git commit",
            _ => "Extended shell",
        };
}
