// Deliberately wrong: each type in Low looks up at High in one way. Only FolderOrderSpecs reads them.
namespace CodexSidecar.Sidecar.Tests.House.Bad.High
{
    internal sealed class Above : Attribute
    {
        public int Number { get; } = Random.Shared.Next();

        public static Above Make() => new();
    }

    /// <summary>Looking down is right.</summary>
    internal sealed class Down
    {
        public Low.Innocent? Innocent { get; set; }
    }
}

namespace CodexSidecar.Sidecar.Tests.House.Bad.Unlisted
{
    internal sealed class Stray;
}

namespace CodexSidecar.Sidecar.Tests.House.Bad.Low
{
    using CodexSidecar.Sidecar.Tests.House.Bad.High;

    internal sealed class Innocent;

    internal sealed class Field
    {
        public object? Value { get; } = null;

        private readonly Above? above = null;

        public override string ToString() => $"{above}";
    }

    internal static class Parameter
    {
        public static void Take(Above[] many) => ArgumentNullException.ThrowIfNull(many);
    }

    internal static class GenericArgument
    {
        public static object Make() => new Dictionary<string, List<Above>>();
    }

    internal static class Inferred
    {
        public static string Text() => Above.Make().Number.ToString();
    }

    internal static class AsyncLambda
    {
        public static Func<Task<int>> Make() =>
            async () =>
            {
                await Task.Yield();
                return Above.Make().Number;
            };
    }

    [Above]
    internal sealed class Attribute;

    internal static class TypeOf
    {
        public static string Name() => typeof(Above).Name;
    }
}
