namespace CodexSidecar.Engine.Tests.Processes;

/// <param name="Script">For sh; see <see cref="EscapeWorld.Fill"/> for its words. <c>try-...</c> lines are run by this program
/// itself.</param>
/// <param name="GetsOut">Without a sandbox it works for everybody, root or not, and harms nothing but its own little world: so it is also
/// run that way, to prove that it would be noticed.</param>
internal sealed record Escape(string Name, string Script, bool GetsOut = false);

/// <summary>What a hostile test script would try.</summary>
internal static class Escapes
{
    public static readonly IReadOnlyList<Escape> All =
    [
        // Files outside
        new("a new file beside the workspace", "echo x > $OUT/new", true),
        new("a new file through ..", "echo x > ../outside/new", true),
        new("appending to a file outside", "echo x >> $OUT/file", true),
        new("emptying a file outside", ": > $OUT/file", true),
        new("editing a file outside in place", "sed -i s/original/changed/ $OUT/file", true),
        new("deleting a file outside", "rm -f $OUT/file", true),
        new("deleting a folder outside", "rm -rf $OUT/folder", true),
        new("renaming a file outside", "mv $OUT/file $OUT/other", true),
        new("moving a file of the workspace out", "mv source.txt $OUT/", true),
        new("changing a mode outside", "chmod 777 $OUT/file", true),
        new("changing a time outside", "touch -d 2001-01-01 $OUT/file", true),
        new("a new folder outside", "mkdir $OUT/new", true),
        new("a pipe outside", "mkfifo $OUT/fifo", true),
        new("a new repository outside", "git init -q $OUT/repo", true),
        new("node writes outside", "node -e \"require('fs').writeFileSync('$OUT/new', 'x')\"", true),
        new(
            "an archive with absolute names",
            "mkdir -p a && cp source.txt a/new && tar -cPf a.tar --transform 's,^a,$OUT,' a/new && tar -xPf a.tar",
            true
        ),
        new("the user's shell profile", "echo 'echo owned' >> ~/.bashrc", true),
        new("a user service", "mkdir -p ~/.config/systemd/user && echo x > ~/.config/systemd/user/x.service", true),
        new("an ssh key of the attacker", "echo key >> ~/.ssh/authorized_keys", true),
        new("the password file", "echo 'x::0:0::/:/bin/sh' >> /etc/passwd"),
        new("a job of cron", "echo '* * * * * root true' > /etc/cron.d/codex-sidecar-escape"),
        new("a program on everybody's path", "echo x > /usr/local/bin/codex-sidecar-escape"),
        // Links
        new("a link to a file outside", "ln -s $OUT/file l && echo x >> l", true),
        new("a link to a folder outside", "ln -s $OUT l && echo x > l/new", true),
        new("a link that was there before", "echo x > link/new", true),
        new("a chain of links", "ln -s ../outside a && ln -s a b && ln -s b/file c && echo x > c", true),
        new("a hard link to a file outside", "ln $OUT/file h && echo x >> h", true),
        new("a hard link into the workspace's own link", "ln link/file h && echo x >> h", true),
        new(
            "a link swapped in during the write",
            "mkdir d; (i=0; while [ $i -lt 400 ]; do rm -rf d; ln -sfn $OUT d; rm -f d; mkdir -p d; i=$((i+1)); done) & i=0; while "
                + "[ $i -lt 2000 ]; do echo x > d/raced; i=$((i+1)); done 2>/dev/null; wait",
            false
        ),
        new("through the root of a process", "echo x > /proc/self/root$OUT/new", true),
        new("through the working folder of a process", "echo x > /proc/self/cwd/../outside/new", true),
        new("through a descriptor of a folder", "exec 5<$OUT; echo x > /proc/self/fd/5/new", true),
        // Secrets
        new("the ssh key", "cat ~/.ssh/id_rsa", true),
        new("the ssh key through a link", "ln -s ~/.ssh s; cat s/id_rsa", true),
        new("the ssh key through an archive", "tar -cf - -C ~ .ssh | tr -d '\\0'", true),
        new("the ssh key through the root of a process", "cat /proc/self/root$(cd ~ && pwd)/.ssh/id_rsa", true),
        new("the ssh key through the root of process 1", "cat /proc/1/root$(cd ~ && pwd)/.ssh/id_rsa"),
        new("the cover of the keys is moved away", "mv ~/.ssh ~/.ssh2; cat ~/.ssh2/id_rsa", true),
        new("the cover of the keys is unmounted", "umount ~/.ssh; umount -l ~/.ssh; cat ~/.ssh/id_rsa", true),
        new("the cloud's credentials", "cat ~/.aws/credentials", true),
        new("the token of gh", "cat ~/.config/gh/hosts.yml", true),
        new("every secret below the home", "grep -rs the-secret ~", true),
        new("the shadow file", "test -s /etc/shadow && cat /etc/shadow >/dev/null && echo ESCAPED"),
        new("another process's environment", "tr '\\0' '\\n' < /proc/$VICTIM/environ", true),
        new("every process's environment", "cat /proc/[0-9]*/environ | tr '\\0' '\\n' | grep ^VICTIM", true),
        // What git runs
        new("a hook", "printf '#!/bin/sh\\n' > .git/hooks/pre-commit; chmod +x .git/hooks/pre-commit", true),
        new("git's configuration", "printf '[core]\\n\\tfsmonitor = evil\\n' >> .git/config", true),
        new("git's configuration through git", "git config core.fsmonitor evil", true),
        new("git's configuration through a rename", "cp .git/config c; echo '[alias]' >> c; mv -f c .git/config", true),
        new("the repository moved away", "mv .git old && cp -r old .git && echo '[alias]' >> .git/config", true),
        new("the hooks moved away", "mv .git/hooks .git/old && mkdir .git/hooks && echo x > .git/hooks/post-checkout", true),
        new("the hooks deleted", "rm -rf .git/hooks", true),
        new("the hooks as a link", "rm -rf .git/hooks; ln -s ../evil .git/hooks", true),
        new("the configuration deleted", "rm -f .git/config", true),
        new("a worktree's configuration that was not there", "echo '[core]' > .git/config.worktree", true),
        new("a common folder that was not there", "echo ../evil > .git/commondir", true),
        new("a nested repository's configuration", "echo '[alias]' >> vendor/lib/.git/config", true),
        new(
            "a nested repository's hooks that were not there",
            "mkdir vendor/lib/.git/hooks; echo x > vendor/lib/.git/hooks/pre-push",
            true
        ),
        new(
            "a nested repository moved away",
            "mv vendor/lib/.git vendor/lib/old && cp -r vendor/lib/old vendor/lib/.git && echo '[alias]' >> vendor/lib/.git/config",
            true
        ),
        new(
            "a nested repository moved with its folder and back",
            "mv vendor/lib v && echo '[alias]' >> v/.git/config; mv v vendor/lib",
            true
        ),
        new("the file that points to a repository", "echo 'gitdir: ../evil' > tree/.git", true),
        new("the repository such a file points to", "echo '[alias]' >> bare/config", true),
        new("a planted repository", "mkdir -p new && git init -q new && git -C new config core.fsmonitor evil", true),
        new("a planted pointer to a repository", "mkdir -p new && echo 'gitdir: ../evil' > new/.git", true),
        // Network and sockets
        new("the host's loopback", "try-tcp 127.0.0.1 $TCP", true),
        new("the host's loopback, IPv6", "try-tcp ::1 $TCP", true),
        new("the host by its address", "try-tcp $HOST $TCP", true),
        new("the host's loopback by datagram", "try-udp 127.0.0.1 $UDP", true),
        new("the internet", "try-tcp 1.1.1.1 443"),
        new("the internet's name servers", "try-udp 1.1.1.1 53; try-name example.com"),
        new(
            "node fetches",
            "node -e \"fetch('http://127.0.0.1:$TCP/').then(() => console.log('ESCAPED'), () => {}); setTimeout(() => "
                + "process.exit(), 500)\"",
            true
        ),
        new("a socket of the host", "try-unix $SOCKET", true),
        new("a socket of the host through a link", "ln -s $SOCKET s; try-unix ./s", true),
        new("an abstract socket of the host", "try-unix $ABSTRACT", true),
        // Processes
        new("a signal to somebody else's process", "kill -9 $VICTIM", true),
        new("a signal to all processes", "trap '' TERM; kill -TERM -1"),
        new("somebody else's command line", "tr '\\0' ' ' < /proc/$VICTIM/cmdline | grep -q cat && echo ESCAPED", true),
        new("somebody else's root", "ls /proc/$VICTIM/root/ && echo ESCAPED", true),
        new("somebody else's namespaces", "nsenter -t $VICTIM -n true && echo ESCAPED"),
        new("a daemon in its own session", "setsid sleep $MARK >/dev/null 2>&1 < /dev/null &"),
        new("a daemon forked twice", "( (setsid sleep $MARK >/dev/null 2>&1 &) & )"),
        new("a daemon that ignores hanging up", "nohup sleep $MARK >/dev/null 2>&1 &"),
        new("a daemon with an empty environment", "(env -i setsid /bin/sleep $MARK >/dev/null 2>&1 < /dev/null &) "),
        // The kernel
        // Each writes what is already there: were it not blocked, nothing would change.
        new(
            "a setting of the kernel",
            "for f in vm/swappiness kernel/panic fs/file-max; do v=$(cat /proc/sys/$f); echo $v > /proc/sys/$f && echo ESCAPED; done"
        ),
        new(
            "a program for core dumps",
            "v=$(cat /proc/sys/kernel/core_pattern); echo \"$v\" > /proc/sys/kernel/core_pattern && echo ESCAPED"
        ),
        new(
            "a device of sysfs",
            "for f in /sys/kernel/uevent_helper /sys/kernel/rcu_expedited /sys/kernel/profiling; do test -e $f && v=$(cat $f) && "
                + "echo $v > $f && echo ESCAPED; done"
        ),
        new(
            "a magic key",
            "(: > /proc/sysrq-trigger) && echo ESCAPED; for f in /proc/irq/*/smp_affinity; do v=$(cat $f) && echo $v > $f && echo "
                + "ESCAPED; done"
        ),
        new("a disk", "ls /dev | grep -E '^(sd|vd|nvme|xvd|dm-|loop|mem$|kmem$|kmsg$|kvm$|fuse$|net$)' && echo ESCAPED"),
        new("a device node", "mknod disk b 8 0 && echo ESCAPED; mknod mem c 1 1 && echo ESCAPED"),
        new(
            "everything writable again",
            "mount -o remount,rw / && echo ESCAPED; mount -o remount,rw,bind / && echo ESCAPED; echo x > $OUT/new",
            true
        ),
        new("a mount over the workspace", "mount --bind $OUT . && echo ESCAPED; mount -t tmpfs none /mnt && echo ESCAPED"),
        new("another root", "chroot . /bin/true && echo ESCAPED; chroot / /bin/true && echo ESCAPED"),
        new(
            "namespaces in namespaces",
            "unshare -Ur true && echo ESCAPED; unshare -m true && echo ESCAPED; unshare -n true && echo ESCAPED"
        ),
        new("a sandbox in the sandbox", "bwrap --dev-bind / / true && echo ESCAPED"),
        new(
            "a program that gives rights",
            "cp /bin/sh s && chmod u+s s && echo ESCAPED; chmod 2755 s && echo ESCAPED; install -m 4755 /bin/sh t && test -u t && "
                + "echo ESCAPED",
            true
        ),
        new(
            "the rights of the system's own programs",
            "grep -E '^Cap(Eff|Prm|Inh|Amb):' /proc/self/status | grep -qv 0000000000000000 && echo ESCAPED; grep -q "
                + "'^NoNewPrivs:.0' /proc/self/status && echo ESCAPED",
            true
        ),
        new(
            "descriptors left open",
            "ls -l /proc/self/fd | grep -E ' ([3-9]|[0-9]{2,}) -> ' | grep -vE ' -> /proc/[0-9]+/fd' && echo ESCAPED"
        ),
        new(
            "a write to our own memory of the host",
            "echo x > /dev/shm/codex-sidecar-escape; test -e /dev/shm/codex-sidecar-escape; ls /dev/shm | grep -v "
                + "codex-sidecar-escape && echo ESCAPED"
        ),
    ];

    /// <summary>Calls of the kernel: name, number on x64 and arm64, arguments, the error they must end with (1 EPERM, 38 ENOSYS, 97
    /// EAFNOSUPPORT).</summary>
    public static readonly IReadOnlyList<(string Name, int X64, int Arm64, string Arguments, int Error)> Calls =
    [
        ("io_uring_setup", 425, 425, "1 0", 1),
        ("io_uring_enter", 426, 426, "-1", 1),
        ("io_uring_register", 427, 427, "-1", 1),
        ("ptrace (attach)", 101, 117, "16 1", 1),
        ("process_vm_readv", 310, 270, "1", 1),
        ("process_vm_writev", 311, 271, "1", 1),
        ("pidfd_getfd", 438, 438, "-1", 1),
        ("kcmp", 312, 272, "1 1", 1),
        ("add_key", 248, 217, "", 1),
        ("request_key", 249, 218, "", 1),
        ("keyctl", 250, 219, "0", 1),
        ("mount", 165, 40, "", 1),
        ("umount2", 166, 39, "", 1),
        ("pivot_root", 155, 41, "", 1),
        ("chroot", 161, 51, "", 1),
        ("setns", 308, 268, "-1", 1),
        ("open_tree", 428, 428, "-1", 1),
        ("move_mount", 429, 429, "-1", 1),
        ("fsopen", 430, 430, "", 1),
        ("fsconfig", 431, 431, "-1", 1),
        ("fsmount", 432, 432, "-1", 1),
        ("fspick", 433, 433, "-1", 1),
        ("mount_setattr", 442, 442, "-1", 1),
        ("unshare (user)", 272, 97, "268435456", 1),
        ("unshare (network)", 272, 97, "1073741824", 1),
        ("unshare (time)", 272, 97, "128", 1),
        ("clone (user namespace)", 56, 220, "268435473", 1),
        ("clone3", 435, 435, "", 38),
        ("bpf", 321, 280, "0", 1),
        ("perf_event_open", 298, 241, "", 1),
        ("userfaultfd", 323, 282, "0", 1),
        ("fanotify_init", 300, 262, "0", 1),
        ("kexec_load", 246, 104, "", 1),
        ("kexec_file_load", 320, 294, "-1", 1),
        ("init_module", 175, 105, "", 1),
        ("finit_module", 313, 273, "-1", 1),
        ("delete_module", 176, 106, "", 1),
        ("open_by_handle_at", 304, 265, "-1", 1),
        ("reboot", 169, 142, "0", 1),
        ("swapon", 167, 224, "", 1),
        ("acct", 163, 89, "", 1),
        ("syslog", 103, 116, "10", 1),
        ("openat2", 437, 437, "-1", 38),
        ("socket (vsock)", 41, 198, "40 1 0", 97),
        ("socket (packet)", 41, 198, "17 3 0", 97),
        ("socket (alg)", 41, 198, "38 5 0", 97),
        ("socket (bluetooth)", 41, 198, "31 3 0", 97),
        ("socket (xdp)", 41, 198, "44 3 0", 97),
        ("socket (netlink, audit)", 41, 198, "16 3 9", 97),
        ("socket (netlink, netfilter)", 41, 198, "16 3 12", 97),
        ("ioctl (typing into the terminal)", 16, 29, "0 21522 0", 1),
    ];
}
