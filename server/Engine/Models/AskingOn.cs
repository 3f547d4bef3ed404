using System.Globalization;

namespace CodexSidecar.Engine.Models;

/// <summary>One request with its reply; failures are told, not repeated.</summary>
internal delegate Task<ModelAnswer> AskOnce(
    ModelPrompt prompt,
    ThinkingPlan thinking,
    IModelListener listener,
    CancellationToken cancellationToken
);

/// <summary>
/// Asks on where a reply holds no answer: one that is only reasoning is asked for again with more room, then with the reasoning switched
/// off; one that a form strangled without the form. What works is remembered.
/// </summary>
/// <param name="window">As known now.</param>
internal sealed class AskingOn(Endpoint endpoint, Func<int> window, AskOnce ask)
{
    /// <summary>With less thinking asked for, a model that thinks on all the same need not use all the room once more.</summary>
    private const int RoomWithSwitch = 4_000;

    /// <summary>An answer this much shorter than its room was cut by the reasoning before it.</summary>
    private const double HadItsRoom = 0.9,
        FarTooLong = 2;

    // Roles may be asked at the same time; a question more or less with the old state does no harm.
    private volatile ThinkingSwitch? inUse;
    private volatile bool windowIsLarger;
    private volatile bool nothingHelps;
    private int repliesAsThought;

    public async Task<ModelAnswer> AskAsync(ModelPrompt prompt, IModelListener listener, CancellationToken cancellationToken)
    {
        var answer = await AnsweredAsync(prompt, listener, cancellationToken);
        if (prompt.Schema is null || answer.Reply.End is not ReplyEnd.Stop || endpoint.Memory.RejectedFields.Contains("response_format"))
        {
            return answer;
        }
        if (!IsEmpty(answer.Reply.Text))
        {
            // The schema was passed over: the words are read all the same, and it is not sent again.
            if (!JsonObjects.Any(answer.Reply.Text))
            {
                endpoint.Learn(memory => memory.Reject("response_format"));
            }
            return answer;
        }
        var isThinking = answer.Reply.Usage.ThoughtTokens is not null;
        if (!isThinking && prompt.BoundedSchema is not null && !endpoint.Memory.SlimSchema)
        {
            endpoint.Learn(memory => memory with { SlimSchema = true });
            return (await AskAsync(prompt, listener, cancellationToken)).After(answer.Reply.Usage);
        }
        // A grammar can strangle a model that wants to say something else first.
        listener.Notice("An empty reply", $"{endpoint.Model} answers nothing when a form is prescribed; asking without it.");
        var free = await AnsweredAsync(prompt with { Schema = null, BoundedSchema = null }, listener, cancellationToken);
        // Reasoning without an answer is a matter of reasoning, and what is empty without a form too has another cause.
        if (!isThinking && !IsEmpty(free.Reply.Text))
        {
            endpoint.Learn(memory => memory.Reject("response_format"));
        }
        return free.After(answer.Reply.Usage);
    }

    private async Task<ModelAnswer> AnsweredAsync(ModelPrompt prompt, IModelListener listener, CancellationToken cancellationToken)
    {
        var thinking = First(prompt);
        var tried = new HashSet<ThinkingSwitch>();
        ModelAnswer? eaten = null;
        while (true)
        {
            ModelAnswer answer;
            try
            {
                answer = await ask(prompt, thinking, listener, cancellationToken);
            }
            catch (ModelException refused) when (refused.Fault is ModelFault.Refused && (thinking.Switch is not null || eaten is not null))
            {
                if (thinking.Switch is { } unknown)
                {
                    tried.Add(unknown);
                    inUse = null;
                }
                windowIsLarger = false;
                if (Next(prompt, thinking, tried) is { } other)
                {
                    thinking = other;
                }
                else if (eaten is not null)
                {
                    return Give(eaten);
                }
                else
                {
                    // Switched off by the user's wish, on a server that has no switch.
                    thinking = new(Room(prompt), null);
                }
                continue;
            }
            answer = eaten is null ? answer : answer.After(eaten.Reply.Usage);
            Learn(answer, thinking);
            if (!IsEaten(answer.Reply, prompt))
            {
                Worked(thinking, eaten, listener);
                return Told(answer, listener);
            }
            if (thinking.Switch is { } useless)
            {
                tried.Add(useless);
            }
            eaten = answer;
            if (Next(prompt, thinking, tried, isCircling: answer.Circles is not null) is not { } next)
            {
                return Give(eaten);
            }
            thinking = next;
        }
    }

    /// <summary>Room for everybody of whom it is not known that they do not need it: who thinks shows only in a reply.</summary>
    private ThinkingPlan First(ModelPrompt prompt)
    {
        var room = Room(prompt);
        if (endpoint.MostThinking == 0 && !nothingHelps)
        {
            return new(0, inUse ?? ThinkingSwitch.Named(endpoint.Memory.ThinkingSwitch) ?? ThinkingSwitch.All[0]);
        }
        return inUse is { } working ? new(Math.Min(room, RoomWithSwitch), working)
            : endpoint.Memory.Thinks is false ? ThinkingPlan.None
            // Its limit is the client's: an answer must not take the room of a thought that does not come.
            : endpoint.Memory.Thinks is null && prompt.GoesOut ? ThinkingPlan.None
            : new(room, null);
    }

    /// <returns>Null: nothing else is left to try.</returns>
    private ThinkingPlan? Next(ModelPrompt prompt, ThinkingPlan last, HashSet<ThinkingSwitch> tried, bool isCircling = false)
    {
        if (last.Switch is null && !isCircling)
        {
            // Not for what the estimate of the prompt gained meanwhile.
            if (Room(prompt) > (last.Room * 1.25) + 256)
            {
                return new(Room(prompt), null);
            }
            // The window was only assumed, and there is nothing to lose.
            if (endpoint is { ToldWindow: null, SeenWindow: null } && !windowIsLarger && last.Room < endpoint.MostThinking)
            {
                windowIsLarger = true;
                return new(Room(prompt), null);
            }
        }
        if (nothingHelps)
        {
            return null;
        }
        var known = ThinkingSwitch.Named(endpoint.Memory.ThinkingSwitch);
        var next = ThinkingSwitch.All.OrderBy(one => one == known ? 0 : 1).FirstOrDefault(one => !tried.Contains(one));
        nothingHelps = next is null;
        return next is null ? null : new(Math.Min(Math.Max(Room(prompt), last.Room), RoomWithSwitch), next);
    }

    private int Room(ModelPrompt prompt)
    {
        if (prompt.HasOwnLimit)
        {
            return 0;
        }
        var tokens = TokenEstimate.Of(prompt.Messages, endpoint.Memory.TokenFactor);
        return windowIsLarger ? endpoint.MostThinking : ThinkingRoom.Of(window(), tokens, prompt.MaxOutputTokens, endpoint.MostThinking);
    }

    /// <summary>It ended at the limit before the answer had the room it was asked for with; or with far more than that, by a model of which
    /// nothing is known: reasoning whose beginning nothing marks.</summary>
    private bool IsEaten(ModelReply reply, ModelPrompt prompt)
    {
        if (reply.End is not ReplyEnd.Length || prompt.HasOwnLimit)
        {
            return false;
        }
        var answered = reply.Usage.OutputTokens - (reply.Usage.ThoughtTokens ?? 0);
        return IsEmpty(reply.Text)
            || (
                !prompt.GoesOut
                && (
                    reply.Usage.ThoughtTokens > 0
                        ? answered < prompt.MaxOutputTokens * HadItsRoom
                        : endpoint.Memory.Thinks is null && answered > prompt.MaxOutputTokens * FarTooLong
                )
            );
    }

    private static bool IsEmpty(string text) => text.AsSpan().Trim().Length == 0;

    private void Learn(ModelAnswer answer, ThinkingPlan thinking)
    {
        if (answer.Reply.Usage.ThoughtTokens > 0)
        {
            endpoint.Learn(memory => memory with { Thinks = true });
        }
        else if (thinking.Switch is null && answer.Reply.End is ReplyEnd.Stop && !IsEmpty(answer.Reply.Text))
        {
            endpoint.Learn(memory => memory with { Thinks = memory.Thinks ?? false });
        }
    }

    private void Worked(ThinkingPlan thinking, ModelAnswer? eaten, IModelListener listener)
    {
        if (eaten is null || thinking.Switch is not { } working)
        {
            return;
        }
        inUse = working;
        var spent = eaten.Reply.Usage.ThoughtTokens ?? eaten.Reply.Usage.OutputTokens;
        endpoint.Learn(memory => memory with { ThinkingSwitch = working.Name });
        listener.Notice(
            "The model thought without coming to an answer",
            string.Create(CultureInfo.InvariantCulture, $"{endpoint.Model} used {spent:N0} tokens for thinking and did not answer. ")
                + $"It does when it is told to think less ({working.Description}), so it is asked that way for the rest of the run. "
                + $"A larger context of the server, or a larger {ThinkingRoom.Variable}, gives it more room."
        );
    }

    private ModelAnswer Told(ModelAnswer answer, IModelListener listener)
    {
        if (answer.CameAsThought && ++repliesAsThought == 2)
        {
            listener.Notice(
                "The server sends everything as reasoning",
                $"The replies of {endpoint.Model} are empty beside their reasoning, which is taken for the answer. "
                    + "Switch the server's reasoning parser off "
                    + "(llama.cpp: --reasoning-format none; vLLM and SGLang: without --reasoning-parser)."
            );
        }
        return answer;
    }

    /// <exception cref="ModelException">Its reasoning turned in circles to the end.</exception>
    private ModelAnswer Give(ModelAnswer last)
    {
        // Whoever writes on and on without any sign of thought does not need room for it.
        endpoint.Learn(memory => memory with { Thinks = memory.Thinks ?? false });
        return last.Circles is { } repeated
            ? throw new ModelException(ModelFault.Repetition, FaultWords.Circles(endpoint, repeated))
            : last;
    }
}
