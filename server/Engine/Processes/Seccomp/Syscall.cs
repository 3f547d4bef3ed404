using System.Runtime.InteropServices;

namespace CodexSidecar.Engine.Processes.Seccomp;

/// <summary>
/// The system calls the filter speaks of, with their numbers on the two processors it is made for (the kernel's unistd.h). -1: that
/// processor
/// has no such call.
/// </summary>
internal readonly record struct Syscall(int X64, int Arm64)
{
    public static readonly Syscall Socket = new(41, 198),
        SocketPair = new(53, 199),
        Connect = new(42, 203),
        SendTo = new(44, 206),
        Ioctl = new(16, 29),
        CloneProcess = new(56, 220),
        Clone3 = new(435, 435),
        Unshare = new(272, 97),
        Chmod = new(90, -1),
        Fchmod = new(91, 52),
        Fchmodat = new(268, 53),
        Fchmodat2 = new(452, 452),
        Open = new(2, -1),
        Openat = new(257, 56),
        Creat = new(85, -1),
        Openat2 = new(437, 437),
        Mknod = new(133, -1),
        Mknodat = new(259, 33);

    /// <summary>Never needed by a build or a test, and each a way around a sandbox or into the kernel.</summary>
    public static readonly IReadOnlyList<Syscall> Forbidden =
    [
        new(425, 425),
        new(426, 426),
        new(427, 427), // io_uring_setup, _enter, _register: does what other calls do, past every filter
        new(101, 117),
        new(310, 270),
        new(311, 271),
        new(312, 272),
        new(438, 438),
        new(440, 440), // ptrace, process_vm_readv, process_vm_writev, kcmp, pidfd_getfd, process_madvise
        new(248, 217),
        new(249, 218),
        new(250, 219), // add_key, request_key, keyctl
        new(165, 40),
        new(166, 39),
        new(155, 41),
        new(161, 51),
        new(308, 268), // mount, umount2, pivot_root, chroot, setns
        new(428, 428),
        new(429, 429),
        new(430, 430),
        new(431, 431),
        new(432, 432),
        new(433, 433),
        new(442, 442),
        new(467, 467), // open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, mount_setattr, open_tree_attr
        new(321, 280),
        new(298, 241),
        new(323, 282),
        new(300, 262), // bpf, perf_event_open, userfaultfd, fanotify_init
        new(246, 104),
        new(320, 294),
        new(175, 105),
        new(313, 273),
        new(176, 106),
        new(174, -1), // kexec_load, kexec_file_load, init_module, finit_module, delete_module, create_module
        new(304, 265),
        new(212, 18),
        new(180, 42),
        new(134, -1),
        new(154, -1),
        new(172, -1),
        new(173, -1), // open_by_handle_at, lookup_dcookie, nfsservctl, uselib, modify_ldt, iopl, ioperm
        new(169, 142),
        new(167, 224),
        new(168, 225),
        new(163, 89),
        new(103, 116),
        new(179, 60),
        new(443, 443),
        new(153, 58),
        new(170, 161),
        new(171, 162), // reboot, swapon, swapoff, acct, syslog, quotactl, quotactl_fd, vhangup, sethostname, setdomainname
    ];

    public int On(Architecture architecture) => architecture is Architecture.X64 ? X64 : Arm64;
}
