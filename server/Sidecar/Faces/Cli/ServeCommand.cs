using System.CommandLine;
using System.Globalization;
using CodexSidecar.Contracts;
using CodexSidecar.Engine.State;
using CodexSidecar.Faces.Http;

namespace CodexSidecar.Faces.Cli;

/// <summary><c>serve</c>: the agent and its tools over HTTP, for one workspace, until it is told to end.</summary>
internal static class ServeCommand
{
    private const int UsualPort = 8765;

    public static Command Build(CliContext context, Func<HttpOrder, Action<HttpStarted>, CancellationToken, Task<int>> serve)
    {
        var workspace = SharedOptions.Workspace();
        var level = SharedOptions.LevelOption(Level.ReadOnly);
        var port = new Option<int?>("--port")
        {
            Description = $"The port on 127.0.0.1; 0 takes a free one. Default: {UsualPort}.",
            HelpName = "N",
            CustomParser = result =>
            {
                if (
                    int.TryParse(result.Tokens.Single().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && number <= 65_535
                )
                {
                    return number;
                }
                result.AddError($"--port must be a number from 0 to 65535; '{result.Tokens.Single().Value}' is none.");
                return null;
            },
        };
        var allow = new Option<string?>("--allow")
        {
            Description = "Your standing yes to what the level would ask: overwrite, delete, or both with a comma.",
            HelpName = "WHAT",
        };
        SharedOptions.Check(allow, value =>
            value.Split(',').All(word => HttpAsk.Words.Contains(word))
                ? null
                : $"--allow takes {string.Join(", ", HttpAsk.Words)}; '{value}' is none of them."
        );
        var (baseUrl, model, apiKeyEnv) = (SharedOptions.BaseUrl(), SharedOptions.Model(), SharedOptions.ApiKeyEnv());
        var consilium = SharedOptions.Choice(
            "--consilium",
            "Who votes on the plan: six roles, as many as its risk asks for, or nobody. Default: full.",
            ("full", ConsiliumSize.Full),
            ("auto", ConsiliumSize.Auto),
            ("off", ConsiliumSize.Off)
        );
        var commit = SharedOptions.Choice(
            "--commit",
            "Whether a solved task is committed; needs level 3. Default: never.",
            ("never", CommitMode.Never),
            ("auto", CommitMode.Auto)
        );
        var unsandboxed = new Option<bool>("--allow-unsandboxed")
        {
            Description = "Run commands although no sandbox works on this machine.",
        };
        var newToken = new Option<bool>("--new-token") { Description = "Change the token that clients send." };
        var command = new Command("serve", "Serve HTTP clients on this machine: the agent as an OpenAI-compatible model, and its tools.")
        {
            workspace,
            port,
            level,
            allow,
            baseUrl,
            model,
            apiKeyEnv,
            consilium,
            commit,
            unsandboxed,
            newToken,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var settings = new RunSettings
                {
                    Workspace = context.Absolute(parsed.GetValue(workspace) ?? "."),
                    Level = parsed.GetValue(level) ?? Level.ReadOnly,
                    BaseUrl = parsed.GetValue(baseUrl),
                    Model = parsed.GetValue(model),
                    ApiKeyEnv = parsed.GetValue(apiKeyEnv),
                    Consilium = parsed.GetValue(consilium) ?? ConsiliumSize.Full,
                    Commit = parsed.GetValue(commit) ?? CommitMode.Never,
                    AllowUnsandboxed = parsed.GetValue(unsandboxed),
                };
                var token = AccessToken.Get(
                    context.Home,
                    parsed.GetValue(newToken),
                    Environment.GetEnvironmentVariable(AccessToken.Variable)
                );
                var order = new HttpOrder(settings, parsed.GetValue(port) ?? UsualPort, token)
                {
                    Allow = [.. parsed.GetValue(allow)?.Split(',') ?? []],
                };
                return await serve(order, started => context.PrintJson(started, HttpJson.Wire.HttpStarted), cancellationToken);
            }
        );
        return command;
    }
}
