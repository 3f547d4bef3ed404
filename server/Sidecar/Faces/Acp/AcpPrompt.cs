using CodexSidecar.Contracts;

namespace CodexSidecar.Faces.Acp;

/// <summary>What the user sent, as the engine takes it: the words, what they pointed at, and what they have not saved.</summary>
internal static class AcpPrompt
{
    public static RunRequest Read(PromptParams prompt, RunSettings settings)
    {
        var task = string.Concat(prompt.Prompt.Select(Words)).Trim();
        if (task.Length == 0)
        {
            throw new AcpError(AcpError.InvalidParams, "empty_prompt", "$.prompt");
        }
        return new RunRequest(task, settings)
        {
            Caller = Caller.CommandLine with { Face = "acp" },
            Attachments = [.. prompt.Prompt.Select(block => Attached(block, settings.Workspace)).OfType<Attachment>()],
            Unsaved =
            [
                .. (prompt.Meta?.CodexSidecar?.Unsaved ?? [])
                    .Select(file => (Path: Relative(file.Path, settings.Workspace), file.Text))
                    .Where(file => file.Path is not null)
                    .Select(file => new UnsavedFile(file.Path!, file.Text)),
            ],
        };
    }

    // Clients put a link where the user mentioned a file, in the middle of a sentence.
    private static string Words(ContentBlock block) =>
        block switch
        {
            TextBlock text => text.Text,
            LinkBlock link => $"@{link.Name}",
            _ => "",
        };

    private static Attachment? Attached(ContentBlock block, string workspace)
    {
        var (uri, text) = block switch
        {
            LinkBlock link => (link.Uri, null),
            ResourceBlock { Resource: { Text: { } given } resource } => (resource.Uri, given),
            _ => (null, (string?)null),
        };
        if (uri is null)
        {
            return null;
        }
        var file = Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.IsFile ? parsed : null;
        var path = file is null ? null : Relative(file.LocalPath, workspace);
        // A link to somewhere else is only words; a text that came along is used wherever it is from.
        if (text is null)
        {
            return path is null ? null : new Attachment(path, null);
        }
        return new Attachment(file is { Fragment.Length: > 1 } ? $"selection in {path ?? uri}" : path ?? uri, text);
    }

    private static string? Relative(string path, string workspace)
    {
        if (!Path.IsPathFullyQualified(path))
        {
            return null;
        }
        var relative = Path.GetRelativePath(workspace, path).Replace('\\', '/');
        return Path.IsPathRooted(relative) || relative is ".." || relative.StartsWith("../", StringComparison.Ordinal) ? null : relative;
    }
}
