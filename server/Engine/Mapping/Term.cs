namespace CodexSidecar.Engine.Mapping;

/// <summary>A word of the code, the same object wherever it stands.</summary>
/// <param name="InTask">How often each word of the task stands in it; null: none does.</param>
internal sealed record Term(string Text, int[]? InTask)
{
    /// <summary>Numbers of the files that define it, ascending.</summary>
    public List<int> Definers { get; } = [];

    public bool Equals(Term? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
