namespace CodexSidecar.Engine.Testing;

/// <summary>How the project's tests are run, from the workspace's root.</summary>
/// <param name="Source">What told so: <c>package.json</c>, <c>Calculator.Tests.csproj</c>, an option of the user.</param>
internal sealed record TestCommand(IReadOnlyList<string> Argv, string Source);
