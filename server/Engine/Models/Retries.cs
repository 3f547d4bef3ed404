using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace CodexSidecar.Engine.Models;

/// <summary>Which failure is worth another try, how often and after what wait.</summary>
internal static partial class Retries
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    public static ResiliencePipeline Build(ModelCall call)
    {
        var random = new Random(call.Prompt.Seed);
        return new ResiliencePipelineBuilder { TimeProvider = call.Time }
            .AddRetry(Loading(call))
            .AddRetry(WentAway(call))
            .AddRetry(NeverThere(call))
            .AddRetry(Stalled(call))
            .AddRetry(Passing(call, random))
            .Build();
    }

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

    private static RetryStrategyOptions Passing(ModelCall call, Random random) =>
        Row(
            call,
            IsPassing,
            3,
            attempt => WaitOf(attempt.Outcome.Exception!) ?? Growing(attempt.AttemptNumber, random),
            attempt =>
            {
                var said = FaultWords.Short(attempt.Outcome.Exception!, call.Endpoint);
                var wait = $"{attempt.RetryDelay.TotalSeconds:0.#} s";
                call.Listener.Notice(
                    "The model server failed",
                    $"{call.Endpoint.Address}: {said}; try {attempt.AttemptNumber + 2} of 4 in {wait}."
                );
            }
        );

    private static TimeSpan? WaitOf(Exception failure) => ((WireException)failure).RetryAfter;

    private static TimeSpan Growing(int attempt, Random random) =>
        TimeSpan.FromSeconds(0.5 * (1 << attempt) * (0.8 + (0.4 * random.NextDouble())));

    private static bool IsPassing(WireException failure) =>
        failure.Fault == WireFault.Lost
        || (
            failure is { Fault: WireFault.Status, Status: 408 or 425 or 429 or 500 or 502 or 503 or 504 }
            && !(failure.RetryAfter > LongestWait)
            && !ServerWords.IsOverflow(failure)
            && !ServerWords.IsLoading(failure)
        );

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
