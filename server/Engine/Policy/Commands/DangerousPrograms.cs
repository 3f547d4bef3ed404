using System.Text.RegularExpressions;
using CodexSidecar.Contracts;

namespace CodexSidecar.Engine.Policy.Commands;

/// <summary>Programs that destroy, that reach the network, or that start another program.</summary>
internal static class DangerousPrograms
{
    /// <summary>What a wrapper starts: words, or a text for a shell.</summary>
    internal sealed record CarriedCommand(IReadOnlyList<string>? Argv, string? Text, bool ChangesSurroundings);

    private static readonly HashSet<string> Shells = ["sh", "bash", "dash", "zsh", "ksh", "ash", "fish"];
    private static readonly HashSet<string> Network =
    [
        .. WordList.Of(
            """
            curl wget ssh scp sftp rsync nc ncat netcat telnet ftp socat ping dig nslookup host gh aws gcloud az kubectl
            docker podman Invoke-WebRequest iwr
            """
        ),
    ];
    private static readonly HashSet<string> Always =
    [
        .. WordList.Of(
            """
            dd shred truncate mkfs fdisk parted wipefs eval reboot shutdown halt poweroff kill killall pkill crontab at
            systemctl service mount umount chroot unshare nsenter insmod modprobe iptables useradd usermod passwd visudo sudo
            su doas pkexec del erase rd rmdir format diskpart reg Remove-Item ri setfacl chattr ln mkfifo mknod
            """
        ),
    ];
    private static readonly string[][] Installers =
    [
        ["npm", "install"],
        ["npm", "i"],
        ["npm", "ci"],
        ["npm", "publish"],
        ["npm", "exec"],
        ["npx"],
        ["yarn", "add"],
        ["yarn", "install"],
        ["pnpm", "add"],
        ["pnpm", "install"],
        ["pnpm", "dlx"],
        ["pip", "install"],
        ["pip3", "install"],
        ["python", "-m", "pip"],
        ["python3", "-m", "pip"],
        ["dotnet", "add"],
        ["dotnet", "restore"],
        ["dotnet", "tool"],
        ["dotnet", "nuget"],
        ["cargo", "install"],
        ["cargo", "publish"],
        ["go", "get"],
        ["go", "install"],
        ["gem", "install"],
        ["apt"],
        ["apt-get"],
        ["yum"],
        ["dnf"],
        ["brew"],
        ["apk"],
        ["pacman"],
        ["snap"],
        ["uvx"],
        ["pipx"],
    ];

    /// <summary>Words that deserve a red flag even in a text nothing can be proved about.</summary>
    public static Regex Words { get; } =
        new(
            @"\b(rm|rmdir|rd|del|dd|mkfs|shred|truncate|chmod|chown|eval|sudo|kill|killall|pkill|reboot|shutdown|Remove-Item"
                + @"|format)\b|git\s+(clean|reset|push)|curl|wget|>\s*\S|\|\s*(ba|z|da)?sh\b|:\(\)",
            RegexOptions.NonBacktracking | RegexOptions.IgnoreCase
        );

    public static CarriedCommand? Inner(IReadOnlyList<string> argv) =>
        argv[0] switch
        {
            var shell when Shells.Contains(shell) => ShellText(argv),
            "timeout" or "nice" or "nohup" or "time" or "stdbuf" or "setsid" or "ionice" or "command" or "exec" or "builtin" or "busybox" =>
                new(Rest(argv), null, ChangesSurroundings: false),
            "env" => new(Rest(argv), null, ChangesSurroundings: argv.Skip(1).Any(word => word.Contains('=') || word.StartsWith('-'))),
            "xargs" => new(Rest(argv), null, ChangesSurroundings: true),
            _ => null,
        };

    public static (ActionKind Kind, string Reason)? Kind(IReadOnlyList<string> argv)
    {
        var program = argv[0];
        if (Network.Contains(program) || Installers.Any(prefix => argv.Take(prefix.Length).SequenceEqual(prefix, StringComparer.Ordinal)))
        {
            return (ActionKind.Network, $"{program} needs the network");
        }
        if (program == "git")
        {
            return GitCommands.Danger(argv);
        }
        return Destroys(argv) is { } reason ? (ActionKind.DestructiveCommand, reason) : null;
    }

    private static string? Destroys(IReadOnlyList<string> argv) =>
        argv[0] switch
        {
            var program when Always.Contains(program) || program.StartsWith("mkfs.", StringComparison.Ordinal) =>
                $"{program} can destroy data or change the system",
            "rm" or "unlink" => "it deletes files",
            "mv"
            or "cp"
            or "install"
                when argv.Any(word =>
                    word is "-f" or "--force" || (word.Length > 1 && word[0] == '-' && word[1] != '-' && word.Contains('f'))
                ) => "it overwrites files without asking",
            "chmod" or "chown" or "chgrp" => "it changes rights or owners",
            "find"
                when argv.Any(word =>
                    word is "-delete" or "-exec" or "-execdir" or "-ok" or "-okdir" or "-fls"
                    || word.StartsWith("-fprint", StringComparison.Ordinal)
                ) => "find deletes, writes or starts programs here",
            "tee" or "sponge" => "it writes files",
            "sed"
                when argv.Any(word =>
                    word.StartsWith("-i", StringComparison.Ordinal) || word.StartsWith("--in-place", StringComparison.Ordinal)
                ) => "sed changes files in place",
            "powershell" or "pwsh" or "cmd" when argv.Any(word => Words.IsMatch(word)) => "it hands a destructive command to another shell",
            "perl" or "ruby" when argv.Any(word => word.StartsWith("-i", StringComparison.Ordinal)) => "it changes files in place",
            "." or "source" => "it runs a script inside the shell",
            _ => null,
        };

    /// <summary>The text after <c>-c</c>; a shell with a script, or without anything, has no text that could be judged.</summary>
    private static CarriedCommand? ShellText(IReadOnlyList<string> argv)
    {
        for (var index = 1; index < argv.Count; index++)
        {
            if (argv[index].StartsWith('-') && !argv[index].StartsWith("--", StringComparison.Ordinal) && argv[index].Contains('c'))
            {
                return index + 2 == argv.Count ? new(null, argv[index + 1], ChangesSurroundings: false) : null;
            }
        }
        return null;
    }

    /// <summary>The words after the wrapper's own options, numbers and assignments.</summary>
    private static IReadOnlyList<string> Rest(IReadOnlyList<string> argv) =>
        [.. argv.Skip(1).SkipWhile(word => word.StartsWith('-') || word.Contains('=') || (word.Length > 0 && char.IsAsciiDigit(word[0])))];
}
