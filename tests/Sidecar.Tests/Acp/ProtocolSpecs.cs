using System.Text.RegularExpressions;
using CodexSidecar.Contracts;
using CodexSidecar.Faces.Acp;
using CodexSidecar.Sidecar.Tests.House;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Acp;

/// <summary>docs/protocol.md says all that is on the wire.</summary>
public sealed class ProtocolSpecs
{
    private static readonly string Document = Repository.Read("docs/protocol.md");

    [Fact]
    public void Every_event_is_named() =>
        Offenders.None(
            ContractJson
                .Wire.RunEvent.PolymorphismOptions!.DerivedTypes.Select(derived => (string)derived.TypeDiscriminator!)
                .Where(kind => !Document.Contains($"`{kind}`", StringComparison.Ordinal))
        );

    [Fact]
    public void Every_method_is_named()
    {
        var named = Repository
            .FilesNamed(".cs")
            .Where(file => file.StartsWith("server/Sidecar/Faces/Acp/", StringComparison.Ordinal))
            .SelectMany(file =>
                Regex
                    .Matches(
                        Repository.Read(file),
                        "\"((?:session|elicitation|_codexSidecar)/[a-z_/]+|initialize|authenticate|\\$/cancel_request)\""
                    )
                    .Select(match => match.Groups[1].Value)
            )
            .ToHashSet();
        Assert.Contains("session/prompt", named);
        Assert.True(named.IsSupersetOf(AcpOwnMethods.Names.Select(name => $"_codexSidecar/{name}")));
        Offenders.None(named.Where(method => !Document.Contains($"`{method}`", StringComparison.Ordinal)));
    }
}
