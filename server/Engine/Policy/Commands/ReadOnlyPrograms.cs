using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Policy.Commands;

/// <summary>
/// Programs that only look, with the options that keep it so. An option that is not listed makes the command an ordinary one: a new
/// version of a program may bring an option that writes or executes, and nobody has to notice for us to stay safe. None of them follows
/// links in a folder.
/// </summary>
internal static class ReadOnlyPrograms
{
    /// <param name="Letters">Short options that may be combined, such as <c>la</c> in <c>ls -la</c>.</param>
    /// <param name="Long">Long options (and whole words beginning with one dash), each with or without <c>=value</c>.</param>
    /// <param name="MostFiles">How many words may stand beside the options; where a second file would be written it is 1.</param>
    /// <param name="ValueLetters">Short options followed by a value, in the same word or the next.</param>
    internal sealed record Form(string Letters = "", string Long = "", int MostFiles = int.MaxValue, string ValueLetters = "");

    private static readonly Dictionary<string, Form> Forms = new(StringComparer.Ordinal)
    {
        ["ls"] = new(
            "1aAbBcCdFghHiklmnNopqQrRsStuUvwxXZ",
            "--all --almost-all --color --classify --human-readable --recursive --reverse --size --sort --time --full-time "
                + "--group-directories-first"
        ),
        ["cat"] = new("AbeEnstTuv", "--number --show-all --show-ends --show-tabs"),
        ["head"] = new("qv0123456789", "--lines --bytes --quiet", ValueLetters: "nc"),
        ["tail"] = new("qv0123456789", "--lines --bytes --quiet", ValueLetters: "nc"),
        ["wc"] = new("clLmw", "--lines --words --bytes --chars"),
        ["pwd"] = new("LP"),
        ["echo"] = new("neE"),
        ["grep"] = new(
            "abcEFGhHiIlLnoqrsvwxzUPT0123456789",
            "--ignore-case --line-number --count --fixed-strings --extended-regexp --invert-match --word-regexp --only-matching "
                + "--color --include --exclude --max-count --context --after-context --before-context",
            ValueLetters: "eABCm"
        ),
        ["egrep"] = new("ciHhlnovwx", ValueLetters: "eABCm"),
        ["fgrep"] = new("ciHhlnovwx", ValueLetters: "eABCm"),
        ["rg"] = new(
            "cFhHiIlnNoSsvwxU0123456789",
            "--ignore-case --line-number --count --fixed-strings --files --files-with-matches --type --glob --max-count --context "
                + "--no-heading --heading --json --smart-case --word-regexp --column",
            ValueLetters: "eABCmtgT"
        ),
        ["find"] = new(
            "",
            "-name -iname -path -ipath -type -maxdepth -mindepth -size -mtime -newer -empty -print -print0 -not -o -a -prune -regex "
                + "-iregex -perm -ls -depth -xdev"
        ),
        ["file"] = new("bihLpr", "--brief --mime --mime-type"),
        ["stat"] = new("Lft", "--format --printf --terse", ValueLetters: "c"),
        ["du"] = new("abcDhkmsSx0", "--human-readable --summarize --max-depth --total --all", ValueLetters: "d"),
        ["df"] = new("ahHiklT", "--human-readable --total"),
        ["tree"] = new("adfhiDCFn", "--dirsfirst --noreport", ValueLetters: "LIP"),
        ["diff"] = new("abBcdEiNqstTuwy", "--brief --unified --side-by-side --ignore-case --ignore-all-space --color", ValueLetters: "U"),
        ["cmp"] = new("bls", ""),
        ["sort"] = new(
            "bcCdfghiMnrRsuVz",
            "--reverse --numeric-sort --unique --ignore-case --human-numeric-sort --version-sort",
            ValueLetters: "kt"
        ),
        ["uniq"] = new("cdDiuz", "--count --repeated --unique", MostFiles: 1, ValueLetters: "fsw"),
        ["cut"] = new("nsz", "--complement --only-delimited", ValueLetters: "bcdf"),
        ["tr"] = new("cCdst"),
        ["nl"] = new("p", "", MostFiles: 1, ValueLetters: "bvws"),
        ["tac"] = new("br"),
        ["rev"] = new(),
        ["fold"] = new("bs", "", ValueLetters: "w"),
        ["column"] = new("tx", "", ValueLetters: "s"),
        ["comm"] = new("123iz"),
        ["join"] = new("i", "", ValueLetters: "12to"),
        ["paste"] = new("sz", "", ValueLetters: "d"),
        ["seq"] = new("w", "", ValueLetters: "sf"),
        ["basename"] = new("az", "", ValueLetters: "s"),
        ["dirname"] = new("z"),
        ["realpath"] = new("ems", "--relative-to"),
        ["readlink"] = new("efmn"),
        ["md5sum"] = new("bt"),
        ["sha1sum"] = new("bt"),
        ["sha256sum"] = new("bt"),
        ["od"] = new("abcdfiloxv", "", ValueLetters: "AtjNw"),
        ["hexdump"] = new("bcCdovx", "", ValueLetters: "ns"),
        ["xxd"] = new("bpiu", "", MostFiles: 1, ValueLetters: "cgls"),
        ["strings"] = new("af", "", ValueLetters: "nt"),
        ["base64"] = new("di", "--decode --wrap", MostFiles: 1, ValueLetters: "w"),
        ["date"] = new("uIR", "--utc --iso-8601 --rfc-3339", MostFiles: 0),
        ["uname"] = new("asnrvmpio"),
        ["whoami"] = new(),
        ["id"] = new("ugGn"),
        ["nproc"] = new(),
        ["true"] = new(),
        ["false"] = new(),
        ["test"] = new("defhLnrsxz"),
        ["which"] = new("a"),
        ["jq"] = new("cCMnrRsSej", "--raw-output --compact-output --slurp --null-input --sort-keys"),
    };

    private static readonly HashSet<string> VersionOf =
    [
        .. WordList.Of(
            """
            node npm npx python python3 pip pip3 dotnet git go cargo rustc java javac mvn gradle make cmake gcc g++ clang
            ruby php tsc bash rg jq
            """
        ),
    ];

    public static bool Covers(IReadOnlyList<string> argv)
    {
        if (argv is [var program, "--version" or "-version"] && VersionOf.Contains(program))
        {
            return true;
        }
        if (argv is ["dotnet", "--info" or "--list-sdks" or "--list-runtimes"] or ["go" or "cargo", "version"] or ["go", "env"])
        {
            return true;
        }
        return Forms.TryGetValue(argv[0], out var form) && Fits(argv, form);
    }

    private static bool Fits(IReadOnlyList<string> argv, Form form)
    {
        var options = form.Long.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var files = 0;
        var onlyFiles = false;
        for (var index = 1; index < argv.Count; index++)
        {
            var word = argv[index];
            if (onlyFiles || word.Length < 2 || word[0] != '-')
            {
                files += (word is "-" || word.StartsWith('+')) && !onlyFiles ? 0 : 1;
                if (!StaysInside(word))
                {
                    return false;
                }
            }
            else if (word == "--")
            {
                onlyFiles = true;
            }
            else if (options.Contains(word.Split('=')[0], StringComparer.Ordinal))
            {
                if (word.Contains('=') && !StaysInside(word[(word.IndexOf('=') + 1)..]))
                {
                    return false;
                }
            }
            else if (word[1] != '-' && form.ValueLetters.Contains(word[1]))
            {
                index += word.Length == 2 ? 1 : 0;
            }
            else if (word[1] == '-' || !word.Skip(1).All(letter => form.Letters.Contains(letter)))
            {
                return false;
            }
        }
        return files <= form.MostFiles;
    }

    /// <summary>A word that could be a path must not lead out of the workspace; a pattern for grep that happens to look like one costs a
    /// question, no more.</summary>
    private static bool StaysInside(string word) =>
        !word.StartsWith('/')
        && !word.StartsWith('~')
        && !word.Contains(":\\")
        && !word.StartsWith("\\\\")
        && !word.Split('/', '\\').Contains("..");
}
