using CodexSidecar.Engine.Processes;
using CodexSidecar.Engine.Processes.Overlay;

namespace CodexSidecar.Engine.Tests.Processes.Overlay;

/// <summary>What commands do over an overlay is kept and seen by the next command, and the workspace stays as it is.</summary>
public sealed class OverlaySpecs
{
    /// <summary>Each must succeed: a command that did nothing proves nothing.</summary>
    private static readonly Dictionary<string, string> Harm = new()
    {
        ["the repository is deleted"] = "rm -rf .git && test ! -e .git",
        ["its history, branches and stash are deleted"] =
            "rm -rf .git/objects .git/refs .git/logs .git/HEAD && ! git rev-parse HEAD 2>/dev/null",
        ["work is thrown away"] = "echo mine >> src/add.c && git reset -q --hard HEAD~1 && git clean -qfdx && test ! -e .env",
        ["the repository is packed"] = "git gc -q --prune=now --aggressive && git reflog expire --expire=now --all",
        ["a commit"] = "echo x > new && git add -f new .env && git commit -qm three && git branch -D old && git tag v1",
        ["a branch is switched"] = "git checkout -q -b other && git rm -q src/add.c && git commit -qm gone",
        ["a hook and a program for git"] =
            "mkdir -p .git/hooks && echo x > .git/hooks/pre-commit && git config core.fsmonitor evil && mv .git g && mv g .git",
        ["all modes are changed"] = "chmod -R u+rwx,go-rwx . && chmod -R a-w src && chmod 000 notes",
        ["all files are deleted"] = "rm -rf -- * .[!.]* && test -z \"$(ls -A)\"",
        ["a write through a hard link"] = "echo x >> second && ln src/run.sh third && echo x >> third",
        ["a formatter over all files"] = "chmod -R u+w . && find . -path ./.git -prune -o -type f -exec sed -i 's/^/  /' {} +",
        ["pipes, sockets and links"] = "mkfifo pipe src/pipe && ln -s / root && ln -sf ../.. latest && rm src/add.c && mkfifo src/add.c",
        ["a folder becomes a file and a file a folder"] = "rm -rf src && echo x > src && rm second && mkdir second && echo y > second/f",
        ["times are set"] = "find . -exec touch -h -d 2001-01-01 {} +",
        ["ignored files"] = "rm -rf notes .env && mkdir notes && echo trash > notes/today.md",
        ["protected files"] =
            "mkdir -p .vscode .github/workflows .codex-sidecar && echo x | tee .vscode/tasks.json .github/workflows/x.yml",
        ["what git ignores is changed, and a file hidden"] =
            "echo hidden >> .gitignore && echo x > hidden && test -z \"$(git status -s hidden)\"",
        ["names that are no text"] = "touch \"$(printf 'a\\377b')\" && mkdir \"$(printf 'c\\376')\" && touch \"$(printf 'c\\376/d\\nx')\"",
        ["a tree deeper than a path may be long"] =
            "i=0; n=$(printf '%0100d' 1); while [ $i -lt 60 ]; " + "do mkdir $n && cd -P $n || exit 1; i=$((i+1)); done",
        ["folders that nobody may enter"] = "mkdir -p a/b/c && chmod 000 a/b/c a/b a",
    };

    public static TheoryData<string, string> Harms
    {
        get
        {
            var harms = new TheoryData<string, string>();
            foreach (var backend in OverlayBackends.All)
            {
                foreach (var name in Harm.Keys)
                {
                    harms.Add(backend, name);
                }
            }
            return harms;
        }
    }

    public static TheoryData<string> Backends => [.. OverlayBackends.All];

    [Theory]
    [MemberData(nameof(Harms))]
    public async Task Nothing_of_it_reaches_the_workspace(string backend, string harm)
    {
        using var folder = new OverlayFolder();
        await folder.CommitAsync();
        var before = folder.Fingerprint();

        var result = await folder.ShellAsync(backend, Harm[harm]);

        Assert.True(result.ExitCode == 0, result.Output);
        Assert.DoesNotContain("[undone", result.Output, StringComparison.Ordinal);
        Assert.Equal(before, folder.Fingerprint());
        var again = await folder.ShellAsync(backend, "echo again");
        Assert.Equal((0, "again\n"), (again.ExitCode, again.Output));
        await folder.Mount.RemoveAsync();
        Assert.False(Directory.Exists(folder.Changes));
        Assert.Equal(before, folder.Fingerprint());
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task The_next_command_sees_what_the_last_one_did(string backend)
    {
        using var folder = new OverlayFolder();
        await folder.ShellAsync(
            backend,
            "mkdir out && echo made > out/a && rm src/add.c && echo more >> .env && touch -d 2001-01-01 out/a"
        );

        var result = await folder.ShellAsync(backend, "cat out/a .env latest; ls src; stat -c %Y out/a; rm -r out && mkdir out && ls out");

        var time = new DateTimeOffset(new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Local)).ToUnixTimeSeconds();
        Assert.Equal($"made\nNAME=value\nmore\nremember\nrun.sh\n{time}\n", result.Output);
        Assert.False(Directory.Exists(Path.Join(folder.Workspace, "out")));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task The_workspace_may_have_any_name(string backend)
    {
        using var folder = new OverlayFolder("-a b,c:d\\e\"f'g\nh\t$x `é` 名\\040=%");

        var result = await folder.ShellAsync(backend, "pwd && echo x > new && rm .env && ls -A");

        Assert.Equal($"{folder.Workspace}\nlatest\nnew\nnotes\nsrc\n", result.Output);
        Assert.False(File.Exists(Path.Join(folder.Workspace, "new")));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task A_command_is_the_user_and_has_the_environment_it_has_without_an_overlay(string backend)
    {
        using var folder = new OverlayFolder();
        const string script =
            "id -u; id -g; stat -c '%u %g %a %s' src/run.sh; pwd; umask; env | grep -Ev '^(CODEX|TMPDIR|DOTNET_CLI|npm_config_cache|"
            + "GOCACHE|XDG_CACHE|UV_|PIP_|PRE_|GRADLE|_=)' | sort";
        OverlayBackends.Need(backend);
        var plain = await Running.ShellAsync(await OverlayBackends.MakeAsync(backend, folder.Workspace, null), folder.Workspace, script);

        var result = await folder.ShellAsync(backend, script);

        Assert.Equal(plain.Output, result.Output);
        Assert.StartsWith($"{OverlayCalls.User}\n{OverlayCalls.Group}\n{OverlayCalls.User} ", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bubblewrap")]
    [InlineData("landlock")]
    public async Task A_command_has_no_right_over_the_mount(string backend)
    {
        using var folder = new OverlayFolder();

        var result = await folder.ShellAsync(
            backend,
            "grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status | grep -v 0000000000000000; umount . && echo bad; umount -l . && echo bad; "
                + $"cd {folder.Workspace} && stat -f -c %T . && ls /proc/self/fd | sort -n | tail -1"
        );

        Assert.EndsWith("overlayfs\n3\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Cap", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("bad", result.Output, StringComparison.Ordinal);
    }

    /// <summary>A command cannot make the marks that decide what is seen of the workspace.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public async Task A_mark_that_a_command_sets_means_nothing(string backend)
    {
        using var folder = new OverlayFolder();
        var over = await folder.OverAsync(backend);
        await new CommandRunner(over, TimeProvider.System).RunAsync(
            new([OwnProgramOfTests.Path, "try-mark", "src"], folder.Workspace, TimeSpan.FromMinutes(1)),
            null,
            Running.Token
        );

        var result = await folder.ShellAsync(backend, "ls src");

        Assert.Equal("add.c\nrun.sh\n", result.Output);
        Assert.False(OverlayCalls.IsOpaque(Path.Join(folder.Mount.Upper, "src")));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task Programs_and_folders_are_found_where_commands_see_them(string backend)
    {
        using var folder = new OverlayFolder();
        await folder.ShellAsync(
            backend,
            "mkdir tools && cp src/run.sh tools/new && ln -s tools/new link && rm src/run.sh && mkdir -p deep/er && rm -r notes && "
                + "mkdir notes && ln -s ../tools notes/tools"
        );
        var runner = new CommandRunner(await folder.OverAsync(backend), TimeProvider.System);

        async Task<(int?, string)> Run(string program, string below)
        {
            var spec = new CommandSpec([program], Path.Join(folder.Workspace, below), TimeSpan.FromMinutes(1));
            var result = await runner.RunAsync(spec, null, Running.Token);
            return (result.ExitCode, result.Output);
        }

        Assert.Equal((0, "ran\n"), await Run("tools/new", ""));
        Assert.Equal((0, "ran\n"), await Run("./link", ""));
        Assert.Equal((0, "ran\n"), await Run("notes/tools/new", ""));
        Assert.Equal((0, "ran\n"), await Run("../../tools/new", "deep/er"));
        Assert.Equal((0, Path.Join(folder.Workspace, "deep/er") + "\n"), await Run("pwd", "deep/er"));
        Assert.Equal((127, "src/run.sh: command not found\n"), await Run("src/run.sh", ""));
        Assert.Equal((127, "notes/today.md: command not found\n"), await Run("notes/today.md", ""));
    }

    [Fact]
    public async Task What_is_hidden_is_covered_where_commands_see_it_and_nothing_is_made_where_they_do_not()
    {
        using var folder = new OverlayFolder();
        await folder.ShellAsync("bubblewrap", "rm -r notes && mkdir keys && echo secret > keys/a && echo secret > new.pem");
        string[] hidden = [".env", "notes/today.md", "keys", "new.pem", "never"];
        var spec = new CommandSpec(
            ["/bin/sh", "-c", "cat .env keys/a new.pem; ls; test -e notes || echo gone"],
            folder.Workspace,
            TimeSpan.FromMinutes(1),
            Hidden: [.. hidden.Select(name => Path.Join(folder.Workspace, name))]
        );

        var result = await new CommandRunner(await folder.OverAsync("bubblewrap"), TimeProvider.System).RunAsync(spec, null, Running.Token);

        Assert.DoesNotContain("value", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("keys\nlatest\nnew.pem\nsrc\ngone\n", result.Output, StringComparison.Ordinal);
    }

    /// <summary>In the state folder, which is covered anyway, and where else there is room for changes.</summary>
    [Theory]
    [InlineData("bubblewrap", null)]
    [InlineData("bubblewrap", "/dev/shm")]
    [InlineData("bubblewrap", "/tmp")]
    [InlineData("landlock", null)]
    [InlineData("landlock", "/dev/shm")]
    [InlineData("landlock", "/tmp")]
    public async Task The_changes_are_hidden_wherever_they_lie(string backend, string? place)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        using var folder = new OverlayFolder();
        var home = Path.Join(folder.Changes, "home");
        var changes = Path.Join(place ?? Path.Join(home, ".local/state/codex-sidecar"), $"codex-sidecar-overlay-{Guid.NewGuid():n}");
        var mount = OverlayMount.Make(folder.Workspace, changes);
        try
        {
            var over = await OverlayBackends.NeedAsync(backend, mount, name =>
                name == "HOME" ? home : Environment.GetEnvironmentVariable(name)
            );

            var result = await Running.ShellAsync(
                over,
                folder.Workspace,
                $"echo own > new; ls {changes}/* && echo seen; echo x > {changes}/upper/forged && echo forged; cat new"
            );

            Assert.EndsWith("\nown\n", result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("seen", result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("forged\n", result.Output, StringComparison.Ordinal);
            Assert.Equal(["new"], Directory.GetFileSystemEntries(mount.Upper).Select(Path.GetFileName));
        }
        finally
        {
            await mount.RemoveAsync();
        }
    }

    /// <summary>A program that dies while it is set up has not run, and its overlay waits for nobody.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public async Task An_overlay_that_cannot_be_mounted_is_told_and_the_command_does_not_run(string backend)
    {
        using var folder = new OverlayFolder();
        var over = await folder.OverAsync(backend);
        Directory.Delete(Path.Join(folder.Changes, "work"), recursive: true);

        var refused = await Assert.ThrowsAsync<SandboxException>(() =>
            Running.ShellAsync(over, folder.Workspace, "echo ran > /proc/self/fd/1")
        );

        Assert.StartsWith("The sandbox could not be set up, so the command was not run: mount: ", refused.Message);
        Assert.False(refused.HasRun);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public async Task Commands_over_one_overlay_take_turns(string backend)
    {
        using var folder = new OverlayFolder();
        const string script = "mkdir busy || exit 9; i=0; while [ $i -lt 200 ]; do i=$((i+1)); done; echo . >> done; rmdir busy";
        await folder.OverAsync(backend);

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => folder.ShellAsync(backend, script)));

        Assert.All(results, result => Assert.True(result.ExitCode == 0, result.Output));
        Assert.Equal(6, File.ReadAllLines(Path.Join(folder.Mount.Upper, "done")).Length);
    }

    [Fact]
    public async Task A_command_that_waits_for_its_turn_can_be_cancelled()
    {
        using var folder = new OverlayFolder();
        var over = await folder.OverAsync("bubblewrap");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Running.Token);
        using (await folder.Mount.TurnAsync(Running.Token))
        {
            var waiting = new CommandRunner(over, TimeProvider.System).RunAsync(
                new(["true"], folder.Workspace, TimeSpan.FromMinutes(1)),
                null,
                cancel.Token
            );
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        Assert.Equal(0, (await folder.ShellAsync("bubblewrap", "true")).ExitCode);
    }

    [Fact]
    public async Task A_program_that_goes_on_running_is_refused()
    {
        using var folder = new OverlayFolder();
        var over = await folder.OverAsync("bubblewrap");

        var refused = await Assert.ThrowsAsync<SandboxException>(() =>
            LineProgram.StartAsync(over, new(["cat"], folder.Workspace, Timeout.InfiniteTimeSpan), TimeProvider.System)
        );

        Assert.Equal("A program that goes on running cannot run over an overlay.", refused.Message);
    }

    [Fact]
    public void A_folder_of_changes_belongs_to_one_workspace()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        using var folder = new OverlayFolder();
        using var other = new OverlayFolder();
        _ = folder.Mount;

        Assert.Throws<IOException>(() => OverlayMount.Make(other.Workspace, folder.Changes));
        Assert.Throws<SandboxException>(() => Sandbox.WithoutAny(other.Workspace, "for the test").Over(folder.Mount));
    }
}
