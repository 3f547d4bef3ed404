using System.CommandLine;
using System.Text;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.Entrances;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Cli;

/// <summary>The command line: reads the arguments, runs one command, turns every way it can end into an exit code and a sentence.</summary>
internal sealed class CliFace(Terminal terminal, SidecarHome home, TimeProvider time, string currentFolder, ServedFaces faces)
{
    public async Task<int> RunAsync(string[] args)
    {
        var root = Commands();
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (UsageErrors.Explain(parsed) is { } sentence)
        {
            terminal.Tell(sentence);
            return ExitCodes.Usage;
        }
        using var interrupts = new Interrupts(() => terminal.Tell("Stopping. Press Ctrl+C again to end at once."));
        try
        {
            var invocation = new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation, interrupts.Token);
        }
        catch (UsageException refused)
        {
            terminal.Tell(refused.Message);
            return ExitCodes.Usage;
        }
        catch (OperationCanceledException) when (interrupts.Token.IsCancellationRequested)
        {
            return ExitCodes.Cancelled;
        }
        catch (DecoderFallbackException)
        {
            terminal.Tell("The input is no UTF-8 text. Convert it first, for example with iconv.");
            return ExitCodes.Usage;
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException && DoctorEntrance.State(home) is { State: FindingState.Problem } found
            )
        {
            terminal.Tell($"{found.Text.TrimEnd('.')}. {found.Fix}");
            return ExitCodes.Usage;
        }
        catch (Exception fault)
        {
            terminal.Tell(FaultLog.Write(home, fault));
            return ExitCodes.OurFault;
        }
    }

    private RootCommand Commands()
    {
        var context = new CliContext(terminal, home, time, currentFolder);
        var acp = new Command("acp", "Serve an editor: the Agent Client Protocol on stdin and stdout.");
        acp.SetAction((_, cancellationToken) => faces.Acp(cancellationToken));
        var root = new RootCommand(
            "A coding agent that runs on your machine and your model: six roles vote on the plan, you decide on the patch, the "
                + "tests decide on the result."
        )
        {
            SolveCommand.Build(context),
            TryCommand.Build(context),
            RunsCommand.Build(context),
            ConsiliumCommand.Build(context),
            PolicyCommand.Build(context),
            ToolCommand.Build(context),
            PatchCommand.Build(context),
            AuditCommand.Build(context),
            SandboxCommand.Build(context),
            DoctorCommand.Build(context),
            ServeCommand.Build(context, faces.Http),
            acp,
            McpCommand.Build(context, faces.Mcp),
        };
        Help.Teach(root);
        return root;
    }
}

/// <summary>What every command needs. Relative paths mean the folder the program was started in.</summary>
internal sealed record CliContext(Terminal Terminal, SidecarHome Home, TimeProvider Time, string CurrentFolder)
{
    public string Absolute(string path) => Path.GetFullPath(path, CurrentFolder);

    public void PrintJson<T>(T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        Terminal.Out.Write(System.Text.Json.JsonSerializer.Serialize(value, type) + "\n");
}
