using System.Globalization;

namespace CodexSidecar.Engine.Models;

/// <summary>What is known of a server beyond its name, in sentences for <c>doctor</c>: what was found and what is done about it.</summary>
internal static class LearntWords
{
    public static IReadOnlyList<string> Of(Endpoint endpoint) => [Votes(endpoint), .. Of(endpoint.Memory, endpoint.ToldWindow)];

    /// <param name="told">The window the server tells now.</param>
    public static IReadOnlyList<string> Of(EndpointMemory memory, int? told = null)
    {
        var known = new List<string>();
        void Add(bool holds, FormattableString text)
        {
            if (holds)
            {
                known.Add(text.ToString(CultureInfo.InvariantCulture));
            }
        }
        var refused = memory.RejectedFields.Where(field => field != "response_format").ToList();
        var (reads, writes) = (Speed(memory.PrefillSpeed), Speed(memory.DecodeSpeed));
        Add(refused.Count > 0, $"Refuses the fields {string.Join(", ", refused)}: they are left out");
        Add(memory.MergeSystem, $"Has no system role: its text goes into the first question");
        Add(memory.MergeNeighbours, $"Wants user and assistant to take turns: neighbours are joined");
        Add(memory.AnswersWhole, $"Does not stream: a reply comes as a whole, so nothing is shown before its end");
        Add(memory.Thinks is true, $"Thinks before it answers: the limit of a reply has room for that ({ThinkingRoom.Variable})");
        var less = ThinkingSwitch.Named(memory.ThinkingSwitch)?.Description;
        Add(less is not null, $"Once thought without coming to an answer, and answered when told to think less ({less})");
        Add(memory.SlimSchema, $"Takes no bounds in a schema: it is sent without them");
        Add(memory.ThoughtFirst, $"Begins with reasoning: that is shown as thoughts and never used as the answer");
        Add(
            memory.PrefillSpeed > 0 || memory.DecodeSpeed > 0,
            $"Reads {reads} and writes {writes} tokens a second, as measured in the last runs; waiting is limited by that"
        );
        Add(memory.TokenFactor != 1, $"Counts {memory.TokenFactor:0.00} tokens for each that is estimated");
        Add(
            memory.Window is not null && memory.Window != told,
            $"Took only {memory.Window} tokens of a prompt, whatever it says: prompts are kept that short for a day"
        );
        return known;
    }

    private static string Votes(Endpoint endpoint)
    {
        if (endpoint.Family == EndpointFamily.Unknown)
        {
            return "A server of no known kind: votes are asked for as lines, one question at a time";
        }
        var form = endpoint.Memory.RejectedFields.Contains("response_format")
            ? "asked for as lines, since a schema was refused or passed over"
            : "held to a schema";
        var order = EndpointFamily.AtOnce(endpoint.Family) > 1 ? "the roles are asked at the same time" : "one question at a time";
        return $"{endpoint.Family}: votes are {form}, {order}";
    }

    private static string Speed(double speed) => speed > 0 ? speed.ToString("N0", CultureInfo.InvariantCulture) : "an unknown number of";
}
