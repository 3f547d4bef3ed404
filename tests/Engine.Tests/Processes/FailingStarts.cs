using CodexSidecar.Contracts;
using CodexSidecar.Engine.Processes;
using NSubstitute;

namespace CodexSidecar.Engine.Tests.Processes;

/// <summary>bubblewrap, whose first starts find that something is gone which they were to cover: a socket of another program, in
/// life.</summary>
internal sealed class FailingStarts
{
    private FailingStarts(Sandbox sandbox) => Sandbox = sandbox;

    public Sandbox Sandbox { get; }

    public int Starts { get; private set; }

    public static async Task<FailingStarts> MakeAsync(string folder, int failures, CancellationToken cancellationToken)
    {
        var (found, problem) = await Bubblewrap.FindAsync(folder, cancellationToken);
        Assert.True(found is not null, problem);
        var backend = Substitute.For<ISandboxBackend>();
        backend.Kind.Returns(SandboxKind.Bubblewrap);
        backend.MakeTemporary().Returns((string?)null);
        var made = new FailingStarts(Sandbox.OnBackend(folder, backend, []));
        backend
            .Wrap(Arg.Any<InnerCommand>())
            .Returns(call =>
            {
                var launch = found.Wrap(call.Arg<InnerCommand>());
                string[] gone = ["--ro-bind", Path.Join(folder, "gone"), Path.Join(folder, "there")];
                return ++made.Starts <= failures ? launch with { Arguments = [.. gone, .. launch.Arguments] } : launch;
            });
        return made;
    }
}
