using System.Text.Json;
using CodexSidecar.Engine.Policy;

namespace CodexSidecar.Engine.Models;

/// <summary>Writes a cassette to several files at once. What has been answered is in the file, also when the program dies.</summary>
internal sealed class CassetteRecorder : IDisposable
{
    private readonly Lock guard = new();
    private readonly List<FileStream> streams = [];
    private readonly HashSet<string> written = [];

    /// <exception cref="IOException">A file cannot be written.</exception>
    public CassetteRecorder(IReadOnlyList<string> files, CassetteHeader header)
    {
        try
        {
            foreach (var file in files)
            {
                streams.Add(Create(file));
            }
            Append(new CassetteLine(Header: header));
            Flush();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Add(IReadOnlyDictionary<string, int> weights)
    {
        lock (guard)
        {
            Append(new CassetteLine(Weights: weights));
        }
    }

    public void Add(string key, ModelPrompt prompt, ModelAnswer answer) =>
        Add(prompt, messages =>
            new(
                key,
                prompt.Purpose,
                messages,
                CassetteOptions.Of(prompt),
                Secrets.Redact(answer.Reply.Text),
                answer.Reply.Milliseconds,
                answer.Thought.Length == 0 ? null : Secrets.Redact(answer.Thought),
                answer.Reply.End,
                answer.Reply.Usage,
                Finish: answer.Reply.Finish
            )
        );

    /// <param name="address">Left out of the message: a recording knows no URLs.</param>
    public void Add(string key, ModelPrompt prompt, ModelException fault, string address, int window) =>
        Add(prompt, messages =>
            new(
                key,
                prompt.Purpose,
                messages,
                CassetteOptions.Of(prompt),
                address.Length == 0 ? fault.Message : fault.Message.Replace(address, "the model server", StringComparison.Ordinal),
                Milliseconds: 0,
                Fault: fault.Fault,
                Window: fault.Fault == ModelFault.Context ? window : null
            )
        );

    public void Dispose()
    {
        foreach (var stream in streams)
        {
            stream.Dispose();
        }
    }

    private void Add(ModelPrompt prompt, Func<IReadOnlyList<CassetteMessage>, CassetteExchange> exchange)
    {
        lock (guard)
        {
            var messages = prompt
                .Messages.Select(message => new CassetteMessage(message.Role, CassetteKey.Hash(message.Text)[..16]))
                .ToList();
            foreach (var (message, text) in messages.Zip(prompt.Messages))
            {
                if (written.Add(message.Text))
                {
                    Append(new CassetteLine(Text: new(message.Text, text.Text)));
                }
            }
            Append(new CassetteLine(Exchange: exchange(messages)));
            Flush();
        }
    }

    private void Append(CassetteLine line)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(line, CassetteJson.Readable.CassetteLine), (byte)'\n'];
        foreach (var stream in streams)
        {
            stream.Write(bytes);
        }
    }

    private void Flush()
    {
        foreach (var stream in streams)
        {
            stream.Flush(flushToDisk: true);
        }
    }

    /// <summary>The user's code is in it: for their eyes only.</summary>
    private static FileStream Create(string file)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            Share = FileShare.Read,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        if (Path.GetDirectoryName(file) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }
        return new FileStream(file, options);
    }
}
