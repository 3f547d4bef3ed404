namespace CodexSidecar.Engine.Consilium;

/// <summary>The two forms a vote is asked for in. What comes back is read by <see cref="VoteReader"/>, whichever it is.</summary>
internal static class VoteForm
{
    /// <summary>For servers whose grammar converter breaks at lengths. The reason stands before the verdict, so that it is not
    /// made up for it.</summary>
    public const string Schema = """
        {"type":"object","properties":{"reason":{"type":"string"},"verdict":{"type":"string","enum":["approve","revise","reject","abstain"]},"decision":{"type":"string"},"risks":{"type":"array","items":{"type":"object","properties":{"level":{"type":"string","enum":["low","medium","high"]},"text":{"type":"string"}},"required":["level","text"]}},"objections":{"type":"array","items":{"type":"object","properties":{"weight":{"type":"string","enum":["must","should"]},"at":{"type":"string"},"quote":{"type":"string"},"text":{"type":"string"},"proof":{"type":"object","properties":{"kind":{"type":"string","enum":["search","symbol","path","secret","policy","test"]},"what":{"type":"string"},"expected":{"type":"string","enum":["found","none","deny","fail"]}},"required":["kind","what","expected"]}},"required":["weight","at","quote","text"]}},"checks":{"type":"array","items":{"type":"string"}},"confidence":{"type":"integer"}},"required":["reason","verdict","decision","risks","objections","checks","confidence"]}
        """;

    /// <summary>
    /// The same with the bounds of <see cref="VoteReader"/>, so that a small model does not write until its limit. Kept to what most
    /// grammars take: llama.cpp reads minimum and maximum of an integer only, and no length of 2,000 or more.
    /// </summary>
    public const string Bounded = """
        {"type":"object","properties":{"reason":{"type":"string","maxLength":400},"verdict":{"type":"string","enum":["approve","revise","reject","abstain"]},"decision":{"type":"string","minLength":1,"maxLength":200},"risks":{"type":"array","maxItems":3,"items":{"type":"object","properties":{"level":{"type":"string","enum":["low","medium","high"]},"text":{"type":"string","maxLength":200}},"required":["level","text"]}},"objections":{"type":"array","maxItems":2,"items":{"type":"object","properties":{"weight":{"type":"string","enum":["must","should"]},"at":{"type":"string","maxLength":200},"quote":{"type":"string","maxLength":200},"text":{"type":"string","maxLength":200},"proof":{"type":"object","properties":{"kind":{"type":"string","enum":["search","symbol","path","secret","policy","test"]},"what":{"type":"string","maxLength":200},"expected":{"type":"string","enum":["found","none","deny","fail"]}},"required":["kind","what","expected"]}},"required":["weight","at","quote","text"]}},"checks":{"type":"array","maxItems":3,"items":{"type":"string","maxLength":200}},"confidence":{"type":"integer","minimum":0,"maximum":10}},"required":["reason","verdict","decision","risks","objections","checks","confidence"]}
        """;

    public const string Lines = """
        Answer with these lines, in this order, one field a line, nothing else:
        REASON: at most two short sentences
        VERDICT: one word: approve or revise or reject or abstain
        DECISION: one sentence
        RISK: low or medium or high | text (or: none)
        OBJECTION: must or should | path:line or plan:step | "the line copied" | what is wrong (leave out when there is none)
        PROOF: kind | what | expected, only after an objection: search or symbol | text (in path) | found or none; path | path | found or none; secret | path:line | found; policy | command | deny; test | name | fail
        CHECK: a test or a thing to look at (or: none)
        CONFIDENCE: 0 to 10
        """;

    public const string Json = """
        Answer with one JSON object and nothing else. Its fields, in this order:
        reason: at most two short sentences
        verdict: approve, revise, reject or abstain
        decision: one sentence
        risks: a list, may be empty, of level (low, medium, high) and text
        objections: a list, empty when there is none, of weight (must or should), at (path:line or plan:step), quote (the line copied), text (what is wrong), and proof: kind, what, expected; search or symbol, text (in path), found or none; path, path, found or none; secret, path:line, found; policy, command, deny; test, name, fail
        checks: a list of tests or things to look at
        confidence: 0 to 10
        """;
}
