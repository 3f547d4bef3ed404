namespace CodexSidecar.Engine.Models;

/// <summary>One model at one address, and what is known and learnt of it during a session.</summary>
/// <param name="key">Sent as bearer; never in a message, log or cassette.</param>
/// <param name="keyAdvice">What the user can do when the server wants another key.</param>
/// <param name="save">Keeps what was learnt.</param>
internal sealed class Endpoint(
    Uri baseUrl,
    string model,
    string family,
    string key,
    string keyAdvice,
    EndpointMemory memory,
    Action<EndpointMemory> save
)
{
    /// <summary>What a run needs; see EndpointFinder.</summary>
    private const int SmallestKept = 3000;

    private readonly Lock guard = new();

    public Uri BaseUrl => baseUrl;
    public string Address => baseUrl.AbsoluteUri.TrimEnd('/');
    public string Model => model;
    public string Family => family;
    public string Key => key;
    public string KeyAdvice => keyAdvice;

    /// <summary>The user gave it.</summary>
    public bool HasKey { get; init; } = true;

    public EndpointMemory Memory { get; private set; } = memory;

    /// <summary>It answered before, so a refused connection means that it went away.</summary>
    public bool WasThere { get; set; }

    /// <summary>The model is in memory, so the first request does not have to wait for that.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>What the server tells of its context window, in tokens.</summary>
    public int? ToldWindow { get; set; }

    /// <summary>Asks the server for its window again; null: what it tells does not count, since the user gave one.</summary>
    public Func<CancellationToken, Task<int?>>? LookAgain { get; init; }

    /// <summary>It was away, or loaded its model, since it told its window.</summary>
    public bool MayBeAnother { get; set; }

    /// <summary>How many tokens its model may think before it answers; <see cref="ThinkingRoom"/>.</summary>
    public int MostThinking { get; init; } = ThinkingRoom.Usual;

    /// <summary>Of the server that came back in this session; null: it is the same.</summary>
    public int? NewWindow { get; private set; }

    /// <summary>What an overflow of this session showed of it.</summary>
    public int? SeenWindow { get; private set; }

    /// <summary>The server named its window when it refused a prompt. Kept, but not what would make a later run refuse to begin.</summary>
    public void Overflowed(int window)
    {
        ShrinkForNow(window);
        if (window >= SmallestKept)
        {
            Learn(memory => memory with { Window = window, ToldWindow = ToldWindow });
        }
    }

    /// <summary>The prompt did not fit, and how much would have is a guess: not kept.</summary>
    public void ShrinkForNow(int window) => SeenWindow = Math.Min(SeenWindow ?? int.MaxValue, window);

    /// <summary>Another server answers at the same address, with a window of its own.</summary>
    public void IsAnother(int window) => (ToldWindow, NewWindow, SeenWindow) = (window, window, null);

    /// <summary>A prompt that was read shows that a smaller window was an error.</summary>
    public void Took(ModelUsage usage)
    {
        if (usage.Estimated)
        {
            return;
        }
        if (usage.PromptTokens > SeenWindow)
        {
            SeenWindow = (int)usage.PromptTokens;
        }
        Learn(memory => usage.PromptTokens > memory.Window ? memory with { Window = null, ToldWindow = null } : memory);
    }

    public void Learn(Func<EndpointMemory, EndpointMemory> lesson)
    {
        lock (guard)
        {
            var learnt = lesson(Memory);
            if (learnt == Memory)
            {
                return;
            }
            Memory = learnt;
            save(learnt);
        }
    }
}
