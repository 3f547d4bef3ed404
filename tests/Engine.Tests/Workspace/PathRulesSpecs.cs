using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Workspace;

namespace CodexSidecar.Engine.Tests.Workspace;

/// <summary>The rules of Windows and macOS, tried out wherever the tests run.</summary>
public sealed class PathRulesSpecs
{
    private static readonly PathRules Windows = new(IsWindows: true, IgnoresCase: true, @"D:\");

    [Theory]
    [InlineData(@"C:\work\app")]
    [InlineData("C:/work/app")]
    [InlineData(@"\\server\share\app")]
    [InlineData("//server/share/app")]
    [InlineData(@"\\?\C:\work")]
    [InlineData(@"C:work")]
    [InlineData(@"\work")]
    [InlineData("work")]
    [InlineData("")]
    public void On_Windows_every_path_has_a_base_that_is_full_there(string path) =>
        Assert.True(Windows.IsFull(Windows.BaseOf(path)), Windows.BaseOf(path));

    [Theory]
    [InlineData(@"C:work", @"C:\")]
    [InlineData(@"\work", @"D:\")]
    [InlineData("/", @"D:\")]
    [InlineData("work", @"D:\")]
    public void What_is_not_full_on_Windows_counts_from_a_root(string path, string root)
    {
        Assert.False(Windows.IsFull(path));
        Assert.Equal(root, Windows.BaseOf(path));
    }

    [Theory]
    [InlineData("/work/../app/", "/app/")]
    [InlineData("work", "/work")]
    public void On_Unix_a_path_counts_from_the_root(string path, string full)
    {
        Assert.Equal(full, PathRules.Full(path));
        Assert.Equal(Path.IsPathFullyQualified(path), PathRules.Unix.IsFull(path));
    }

    [Theory]
    [InlineData(@"C:\tools;C:\work\app\node_modules\.bin;C:\Windows", @"C:\tools;C:\Windows")]
    [InlineData(@"c:/WORK/App/bin;C:\work\app;C:\work\application", @"C:\work\application")]
    [InlineData(@"C:\tools\..\work\app\bin;tools;\tools;C:tools;C:\tools", @"C:\tools")]
    [InlineData(@"\\server\share;C:\tools;C:\tools", @"\\server\share;C:\tools")]
    public void On_Windows_no_folder_of_the_workspace_stays_on_the_path(string path, string expected) =>
        Assert.Equal(expected, ChildEnvironment.SafePath(path, @"C:\work\app", Windows));

    [Theory]
    [InlineData("/usr/bin:/work/app/node_modules/.bin:/work/application:bin:", "/usr/bin:/work/application", false)]
    [InlineData("/usr/../work/app/bin:/work/app/:/WORK/app/bin", "/WORK/app/bin", false)]
    [InlineData("/WORK/app/bin:/usr/bin", "/usr/bin", true)]
    public void On_Unix_neither_and_macOS_takes_other_letters_for_the_same(string path, string expected, bool isMacOs) =>
        Assert.Equal(expected, ChildEnvironment.SafePath(path, "/work/app", isMacOs ? PathRules.MacOs : PathRules.Unix));

    [Theory]
    [InlineData(2, LinuxCalls.Missing)]
    [InlineData(13, LinuxCalls.Denied)]
    [InlineData(17, LinuxCalls.Exists)]
    [InlineData(35, LinuxCalls.Again)]
    [InlineData(62, LinuxCalls.Loop)]
    [InlineData(66, LinuxCalls.NotEmpty)]
    [InlineData(78, LinuxCalls.NoCall)]
    public void An_error_of_macOS_is_known_by_its_own_number(int number, int known) => Assert.Equal(known, LinuxCalls.NumberOf(number));

    /// <summary>On macOS 40 is a message that is too long, 39 a missing address, 38 no socket, 11 a deadlock.</summary>
    [Theory]
    [InlineData(40)]
    [InlineData(39)]
    [InlineData(38)]
    [InlineData(11)]
    public void A_number_that_means_something_else_there_is_not_taken_for_what_Linux_means(int number) =>
        Assert.False(LinuxCalls.NumberOf(number) is LinuxCalls.Loop or LinuxCalls.NotEmpty or LinuxCalls.NoCall or LinuxCalls.Again);
}
