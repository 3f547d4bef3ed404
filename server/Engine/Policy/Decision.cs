using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Policy;

/// <param name="Rule">Which rule decided, such as <c>level 2: run_tests</c>.</param>
/// <param name="Reason">One sentence a person can read.</param>
internal sealed record Decision(Permission Permission, string Rule, string Reason, Risk Risk);
