using System.Text.RegularExpressions;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.House;

/// <summary>
/// Whatever is thrown is caught at borders only, each in one named place: elsewhere it would hide what went wrong. Whoever wants onto the
/// list changes this test, in the open.
/// </summary>
public sealed class BorderSpecs
{
    private static readonly string[] Borders =
    [
        "server/Engine/Processes/GuardedTimer.cs", // what a timer calls
        "server/Engine/State/Guarded.cs", // a run, and each step of its end
        "server/Engine/Tools/ToolRunner.cs", // a tool's call; thrown on
        "server/Engine/Workspace/Batch.cs", // all or nothing: undone, and thrown on with what is stuck
        "server/Sidecar/Faces/Cli/CliFace.cs", // a command of a person
        "server/Sidecar/Faces/Http/HttpBorder.cs", // a request
        "server/Sidecar/Faces/Http/LiveAnswer.cs", // what fills an answer that requests wait for
    ];

    [Fact]
    public void Everything_is_caught_at_the_borders_only()
    {
        var all = new Regex(@"catch \(Exception(?: \w+)?\)(?!\s*when)");
        var found = Repository
            .FilesNamed(".cs")
            .Where(file => file.StartsWith("server/", StringComparison.Ordinal) && all.IsMatch(Repository.Read(file)));
        Offenders.None(found.Except(Borders, StringComparer.Ordinal));
    }

    /// <summary>An exception on a timer's thread ends the process.</summary>
    [Fact]
    public void Timers_are_made_in_one_place()
    {
        string[] known = ["server/Engine/Processes/GuardedTimer.cs"];
        var found = Repository
            .FilesNamed(".cs")
            .Where(file =>
                file.StartsWith("server/", StringComparison.Ordinal)
                && Regex.IsMatch(Repository.Read(file), @"\.CreateTimer\(|new (Threading\.)?Timer\(")
            );
        Offenders.None(found.Except(known, StringComparer.Ordinal));
    }
}
