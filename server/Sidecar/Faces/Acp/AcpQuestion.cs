using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Acp;

/// <summary>Puts one question to the client. Everything but a known option denies: an error, null, silence, rubbish.</summary>
internal sealed class AcpQuestion(AcpRpc rpc, AcpClient client, string sessionId, string workspace, bool wholePatch)
{
    private const string All = "all",
        Hunks = "hunks",
        Reject = "reject",
        Once = "once",
        ForSession = "session";

    /// <param name="envelope">Holds the <see cref="PermissionAsked"/>.</param>
    /// <param name="tell">Tells the user why an answer did not count.</param>
    public async Task<Answer> AskAsync(AcpView view, EventEnvelope envelope, Func<string, Task> tell, CancellationToken cancellationToken)
    {
        var ask = (PermissionAsked)envelope.Event;
        var patch = ask.Subject == AskSubject.Patch ? view.Patch : null;
        var options = patch is not null ? PatchOptions(patch) : OptionsOf(ask);
        var call = AcpMapping.CallOf(view, ask).CallId;
        var result = await rpc.AskAsync<PermissionResult>(
            "session/request_permission",
            new PermissionParams(sessionId, CallRef(call, ask, patch), options, client.Extras ? AcpMapping.MetaOf(envelope) : null),
            cancellationToken
        );
        if (
            result?.Outcome is not { Outcome: "selected", OptionId: { } chosen } outcome
            || options.All(option => option.OptionId != chosen)
        )
        {
            return new Answer(false, AnsweredBy.Face);
        }
        return chosen switch
        {
            All or Once => new Answer(true, AnsweredBy.User),
            ForSession => new Answer(true, AnsweredBy.User, ForSession: true),
            Hunks => await DecideAsync(call, patch!, outcome, tell, cancellationToken),
            _ => new Answer(false, AnsweredBy.User),
        };
    }

    private ToolCallRef CallRef(string call, PermissionAsked ask, PatchProposed? patch) =>
        patch is not null ? new(call, AcpWords.PatchTitle(patch), "edit")
        : ask.Subject is AskSubject.Command ? new(call, ask.Question, "execute", new CommandInput(ask.Question, workspace))
        : new(call, ask.Question, "think");

    // Clients that answer by themselves take the first option: nobody overrules the votes or a gate by accident.
    private static PermissionOption[] OptionsOf(PermissionAsked ask) =>
        ask.Subject switch
        {
            AskSubject.Plan => [new(Reject, "Stop here", "reject_once"), new(Once, "Carry out the plan", "allow_once")],
            AskSubject.Gate => [new(Reject, "Stop here", "reject_once"), new(Once, "Allow it", "allow_once")],
            AskSubject.Commit => [new(Once, "Commit", "allow_once"), new(Reject, "Leave it uncommitted", "reject_once")],
            _ => CommandOptions(ask),
        };

    // Clients that answer by themselves take the first option.
    private PermissionOption[] PatchOptions(PatchProposed patch)
    {
        var count = patch.Files.Sum(file => file.Hunks.Count);
        var all = new PermissionOption(All, count == 1 ? "Apply the hunk" : $"Apply all {count} hunks", "allow_once");
        var reject = new PermissionOption(Reject, "Reject", "reject_once");
        return !wholePatch && count > 1 && (client.Extras || client.Forms) || client.Extras && !wholePatch
            ? [all, new(Hunks, "Choose hunks…", "allow_once"), reject]
            : [all, reject];
    }

    private static PermissionOption[] CommandOptions(PermissionAsked ask) =>
        ask.Risk == Risk.High
            ? [new(Once, "Run once", "allow_once"), new(Reject, "Reject", "reject_once")]
            :
            [
                new(Once, "Run once", "allow_once"),
                new(ForSession, $"Run `{ask.Question}` in this session", "allow_always"),
                new(Reject, "Reject", "reject_once"),
            ];

    private async Task<Answer> DecideAsync(
        string call,
        PatchProposed patch,
        PermissionOutcome outcome,
        Func<string, Task> tell,
        CancellationToken cancellationToken
    )
    {
        var decisions = client.Extras ? outcome.Meta?.CodexSidecar?.Decisions : await AskFormAsync(call, patch, cancellationToken);
        if (decisions is null)
        {
            return new Answer(false, AnsweredBy.Face);
        }
        var known = patch.Files.SelectMany(file => file.Hunks).Select(hunk => hunk.HunkId).ToHashSet(StringComparer.Ordinal);
        var given = new HashSet<string>(StringComparer.Ordinal);
        if (decisions.Any(decision => !known.Contains(decision.HunkId) || !given.Add(decision.HunkId)))
        {
            await tell("The choice of hunks did not fit the patch; nothing was applied.");
            return new Answer(false, AnsweredBy.Face);
        }
        // A hunk without a decision is rejected.
        return new Answer(
            decisions.Any(decision => decision.Accept),
            AnsweredBy.User,
            [.. decisions, .. known.Except(given).Order(StringComparer.Ordinal).Select(id => new HunkDecision(id, false))]
        );
    }

    private async Task<IReadOnlyList<HunkDecision>?> AskFormAsync(string call, PatchProposed patch, CancellationToken cancellationToken)
    {
        var choices = patch.Files.SelectMany(file =>
            file.Hunks.Select(hunk => new FormChoice(hunk.HunkId, $"{file.Path}:{hunk.OldStart} {hunk.Header}".TrimEnd()))
        );
        var form = new FormSchema(
            "object",
            ["keep"],
            new FormFields(new MultiSelect("array", "Apply", new MultiSelectItems([.. choices])))
        );
        var result = await rpc.AskAsync<ElicitationResult>(
            "elicitation/create",
            new ElicitationParams(sessionId, call, "form", $"Hunks to apply in {Path.GetFileName(workspace)}", form),
            cancellationToken
        );
        return result is { Action: "accept", Content.Keep: { } keep } ? [.. keep.Select(id => new HunkDecision(id, true))] : null;
    }
}
