using CodexSidecar.Engine.Processes;
using Xunit;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>What the backend of macOS is told; whether macOS keeps it is not run here.</summary>
public sealed class SeatbeltSpecs
{
    [Fact]
    public void The_profile_allows_writing_in_two_places_and_no_network()
    {
        var command = new InnerCommand(
            ["/usr/bin/true"],
            "/work",
            "/work",
            new Dictionary<string, string>(),
            "",
            ["/work/.env"],
            [new("/work/.git", ["/work/.git/hooks"])],
            "/private/tmp/own",
            _ => null
        );

        Assert.Equal(
            """
            (version 1)
            (allow default)
            (deny network*)
            (deny file-write*)
            (allow file-write* (subpath "/work") (subpath "/private/tmp/own") (literal "/dev/null") (literal "/dev/zero") (literal "/dev/tty"))
            (deny file-write* (literal "/work/.git/hooks"))
            (deny file-write* (literal "/work/.git"))
            (deny file-write* (subpath "/work/.git/hooks"))
            (deny file-read* file-write* (subpath "/home/me/.ssh"))
            (deny file-read* file-write* (subpath "/work/.env"))
            (deny signal (target others))
            (deny process-info* (target others))
            (deny mach-priv*)

            """,
            Seatbelt.Profile(command, ["/home/me/.ssh"])
        );
    }

    [Fact]
    public void A_path_cannot_end_its_quotes()
    {
        var command = new InnerCommand(
            ["/usr/bin/true"],
            "/w\"(allow default)\\",
            "/",
            new Dictionary<string, string>(),
            "",
            [],
            [],
            "/t",
            _ => null
        );

        Assert.Contains("(subpath \"/w\\\"(allow default)\\\\\")", Seatbelt.Profile(command, []));
    }
}
