using System.Globalization;
using System.Security.Cryptography;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.Orchestration;
using Serilog;

namespace CodexSidecar.Engine.Sessions;

/// <summary>What an exception at the border of a run means for the user.</summary>
internal static class RunEnds
{
    public static RunEnd Of(Exception fault, SidecarHome home, CancellationToken cancellationToken) => fault switch
    {
        RunStop stop => stop.End,
        OperationCanceledException when cancellationToken.IsCancellationRequested => new(StopReason.Cancelled, null, "Cancelled."),
        CassetteMismatchException mismatch => new(StopReason.CassetteMismatch, null, mismatch.Message),
        ModelException { Fault: ModelFault.Context } model => new(StopReason.LimitTokens, "context", model.Message),
        ModelException model => new(StopReason.ModelUnavailable, Wire.Name(model.Fault), model.Message),
        _ => Fault(fault, home),
    };

    /// <summary>Our own fault: everything goes to the log, an id to the user.</summary>
    public static RunEnd Fault(Exception fault, SidecarHome home)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var file = Path.Join(home.State, "logs", "sidecar.log");
        Disk.CreatePrivate(Path.GetDirectoryName(file)!);
        using var log = new LoggerConfiguration()
            .WriteTo.File(file, shared: true, fileSizeLimitBytes: 8 << 20, rollOnFileSizeLimit: true, retainedFileCountLimit: 3, formatProvider: CultureInfo.InvariantCulture).CreateLogger();
        log.Error("{Text:l}", $"{id} {fault}");
        return new(StopReason.Failed, id, $"Something went wrong inside Codex Sidecar (error {id}). Details: {file}. Please report it with the id.");
    }
}
