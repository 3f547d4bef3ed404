using System.Runtime.CompilerServices;
using CodexSidecar.Engine.Processes;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>The hidden jobs of the program, when this test program is started under its name.</summary>
internal static class OwnProgramOfTests
{
    [ModuleInitializer]
    internal static void Run()
    {
        if (HiddenJobs.Run(Environment.GetCommandLineArgs()[1..]) is { } exitCode)
        {
            Environment.Exit(exitCode);
        }
    }
}
