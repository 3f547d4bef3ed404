namespace CodexSidecar.Engine.Models;

/// <summary>What an address says of itself.</summary>
/// <param name="Result">For the user: "refused", "timed out", "answers, but is no model server", "401", "3 models".</param>
/// <param name="Status">HTTP status of the model list, or of what is not public; 0: no connection.</param>
internal sealed record EndpointAnswer(string Result, int Status, bool IsServer, string Family, IReadOnlyList<ServedModel> Models)
{
    private const int MostNames = 5;

    /// <summary>It is there, but has no model in memory yet.</summary>
    public bool IsLoading { get; init; }

    /// <summary>It took the connection and answered nothing: it hangs, or answers one question at a time and has one.</summary>
    public bool IsSilent { get; init; }

    /// <summary>llama-server in front of several models.</summary>
    public bool IsRouter { get; init; }

    /// <summary>It says itself that it wants a key.</summary>
    public bool HasPassword { get; init; }

    /// <summary>Of the one model it has, whatever that is called.</summary>
    public int? Window { get; init; }

    /// <summary>Our own HTTP face must not be its own model.</summary>
    public bool IsOurs => Models.Any(model => model.IsOurs);

    /// <summary>A request for a model that is not in memory loads it.</summary>
    public bool LoadsOnRequest => IsRouter || EndpointFamily.LoadsOnRequest(Family);

    public static EndpointAnswer Read(EndpointReplies replies)
    {
        var models = replies.Listed.Where(model => ServedModel.Text(model, "id").Length > 0);
        var served = models.Select(model => ServedModel.Read(model, replies)).ToList();
        var family = replies.Family();
        var isServer = replies.HasList || family.Length > 0 || replies.IsLoading || replies.IsChatApi;
        var result =
            replies.Status is 401 or 403 ? $"{replies.Status}"
            : replies.IsLoading ? "is loading its model"
            : !isServer ? "answers, but is no model server"
            : Counted(served.Count);
        return new(result, replies.Status, isServer, family, served)
        {
            IsLoading = replies.IsLoading,
            IsRouter = replies.IsRouter,
            HasPassword = replies.HasPassword,
            Window = replies.PropsWindow,
        };
    }

    /// <summary>What a run takes when nothing is named: the one in memory, one for code, the first.</summary>
    public ServedModel? Usual
    {
        get
        {
            var chatting = Models.Where(model => model.Chats).ToList();
            return chatting.FirstOrDefault(model => model.IsLoaded)
                ?? chatting.FirstOrDefault(model => model.IsForCode)
                ?? chatting.FirstOrDefault();
        }
    }

    /// <summary>The model of this name, as exactly as the list allows.</summary>
    /// <returns>Null: none, or several that could be meant.</returns>
    public ServedModel? Find(string name)
    {
        bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
        Func<ServedModel, bool>[] steps =
        [
            model => model.Id == name,
            model => model.Aliases.Contains(name),
            model => Same(model.Id, name) || model.Aliases.Any(alias => Same(alias, name)),
            model => Same(ServedModel.Plain(model.Id), ServedModel.Plain(name)),
        ];
        return
            steps.Select(step => Models.Where(step).ToList()).FirstOrDefault(found => found.Count > 0) is [var only, ..] found
            && (found.Count == 1 || found[0].Id == name)
            ? only
            : null;
    }

    /// <summary>A request with such a name is answered by the model that is there.</summary>
    public bool IgnoresNames =>
        EndpointFamily.IgnoresNames(Family) && !IsRouter && (Family != EndpointFamily.LmStudio || Usual is { IsLoaded: true });

    /// <summary>A request with a name that is not listed is refused.</summary>
    public bool RefusesNames => IsRouter || EndpointFamily.RefusesNames(Family);

    /// <summary>The names of the list, those most like the given one first.</summary>
    public IReadOnlyList<string> NamesLike(string name) =>
        [.. Models.Where(model => model.Chats).Select(model => model.Id).OrderByDescending(id => Likeness(id, name))];

    /// <summary>The same as words for a sentence, cut where there are many.</summary>
    public string NamesInWords(string name)
    {
        var names = NamesLike(name);
        var more = names.Count > MostNames ? $" and {names.Count - MostNames} more" : "";
        return names.Count == 0 ? "none" : string.Join(", ", names.Take(MostNames)) + more;
    }

    public static string Counted(int models) => models == 1 ? "1 model" : $"{models} models";

    /// <summary>The share of neighbouring letters that both have.</summary>
    private static double Likeness(string one, string other)
    {
        static List<string> Pairs(string text) => [.. text.ToLowerInvariant().Zip(text.ToLowerInvariant().Skip(1), (a, b) => $"{a}{b}")];
        var (mine, theirs) = (Pairs(one), Pairs(other));
        var shared = mine.Count(theirs.Remove);
        return 2.0 * shared / Math.Max(1, Pairs(one).Count + Pairs(other).Count);
    }
}
