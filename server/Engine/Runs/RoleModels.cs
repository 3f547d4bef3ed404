using CodexSidecar.Contracts;
using CodexSidecar.Engine.Models;
using CodexSidecar.Engine.State;

namespace CodexSidecar.Engine.Runs;

/// <summary>The models of roles that do not speak by the run's own.</summary>
internal static class RoleModels
{
    /// <returns>Absent: roles whose own server is not there; they abstain, and the user is told.</returns>
    public static async Task<(IReadOnlyDictionary<Role, ModelConnection> Roles, IReadOnlySet<Role> Absent)> OpenAsync(
        SidecarHome home,
        RunHost host,
        ModelConnection main,
        Stack<IAsyncDisposable> opened,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var settings = host.Request.Settings;
        var roles = new Dictionary<Role, ModelConnection>();
        var absent = new HashSet<Role>();
        var configured = settings.Roles.Count > 0 ? settings.Roles : host.Rules.Roles;
        foreach (
            var group in settings.Consilium is ConsiliumSize.Off || host.Request.TestsOnly
                ? []
                : configured.GroupBy(role => role.Value, role => role.Key)
        )
        {
            var its = settings with
            {
                BaseUrl = group.Key.BaseUrl ?? settings.BaseUrl,
                Model = group.Key.Model,
                ApiKeyEnv = group.Key.ApiKeyEnv ?? settings.ApiKeyEnv,
            };
            try
            {
                var other = await main.BesideAsync(home.ModelSettings(its), time, cancellationToken);
                if (other != main)
                {
                    opened.Push(other);
                    host.Emit(new NoticeRaised(Severity.Info, "Consilium", $"{string.Join(", ", group)}: {other.Profile.Display}"));
                }
                foreach (var role in group)
                {
                    roles[role] = other;
                }
            }
            catch (ModelException gone)
            {
                absent.UnionWith(group);
                host.Emit(new NoticeRaised(Severity.Warning, $"{string.Join(", ", group)} will abstain: no model server", gone.Message));
            }
        }
        return (roles, absent);
    }
}
