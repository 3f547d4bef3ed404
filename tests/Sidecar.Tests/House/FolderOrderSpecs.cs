using CodexSidecar.Engine.Runs;
using Mono.Cecil;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.House;

/// <summary>Look down, never up: a room of the engine knows the rooms below it and no other (docs/architecture.md, "The house").</summary>
public sealed class FolderOrderSpecs
{
    private static readonly string[] Rooms =
    [
        "Workspace",
        "Processes",
        "Policy",
        "Audit",
        "Snapshots",
        "Shadows",
        "Patching",
        "Tools",
        "Models",
        "Consilium",
        "Mapping",
        "Prompts",
        "Testing",
        "Orchestration",
        "Reports",
        "State",
        "Revisions",
        "Runs",
        "Entrances",
    ];

    [Fact]
    public void No_room_of_the_engine_uses_a_higher_one()
    {
        using var module = ModuleDefinition.ReadModule(typeof(Session).Assembly.Location);
        Assert.Empty(new FolderOrder("CodexSidecar.Engine", Rooms).Violations(module));
    }

    [Fact]
    public void Every_folder_of_the_engine_is_a_room() =>
        Offenders.None(
            Repository
                .Files.Where(file =>
                    file.StartsWith("server/Engine/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal)
                )
                .Select(file => file.Split('/')[2])
                .Distinct()
                .Except(Rooms)
        );

    [Fact]
    public void A_namespace_is_its_folder()
    {
        foreach (var file in Repository.FilesNamed(".cs").Where(file => file.StartsWith("server/Engine/", StringComparison.Ordinal)))
        {
            Assert.Contains($"namespace CodexSidecar.Engine.{file.Split('/')[2]}", Repository.Read(file));
        }
    }

    /// <summary>The rule must be able to fail: FolderOrderSamples breaks it once in every way it can be broken.</summary>
    [Fact]
    public void A_look_upwards_is_found_wherever_it_hides()
    {
        using var module = ModuleDefinition.ReadModule(typeof(FolderOrderSpecs).Assembly.Location);
        var bad = typeof(Bad.Low.Innocent).Namespace!.Replace(".Low", "", StringComparison.Ordinal);
        var found = new FolderOrder(bad, ["Low", "High"]).Violations(module);
        Assert.Equal(
            [
                .. new[] { "AsyncLambda", "Attribute", "Field", "GenericArgument", "Inferred", "Parameter", "TypeOf" }.Select(name =>
                    $"{bad}.Low.{name} (Low) uses {bad}.High.Above (High)"
                ),
                $"{bad}.Unlisted.Stray: the room Unlisted is not in the list of rooms",
            ],
            found
        );
    }

    /// <summary>One word, one meaning: two types of one simple name are told apart by a using, which nobody reads.</summary>
    [Fact]
    public void No_two_types_of_the_engine_have_the_same_name()
    {
        using var module = ModuleDefinition.ReadModule(typeof(Session).Assembly.Location);
        Offenders.None(
            module
                .GetTypes()
                .Where(type => !type.Name.Contains('<') && type.FullName.StartsWith("CodexSidecar.", StringComparison.Ordinal))
                .GroupBy(type => type.Name)
                .Where(group => group.Count() > 1)
                .Select(group => string.Join(" and ", group.Select(type => type.FullName)))
        );
    }
}
