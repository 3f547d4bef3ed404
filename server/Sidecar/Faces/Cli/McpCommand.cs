using System.CommandLine;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Faces.Cli;

/// <summary><c>mcp</c>: the tools and the whole agent for programs that speak the Model Context Protocol.</summary>
internal static class McpCommand
{
    public static Command Build(CliContext context, Func<RunSettings, CancellationToken, Task<int>> serve)
    {
        var workspace = SharedOptions.Workspace();
        var level = SharedOptions.LevelOption(Level.ReadOnly);
        var (baseUrl, model, apiKeyEnv) = (SharedOptions.BaseUrl(), SharedOptions.Model(), SharedOptions.ApiKeyEnv());
        var unsandboxed = new Option<bool>("--allow-unsandboxed")
        {
            Description = "Run commands although no sandbox works on this machine.",
        };
        var command = new Command(
            "mcp",
            "Offer the tools and the agent to another program: the Model Context Protocol on stdin and stdout."
        )
        {
            workspace,
            level,
            baseUrl,
            model,
            apiKeyEnv,
            unsandboxed,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var settings = new RunSettings
                {
                    Workspace = context.Absolute(parsed.GetValue(workspace) ?? "."),
                    Level = parsed.GetValue(level) ?? Level.ReadOnly,
                    BaseUrl = parsed.GetValue(baseUrl),
                    Model = parsed.GetValue(model),
                    ApiKeyEnv = parsed.GetValue(apiKeyEnv),
                    AllowUnsandboxed = parsed.GetValue(unsandboxed),
                };
                return Directory.Exists(settings.Workspace)
                    ? serve(settings, cancellationToken)
                    : throw new UsageException($"The workspace folder does not exist: {settings.Workspace}");
            }
        );
        return command;
    }
}
