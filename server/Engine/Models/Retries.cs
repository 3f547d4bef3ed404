using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace CodexSidecar.Engine.Models;

/// <summary>Which failure is worth another try, how often and after what wait. An error inside a reply counts as the status it stands
/// for.</summary>
internal static partial class Retries
{
    /// <summary>A question whose reply broke off is begun again so often in all.</summary>
    public const int MostBeginnings = 4;

    /// <summary>At five seconds each: ten minutes for a server that says it is busy; as long as a run for one that shows it.</summary>
    private const int WhileBusy = 120,
        WhileWorking = 540;

    /// <summary>So many looks that show the same are no work that ends.</summary>
    private const int StandsStill = 6;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(5);

    public static ResiliencePipeline Build(ModelCall call, ServerLook look)
    {
        var random = new Random(call.Prompt.Seed);
        return new ResiliencePipelineBuilder { TimeProvider = call.Time }
            .AddRetry(Loading(call))
            .AddRetry(WentAway(call))
            .AddRetry(NeverThere(call))
            .AddRetry(Stalled(call))
            .AddRetry(StillBusy(call, look))
            .AddRetry(Busy(call, look, random))
            .AddRetry(Crowded(call, look, random))
            .AddRetry(OwnWords(call))
            .AddRetry(Passing(call, random))
            .Build();
    }

    /// <summary>One that came behind the first text: the whole question is begun again.</summary>
    public static bool IsWorthAnother(WireException failure) =>
        failure.Fault is WireFault.Stalled
        || IsPassing(failure)
        || IsBusy(failure)
        || ServerWords.IsLoading(failure)
        || ServerWords.IsCrowded(failure)
        || ServerWords.IsOwnWords(failure);

    /// <summary>LM Studio says it with 400, when the model it has to put away first is still at work.</summary>
    public static bool LoadFailed(WireException failure) =>
        failure is { Fault: WireFault.Status, Status: 400 }
        && failure.Message.Contains("failed to load model", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whoever answers after that may have been started with other options.</summary>
    public static bool MayComeBackAsAnother(WireException failure) =>
        failure.Fault is WireFault.Refused or WireFault.Lost || ServerWords.IsLoading(failure);

    /// <summary>Servers read gigabytes before they can answer.</summary>
    private static RetryStrategyOptions Loading(ModelCall call) =>
        Row(
            call,
            ServerWords.IsLoading,
            60,
            _ => TimeSpan.FromSeconds(2),
            attempt =>
            {
                if (attempt.AttemptNumber == 0)
                {
                    call.Listener.Notice(
                        "The model is being loaded",
                        $"{call.Endpoint.Address} is still loading {call.Endpoint.Model}; waiting up to 2 minutes."
                    );
                }
            }
        );

    private static RetryStrategyOptions WentAway(ModelCall call) =>
        Row(
            call,
            failure => failure.Fault == WireFault.Refused && call.Endpoint.WasThere,
            12,
            _ => TimeSpan.FromSeconds(5),
            attempt =>
            {
                if (attempt.AttemptNumber == 0)
                {
                    call.Listener.Notice(
                        "The model server went away",
                        $"{call.Endpoint.Address} answered before and now refuses connections; trying every 5 seconds for a minute."
                    );
                }
            }
        );

    private static RetryStrategyOptions NeverThere(ModelCall call) =>
        Row(call, failure => failure.Fault == WireFault.Refused && !call.Endpoint.WasThere, 1, _ => TimeSpan.FromSeconds(0.5), _ => { });

    /// <summary>Not one that hangs: nothing would come the second time either.</summary>
    private static RetryStrategyOptions Stalled(ModelCall call) =>
        Row(
            call,
            failure => failure.Fault == WireFault.Stalled,
            1,
            _ => TimeSpan.Zero,
            attempt =>
                call.Listener.Notice(
                    "The model does not answer",
                    $"{call.Endpoint.Address}: {attempt.Outcome.Exception!.Message}; asking once more."
                )
        );

    /// <summary>It says no more than a status, but shows that it works for somebody.</summary>
    private static RetryStrategyOptions StillBusy(ModelCall call, ServerLook look)
    {
        var row = Row(
            call,
            _ => false,
            WhileWorking,
            attempt => WaitOf(attempt.Outcome.Exception!) ?? BusyWait,
            attempt => TellBusy(call, attempt)
        );
        row.ShouldHandle = async attempt =>
            attempt.Outcome.Exception is WireException { Fault: WireFault.Status, Status: 429 or 503 or 529 } failure
            && IsPassing(failure)
            && await IsWorkingAsync(call, look, attempt.Context);
        return row;
    }

    /// <summary>Its queue is full.</summary>
    private static RetryStrategyOptions Busy(ModelCall call, ServerLook look, Random random)
    {
        var row = Row(
            call,
            _ => false,
            WhileWorking,
            attempt =>
                WaitOf(attempt.Outcome.Exception!) ?? (attempt.AttemptNumber < 3 ? Growing(attempt.AttemptNumber, random) : BusyWait),
            attempt => TellBusy(call, attempt)
        );
        row.ShouldHandle = async attempt =>
            attempt.Outcome.Exception is WireException failure
            && IsBusy(failure)
            && (attempt.AttemptNumber < WhileBusy || await IsWorkingAsync(call, look, attempt.Context));
        return row;
    }

    /// <summary>
    /// Two prompts that do not fit into one cache together are both refused, and so would they be again: asked again when the other is
    /// done. A server that has no other work, or shows none, is asked three times more.
    /// </summary>
    private static RetryStrategyOptions Crowded(ModelCall call, ServerLook look, Random random)
    {
        var waited = false;
        var row = Row(
            call,
            _ => false,
            20,
            attempt => Growing(Math.Min(attempt.AttemptNumber, 3), random),
            attempt => TellTry(call, attempt)
        );
        row.ShouldHandle = async attempt =>
        {
            if (attempt.Outcome.Exception is not WireException failure || !ServerWords.IsCrowded(failure))
            {
                return false;
            }
            waited = await QuietAsync(call, look, attempt.Context);
            return waited || attempt.AttemptNumber < 3;
        };
        return row;
    }

    private static RetryStrategyOptions OwnWords(ModelCall call) =>
        Row(
            call,
            ServerWords.IsOwnWords,
            ModelCall.MostOtherWords,
            _ => TimeSpan.Zero,
            _ =>
            {
                call.OtherWords++;
                call.Listener.Notice(
                    "The server could not read the model's words",
                    $"{call.Endpoint.Address} could not make a reply of what {call.Endpoint.Model} wrote; asking for other words."
                );
            }
        );

    private static RetryStrategyOptions Passing(ModelCall call, Random random) =>
        Row(
            call,
            IsPassing,
            3,
            attempt => WaitOf(attempt.Outcome.Exception!) ?? Growing(attempt.AttemptNumber, random),
            attempt => TellTry(call, attempt)
        );

    private static TimeSpan? WaitOf(Exception failure) => ((WireException)failure).RetryAfter;

    private static TimeSpan Growing(int attempt, Random random) =>
        TimeSpan.FromSeconds(0.5 * (1 << attempt) * (0.8 + (0.4 * random.NextDouble())));

    private static bool IsBusy(WireException failure) =>
        ServerWords.IsBusy(failure) && !(failure.RetryAfter > LongestWait) && !ServerWords.IsLoading(failure);

    /// <summary>An error that stands for no status may be anything, so it may pass. 520 to 524 are a proxy's words for a server that does
    /// not answer it, 529 is a gateway's for one that is overloaded.</summary>
    private static bool IsPassing(WireException failure) =>
        failure.Fault == WireFault.Lost
        || (
            failure
                is { Fault: WireFault.Error }
                    or { Fault: WireFault.Status, Status: 408 or 425 or 429 or 500 or 502 or 503 or 504 or (>= 520 and <= 524) or 529 }
            && !(failure.RetryAfter > LongestWait)
            && !ServerWords.IsOverflow(failure)
            && !ServerWords.IsLoading(failure)
            && !ServerWords.IsBusy(failure)
            && !ServerWords.IsCrowded(failure)
            && !ServerWords.IsOwnWords(failure)
        )
        || LoadFailed(failure);

    private static async ValueTask<bool> IsWorkingAsync(ModelCall call, ServerLook look, ResilienceContext context) =>
        (await look.AskAsync(call.Time, context.CancellationToken)).Work is ServerWork.Working;

    /// <returns>It worked for somebody, and has nothing to do any more.</returns>
    private static async Task<bool> QuietAsync(ModelCall call, ServerLook look, ResilienceContext context)
    {
        var (trace, still) = ("", 0);
        for (var looks = 0; looks < WhileWorking; looks++)
        {
            var sight = await look.AskAsync(call.Time, context.CancellationToken);
            if (sight.Work is not ServerWork.Working)
            {
                return looks > 0;
            }
            (trace, still) = sight.Trace == trace ? (trace, still + 1) : (sight.Trace, 0);
            if (still >= StandsStill)
            {
                return false;
            }
            if (looks == 0)
            {
                call.Listener.Notice(
                    "The model server works for somebody else",
                    $"{call.Endpoint.Address} has no room for two prompts at the same time; waiting until the other one is answered."
                );
            }
            await Task.Delay(BusyWait, call.Time, context.CancellationToken);
        }
        return false;
    }

    private static void TellBusy(ModelCall call, OnRetryArguments<object> attempt)
    {
        if (attempt.AttemptNumber == 0)
        {
            var said = FaultWords.Short(attempt.Outcome.Exception!, call.Endpoint);
            call.Listener.Notice(
                "The model server is busy",
                $"{call.Endpoint.Address}: {said}; asking again every few seconds while it works for others."
            );
        }
    }

    private static void TellTry(ModelCall call, OnRetryArguments<object> attempt)
    {
        var said = FaultWords.Short(attempt.Outcome.Exception!, call.Endpoint);
        var wait = $"{attempt.RetryDelay.TotalSeconds:0.#} s";
        var of = attempt.AttemptNumber < 3 ? " of 4" : "";
        call.Listener.Notice("The model server failed", $"{call.Endpoint.Address}: {said}; try {attempt.AttemptNumber + 2}{of} in {wait}.");
    }

    private static RetryStrategyOptions Row(
        ModelCall call,
        Func<WireException, bool> handles,
        int repeats,
        Func<RetryDelayGeneratorArguments<object>, TimeSpan> wait,
        Action<OnRetryArguments<object>> tell
    ) =>
        new()
        {
            ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Exception is WireException failure && handles(failure)),
            MaxRetryAttempts = repeats,
            DelayGenerator = attempt => ValueTask.FromResult<TimeSpan?>(wait(attempt)),
            OnRetry = attempt =>
            {
                var failure = (WireException)attempt.Outcome.Exception!;
                call.Endpoint.MayBeAnother |= MayComeBackAsAnother(failure);
                var status = failure.Status is { } number ? $" {number}" : "";
                var wait = attempt.RetryDelay.TotalSeconds;
                Again(call.Log, call.Endpoint.Address, failure.Fault, status, attempt.AttemptNumber + 2, wait);
                tell(attempt);
                return ValueTask.CompletedTask;
            },
        };

    /// <remarks>Not the server's words, which may repeat the prompt's.</remarks>
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Address} failed ({Fault}{Status}); try {Attempt} in {Seconds:0.#} s")]
    private static partial void Again(ILogger log, string address, WireFault fault, string status, int attempt, double seconds);
}
