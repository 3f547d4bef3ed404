using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Processes.Overlay;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>
/// This test program under the name of the product (see the project file): the hidden jobs of the product, and attempts that a shell cannot
/// make. So no attempt depends on what else a machine has installed.
/// </summary>
internal static class OwnProgramOfTests
{
    public static string Path { get; } = System.IO.Path.Join(AppContext.BaseDirectory, "codex-sidecar");

    [ModuleInitializer]
    internal static void Run()
    {
        var args = Environment.GetCommandLineArgs()[1..];
        if ((HiddenJobs.Run(args) ?? Attempt(args)) is { } exitCode)
        {
            Environment.Exit(exitCode);
        }
    }

    private static int? Attempt(string[] args) =>
        args switch
        {
            ["try-syscall", var number, .. var rest] => Tell(Call(Number(number), rest.Select(Number).ToArray())),
            ["try-tcp", var host, var port] => Tell(
                Reach(
                    AddressFamily.InterNetworkV6,
                    SocketType.Stream,
                    new IPEndPoint(IPAddress.Parse(host).MapToIPv6(), int.Parse(port, CultureInfo.InvariantCulture))
                )
            ),
            ["try-udp", var host, var port] => Tell(
                Reach(
                    AddressFamily.InterNetworkV6,
                    SocketType.Dgram,
                    new IPEndPoint(IPAddress.Parse(host).MapToIPv6(), int.Parse(port, CultureInfo.InvariantCulture))
                )
            ),
            ["try-unix", var path] => Tell(
                Reach(AddressFamily.Unix, SocketType.Stream, new UnixDomainSocketEndPoint(path.StartsWith('@') ? "\0" + path[1..] : path))
            ),
            ["try-sh", var script] => Shell(script.Replace("try-", $"{Path} try-", StringComparison.Ordinal)),
            ["try-name", var name] => Tell(Resolve(name)),
            ["try-mark", var path] => Tell(OverlayCalls.MakeOpaque(path) ?? "marked"),
            _ => null,
        };

    private static int Tell(string what)
    {
        Console.WriteLine(what);
        return 0;
    }

    private static int Shell(string script)
    {
        using var shell = System.Diagnostics.Process.Start("/bin/sh", ["-c", script]);
        shell.WaitForExit();
        return shell.ExitCode;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static string Call(long number, long[] a)
    {
        Array.Resize(ref a, 6);
        var result = syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
        return result < 0 ? $"errno {Marshal.GetLastPInvokeError()}" : "ESCAPED";
    }

    private static string Reach(AddressFamily family, SocketType type, EndPoint to)
    {
        try
        {
            using var socket = new Socket(family, type, ProtocolType.Unspecified);
            if (family is AddressFamily.InterNetworkV6)
            {
                socket.DualMode = true;
            }
            if (!socket.ConnectAsync(to).Wait(TimeSpan.FromSeconds(3)))
            {
                return "no answer";
            }
            socket.Send("knock"u8);
            return type is SocketType.Dgram ? "sent" : "ESCAPED";
        }
        catch (Exception refused) when (refused is SocketException or AggregateException)
        {
            return refused.GetBaseException().Message;
        }
    }

    private static string Resolve(string name)
    {
        try
        {
            return Dns.GetHostAddresses(name).Length > 0 ? "ESCAPED" : "none";
        }
        catch (SocketException refused)
        {
            return refused.Message;
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern long syscall(long number, long a, long b, long c, long d, long e, long f);
}
