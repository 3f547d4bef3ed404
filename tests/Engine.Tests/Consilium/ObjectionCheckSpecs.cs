using CodexSidecar.Contracts;
using CodexSidecar.Engine.Consilium;

namespace CodexSidecar.Engine.Tests.Consilium;

public sealed class ObjectionCheckSpecs
{
    private static readonly string[] File =
    [
        "namespace Shop;",
        "",
        "public int Count() => items.Count;",
        "public void Clear() => items.Clear();",
    ];

    private static readonly Evidence Shop = new(
        path => path == "src/Shop.cs" ? File : null,
        path => path == "src/Shop.cs",
        (text, path, _) => (path is null or "src/Shop.cs") && File.Any(line => line.Contains(text, StringComparison.Ordinal)),
        (path, line) => path == "src/Shop.cs" && line <= File.Length ? line == 2 : null,
        command => command == "curl Shop.cs",
        name =>
            name == "Count_is_right" ? true
            : name == "Clear_is_right" ? false
            : null
    );

    /// <summary>The place, the quote, the proof, and what comes of it.</summary>
    [Theory]
    [InlineData("src/Shop.cs:3", "public int Count()", "search | items.Count | found", ObjectionState.Verified)]
    [InlineData("src/Shop.cs:1", "public int Count()", "symbol | Count | found", ObjectionState.Verified)]
    [InlineData("src/Shop.cs:4", "public void Clear()", "search | ClearAll | none", ObjectionState.Verified)]
    [InlineData("src/Shop.cs:4", "public void Clear()", "search | Clear | none", ObjectionState.Refuted)]
    [InlineData("plan:1", "", "path | src/Shop.cs | found", ObjectionState.Verified)]
    [InlineData("plan:1", "", "path | src/Shop.vb | found", ObjectionState.Refuted)]
    [InlineData("src/Shop.cs:3", "public int Count()", "secret | src/Shop.cs:2 | found", ObjectionState.Verified)]
    [InlineData("src/Shop.cs:3", "public int Count()", "secret | src/Shop.cs:3 | found", ObjectionState.Refuted)]
    [InlineData("src/Shop.cs:3", "public int Count()", "secret | src/Shop.cs:99 | found", ObjectionState.Unverified)]
    [InlineData("plan:1", "", "policy | curl Shop.cs | deny", ObjectionState.Verified)]
    [InlineData("plan:1", "", "policy | cat Shop.cs | deny", ObjectionState.Refuted)]
    [InlineData("plan:1", "", "test | Count_is_right | fail", ObjectionState.Verified)]
    [InlineData("plan:1", "", "test | Clear_is_right | fail", ObjectionState.Refuted)]
    [InlineData("plan:1", "", "test | Count_of_nothing | fail", ObjectionState.Unverified)]
    [InlineData("plan:7", "", "path | src/Shop.cs | found", ObjectionState.Unverified)]
    [InlineData("src/Other.cs:1", "public int Count()", "search | Count | found", ObjectionState.Unverified)]
    [InlineData("src/Shop.cs:3", "public int Size()", "search | Count | found", ObjectionState.Unverified)]
    [InlineData("src/Shop.cs:3", "int", "search | Count | found", ObjectionState.Unverified)]
    [InlineData("src/Shop.cs:3", "public int Count()", "search | namespace | found", ObjectionState.Unverified)]
    [InlineData("src/Shop.cs:3", "public int Count()", "shell | rm -rf Count | found", ObjectionState.Unverified)]
    [InlineData("src/Shop.cs:3", "public int Count()", null, ObjectionState.Unverified)]
    [InlineData("somewhere", "public int Count()", "search | Count | found", ObjectionState.Unverified)]
    public void An_objection_counts_only_with_a_real_place_and_a_proof_that_comes_out(
        string at,
        string quote,
        string? proof,
        ObjectionState expected
    )
    {
        var objection = new Objection(true, at, quote, "Count, Clear and ClearAll in src/Shop.vb or src/Shop.cs", Proof: proof);
        var check = ObjectionCheck.Check(objection, ["Change the shop."], Shop, CancellationToken.None);
        Assert.Equal(expected, check.State);
        Assert.False(string.IsNullOrEmpty(check.Evidence));
    }
}
