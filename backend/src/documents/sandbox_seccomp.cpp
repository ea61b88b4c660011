#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <fmt/format.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "documents/sandbox.hpp"
#include "documents/sandbox_layers.hpp"

namespace ingestor::documents {
namespace {

// Computing, memory, and the descriptors that are open already. Nothing that takes a path. Names
// that an architecture does not have are skipped.
constexpr std::array kAllowed = {
    "brk",         "clock_getres", "clock_gettime",  "clock_nanosleep", "close",
    "close_range", "dup",          "exit",           "exit_group",      "fadvise64",
    "fstat",       "futex",        "getcpu",         "getegid",         "geteuid",
    "getgid",      "getpid",       "getppid",        "getrandom",       "getrlimit",
    "getrusage",   "gettid",       "gettimeofday",   "getuid",          "lseek",
    "madvise",     "membarrier",   "mremap",         "munmap",          "nanosleep",
    "poll",        "ppoll",        "pread64",        "preadv",          "pwrite64",
    "read",        "readv",        "recvfrom",       "recvmsg",         "restart_syscall",
    "rseq",        "rt_sigaction", "rt_sigprocmask", "rt_sigreturn",    "sched_getaffinity",
    "sched_yield", "sendmsg",      "sendto",         "set_robust_list", "sigaltstack",
    "sysinfo",     "time",         "times",          "uname",           "write",
    "writev",
};

// seccomp cannot look at a path, so that no path is looked at: the answer is the same for a file
// that is there and for one that is not. What parsers read is in memory (preloaded_files.hpp).
constexpr std::array kNoPaths = {
    "access",     "chdir",      "creat", "faccessat", "faccessat2", "getcwd",
    "getdents64", "lstat",      "open",  "openat",    "openat2",    "newfstatat",
    "readlink",   "readlinkat", "stat",  "statfs",    "statx",
};

// What a library may try and can live without.
constexpr std::array kRefused = {
    "accept",
    "accept4",
    "bind",
    "chmod",
    "chown",
    "clone",
    "connect",
    "fchmod",
    "fchmodat",
    "fchown",
    "fchownat",
    "fork",
    "ftruncate",
    "ioctl",
    "kill",
    "link",
    "linkat",
    "listen",
    "mkdir",
    "mkdirat",
    "mknod",
    "mknodat",
    "memfd_create",
    "pidfd_open",
    "prctl",
    "rename",
    "renameat",
    "renameat2",
    "rmdir",
    "rt_sigqueueinfo",
    "setrlimit",
    "setsid",
    "shmat",
    "shmget",
    "socket",
    "tkill",
    "rt_tgsigqueueinfo",
    "socketpair",
    "symlink",
    "symlinkat",
    "truncate",
    "unlink",
    "unlinkat",
    "vfork",
};

// What only an intruder would try. The process is ended, and the server says so.
constexpr std::array kDeadly = {
    "add_key",
    "bpf",
    "delete_module",
    "execve",
    "execveat",
    "finit_module",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "mount",
    "move_mount",
    "open_by_handle_at",
    "perf_event_open",
    "pidfd_getfd",
    "pidfd_send_signal",
    "pivot_root",
    "process_vm_readv",
    "process_vm_writev",
    "ptrace",
    "reboot",
    "request_key",
    "setns",
    "swapon",
    "umount2",
    "unshare",
    "userfaultfd",
};

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

/// Remembers the first error, so that a long list of rules reads as one.
class Rules {
public:
    explicit Rules(scmp_filter_ctx filter) : filter_(filter) {}

    template <class... Conditions>
    void add(std::uint32_t action, const char* name, Conditions... conditions) {
        const int number = seccomp_syscall_resolve_name(name);
        if (number == __NR_SCMP_ERROR || error_ != 0) return;
        const int returned =
            seccomp_rule_add(filter_, action, number, sizeof...(Conditions), conditions...);
        // EDOM: the name exists on other architectures only.
        if (returned < 0 && returned != -EDOM) error_ = returned;
    }
    template <std::size_t Count>
    void add_all(std::uint32_t action, const std::array<const char*, Count>& names) {
        for (const char* name : names) add(action, name);
    }
    [[nodiscard]] int error() const { return error_; }

private:
    scmp_filter_ctx filter_;
    int error_ = 0;
};

void add_conditional(Rules& rules) {
    // Nothing becomes executable any more: all code is loaded.
    rules.add(SCMP_ACT_ALLOW, "mmap", SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    rules.add(SCMP_ACT_ALLOW, "mprotect", SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));

    // Not those that arrange for signals to others.
    for (const int command : {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL}) {
        rules.add(SCMP_ACT_ALLOW, "fcntl",
                  SCMP_A1(SCMP_CMP_EQ, static_cast<scmp_datum_t>(command)));
    }

    // A helper sets what memory a document may have, below a hard limit that it cannot raise.
    rules.add(SCMP_ACT_ALLOW, "prlimit64", SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0));
    rules.add(SCMP_ACT_ALLOW, "prlimit64", SCMP_A0(SCMP_CMP_EQ, 0),
              SCMP_A1(SCMP_CMP_EQ, static_cast<scmp_datum_t>(RLIMIT_AS)));

    // A crash may be raised in the process itself, as abort() does; an end by SIGKILL would look
    // like the machine's fault.
    const auto self = static_cast<scmp_datum_t>(::getpid());
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
        rules.add(SCMP_ACT_ALLOW, "tgkill", SCMP_A0(SCMP_CMP_EQ, self),
                  SCMP_A2(SCMP_CMP_EQ, static_cast<scmp_datum_t>(signal)));
    }
}

std::string load_filter() {
    // A call that is not known here looks like one that the kernel does not have yet: the C library
    // has a way around each of those, whichever its version.
    const Filter filter(seccomp_init(SCMP_ACT_ERRNO(ENOSYS)), &seccomp_release);
    if (!filter) return "seccomp could not be set up";
    Rules rules(filter.get());
    rules.add_all(SCMP_ACT_ALLOW, kAllowed);
    add_conditional(rules);
    rules.add_all(SCMP_ACT_ERRNO(EACCES), kNoPaths);
    rules.add_all(SCMP_ACT_ERRNO(EPERM), kRefused);
    rules.add_all(SCMP_ACT_KILL_PROCESS, kDeadly);
    if (rules.error() != 0) return fmt::format("seccomp rule: {}", std::strerror(-rules.error()));
    seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    // A binary tree instead of a list: every system call goes through this.
    seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
    const int returned = seccomp_load(filter.get());
    return returned == 0 ? std::string() : fmt::format("seccomp: {}", std::strerror(-returned));
}

}  // namespace

SandboxLayerStatus restrict_system_calls() {
    SandboxLayerStatus status{
        .layer = SandboxLayer::system_calls, .state = LayerState::active, .words = {}};
    if (kBuiltWithSanitizer) {
        status.state = LayerState::left_out;
        status.words = "built with a sanitizer";
        return status;
    }
    status.words = load_filter();
    if (!status.words.empty()) {
        status.state = LayerState::unavailable;
    } else {
        status.words = fmt::format("seccomp, {} calls allowed", kAllowed.size() + 5);
    }
    return status;
}

}  // namespace ingestor::documents
