using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CodexSidecar.Engine.Processes;

/// <summary>What was possible inside a sandbox, told by a child that tried.</summary>
/// <param name="Wrote">A file outside the workspace.</param>
/// <param name="Reached">A server on the host's loopback.</param>
/// <param name="Loopback">A server and a client inside found each other.</param>
/// <param name="Filtered">A system call filter and no_new_privs are in force.</param>
internal sealed record ProbeReport(bool Wrote, bool Reached, bool Loopback, bool Filtered)
{
    public string Line => string.Create(CultureInfo.InvariantCulture, $"probe {Wrote} {Reached} {Loopback} {Filtered}");

    public static ProbeReport? Read(string output) =>
        output.Split('\n').FirstOrDefault(line => line.StartsWith("probe ", StringComparison.Ordinal))?.Split(' ')
            is [_, var wrote, var reached, var loopback, var filtered]
            ? new(bool.Parse(wrote), bool.Parse(reached), bool.Parse(loopback), bool.Parse(filtered))
            : null;
}

/// <summary>The child: tries what must fail and what must work.</summary>
internal static class SandboxProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <param name="args">A port of the host's loopback, then files outside the workspace to write.</param>
    public static int Run(IReadOnlyList<string> args)
    {
        var port = int.Parse(args[0], CultureInfo.InvariantCulture);
        var report = new ProbeReport(args.Skip(1).Any(Writes), Reaches(port), HasLoopback(), IsFiltered());
        using var output = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(1, ownsHandle: false), FileAccess.Write);
        output.Write(System.Text.Encoding.UTF8.GetBytes(report.Line + "\n"));
        return 0;
    }

    private static bool Writes(string path)
    {
        try
        {
            File.WriteAllText(path, "A sandbox of codex-sidecar let this through; it is safe to delete.\n");
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool Reaches(int port)
    {
        try
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            return client.ConnectAsync(IPAddress.Loopback, port).Wait(Patience);
        }
        catch (Exception refused) when (refused is SocketException or AggregateException)
        {
            return false;
        }
    }

    private static bool HasLoopback()
    {
        try
        {
            using var server = new TcpListener(IPAddress.Loopback, 0);
            server.Start();
            return Reaches(((IPEndPoint)server.LocalEndpoint).Port);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Elsewhere there is no such thing to look for.</summary>
    private static bool IsFiltered()
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }
        try
        {
            var status = File.ReadAllText("/proc/self/status");
            return status.Contains("Seccomp:\t2\n", StringComparison.Ordinal)
                && status.Contains("NoNewPrivs:\t1\n", StringComparison.Ordinal);
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
