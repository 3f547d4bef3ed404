using CsCheck;

namespace CodexSidecar.Testing;

/// <summary>
/// A property of generated values. npm test checks a few, the same at every run, so that a red test is red again; npm run test:long checks
/// many, other ones each time, and prints the seed of what it finds.
/// </summary>
internal static class Property
{
    private const string Seed = "0000KOIPe036";

    /// <summary>Whether this is npm run test:long.</summary>
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("CODEX_SIDECAR_TESTS_LONG") == "1";

    public static int Times(int few, int many) => IsLong ? many : few;

    /// <param name="few">How many values npm test checks.</param>
    /// <param name="many">How many npm run test:long does.</param>
    /// <param name="threads">How many at once in the long run; -1: as many as the machine has cores.</param>
    public static void Holds<T>(this Gen<T> values, Action<T> check, int few = 100, int many = 10_000, int threads = -1)
    {
        if (IsLong)
        {
            values.Sample(check, iter: many, threads: threads);
            return;
        }
        var random = PCG.Parse(Seed);
        for (var time = 0; time < few; time++)
        {
            var seed = random.ToString();
            var value = values.Generate(random, null, out _);
            try
            {
                check(value);
            }
            catch (Exception fault)
            {
                // Found again by its seed and made as small as it gets; what is told then names the value.
                values.Sample(check, seed: seed, iter: 200, threads: 1);
                throw new InvalidOperationException($"Failed once, and not again: seed {seed}, value {time}.", fault);
            }
        }
    }

    public static void Holds<T>(this Gen<T> values, Func<T, bool> check, int few = 100, int many = 10_000, int threads = -1) =>
        values.Holds(
            value =>
            {
                if (!check(value))
                {
                    throw new InvalidOperationException("The property does not hold.");
                }
            },
            few,
            many,
            threads
        );

    public static void Holds<T1, T2>(this Gen<(T1, T2)> values, Action<T1, T2> check, int few = 100, int many = 10_000, int threads = -1) =>
        values.Holds(value => check(value.Item1, value.Item2), few, many, threads);

    public static void Holds<T1, T2>(
        this Gen<(T1, T2)> values,
        Func<T1, T2, bool> check,
        int few = 100,
        int many = 10_000,
        int threads = -1
    ) => values.Holds(value => check(value.Item1, value.Item2), few, many, threads);

    public static void Holds<T1, T2, T3>(
        this Gen<(T1, T2, T3)> values,
        Action<T1, T2, T3> check,
        int few = 100,
        int many = 10_000,
        int threads = -1
    ) => values.Holds(value => check(value.Item1, value.Item2, value.Item3), few, many, threads);

    public static void Holds<T1, T2, T3>(
        this Gen<(T1, T2, T3)> values,
        Func<T1, T2, T3, bool> check,
        int few = 100,
        int many = 10_000,
        int threads = -1
    ) => values.Holds(value => check(value.Item1, value.Item2, value.Item3), few, many, threads);

    public static void Holds<T1, T2, T3, T4>(
        this Gen<(T1, T2, T3, T4)> values,
        Action<T1, T2, T3, T4> check,
        int few = 100,
        int many = 10_000,
        int threads = -1
    ) => values.Holds(value => check(value.Item1, value.Item2, value.Item3, value.Item4), few, many, threads);
}
