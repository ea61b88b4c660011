// A helper whose documents say what it shall do, so that tests can see what a broken or captured
// parser does to the server, and what the sandbox lets it do to the machine.
#include "documents/helper.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/program_directory.hpp"
#include "documents/messages.hpp"
#include "documents/packet.hpp"
#include "documents/preloaded_files.hpp"

namespace ingestor::documents {
namespace {

using formats::OutputKind;

formats::Extraction text(std::string markdown) {
    return {.format = "text",
            .content_type = "text/plain",
            .sha256 = std::string(64, 'a'),
            .outputs = {{OutputKind::markdown, std::move(markdown)},
                        {OutputKind::sidecar, "{}"},
                        {OutputKind::chunks, ""}},
            .pages = 3,
            .words = 7,
            .warnings = {"made for a test"}};
}

[[noreturn]] void spin() {
    static std::atomic<std::uint64_t> turns = 0;
    while (true) turns.fetch_add(1, std::memory_order_relaxed);
}

formats::Extraction eat_memory() {
    std::vector<std::unique_ptr<std::array<char, 1 << 20>>> eaten;
    while (true) {
        eaten.push_back(std::make_unique<std::array<char, 1 << 20>>());
        eaten.back()->fill('x');
    }
}

/// As C libraries do: no exception, a null pointer and a call it never recovers from.
formats::Extraction eat_memory_and_crash() {
    while (true) {
        auto* eaten = static_cast<volatile char*>(std::malloc(1 << 20));
        for (std::size_t i = 0; i < 1 << 20; i += 4096) eaten[i] = 'x';
    }
}

void say(std::string_view message) {
    (void)send_packet(kHelperSocket, message, {}, WhenFull::wait);
}

std::string outcome(std::string_view what, long returned) {
    return fmt::format("{}: {}\n", what, returned < 0 ? std::strerror(errno) : "allowed");
}

/// Tries one thing that no parser needs. What is deadly does not return.
std::string attempt(std::string_view what) {
    struct stat status{};
    std::array<char, 256> text{};
    const auto of_server = [](std::string_view name) {
        return fmt::format("/proc/{}/{}", ::getppid(), name);
    };
    if (what == "open") return outcome(what, ::open("/etc/passwd", O_RDONLY));
    if (what == "shadow") return outcome(what, ::open("/etc/shadow", O_RDONLY));
    if (what == "list") return outcome(what, ::open("/tmp", O_RDONLY | O_DIRECTORY));
    if (what == "path") return outcome(what, ::open("/", O_PATH));
    if (what == "openat2") {
        const std::array<std::uint64_t, 3> how{};
        return outcome(what, ::syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how.data(), 24));
    }
    if (what == "proc") return outcome(what, ::open("/proc/self/environ", O_RDONLY));
    if (what == "reopen") return outcome(what, ::open("/proc/self/fd/3", O_RDWR));
    if (what == "server_memory") return outcome(what, ::open(of_server("mem").c_str(), O_RDONLY));
    if (what == "server_files") {
        return outcome(what, ::open(of_server("fd").c_str(), O_RDONLY | O_DIRECTORY));
    }
    if (what == "fonts") {
        return outcome(what, ::open("/usr/share/fonts", O_RDONLY | O_DIRECTORY));
    }
    if (what == "write") return outcome(what, ::open("/tmp/x", O_WRONLY | O_CREAT, 0600));
    if (what == "append") return outcome(what, ::open("/etc/fonts/fonts.conf", O_WRONLY));
    if (what == "tmpfile") return outcome(what, ::open("/tmp", O_RDWR | O_TMPFILE, 0600));
    if (what == "memory_file") return outcome(what, ::memfd_create("x", 0));
    if (what == "stat") return outcome(what, ::stat("/etc/passwd", &status));
    if (what == "lstat") return outcome(what, ::lstat("/etc/passwd", &status));
    if (what == "stat_nothing") return outcome(what, ::stat("/nowhere", &status));
    if (what == "access") return outcome(what, ::access("/etc/passwd", F_OK));
    if (what == "readlink") {
        return outcome(what, ::readlink("/proc/self/exe", text.data(), text.size()));
    }
    if (what == "getcwd") return outcome(what, ::getcwd(text.data(), text.size()) ? 0 : -1);
    if (what == "chdir") return outcome(what, ::chdir("/"));
    if (what == "inotify") return outcome(what, ::syscall(SYS_inotify_init1, 0));
    if (what == "handle") {
        return outcome(what, ::syscall(SYS_name_to_handle_at, AT_FDCWD, "/", nullptr, nullptr, 0));
    }
    if (what == "pidfd") return outcome(what, ::syscall(SYS_pidfd_open, ::getppid(), 0));
    if (what == "kill_self") {
        return outcome(what, ::syscall(SYS_tgkill, ::getpid(), ::gettid(), SIGKILL));
    }
    if (what == "signal_server") {
        return outcome(what, ::syscall(SYS_tgkill, ::getppid(), ::getppid(), SIGABRT));
    }
    if (what == "limit_server") {
        const rlimit limit{.rlim_cur = 0, .rlim_max = 0};
        return outcome(what, ::prlimit(::getppid(), RLIMIT_AS, &limit, nullptr));
    }
    if (what == "raise_memory") {
        const rlimit limit{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
        return outcome(what, ::setrlimit(RLIMIT_AS, &limit));
    }
    if (what == "become_root") return outcome(what, ::setuid(0));
    if (what == "dumpable") return outcome(what, ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
    if (what == "run_memory") {
        auto* page =
            ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return outcome(what, ::mprotect(page, 4096, PROT_READ | PROT_EXEC));
    }
    if (what == "run_document") {
        const auto* page =
            ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, kHelperSocket + 1, 0);
        return outcome(what, page == MAP_FAILED ? -1 : 0);
    }
    if (what == "shared_memory") return outcome(what, ::syscall(SYS_shmget, 1, 4096, 0600));
    if (what == "mkdir") return outcome(what, ::mkdir("/tmp/agent2-ingestor-test", 0700));
    if (what == "unlink") return outcome(what, ::unlink("/etc/fonts/fonts.conf"));
    if (what == "socket") return outcome(what, ::socket(AF_INET, SOCK_STREAM, 0));
    if (what == "unix_socket") return outcome(what, ::socket(AF_UNIX, SOCK_STREAM, 0));
    if (what == "connect") {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(80);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return outcome(
            what, ::connect(kHelperSocket, reinterpret_cast<sockaddr*>(&address), sizeof address));
    }
    if (what == "fork") {
        const auto child = ::fork();
        if (child == 0) ::_exit(0);
        return outcome(what, child);
    }
    if (what == "kill") return outcome(what, ::kill(::getppid(), 0));
    if (what == "raise_limit") {
        const rlimit limit{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
        return outcome(what, ::setrlimit(RLIMIT_CPU, &limit));
    }
    if (what == "write_code") {
        const auto* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return outcome(what, page == MAP_FAILED ? -1 : 0);
    }
    if (what == "execve") {
        std::array<char*, 1> none = {nullptr};
        return outcome(what, ::execve("/bin/true", none.data(), none.data()));
    }
    if (what == "keyctl") return outcome(what, ::syscall(SYS_keyctl, 0, 0, 0, 0, 0));
    if (what == "process_vm_readv") {
        return outcome(what,
                       ::syscall(SYS_process_vm_readv, ::getppid(), nullptr, 0, nullptr, 0, 0));
    }
    if (what == "pidfd_getfd") return outcome(what, ::syscall(SYS_pidfd_getfd, 0, 0, 0));
    if (what == "userfaultfd") return outcome(what, ::syscall(SYS_userfaultfd, 0));
    if (what == "unshare") return outcome(what, ::unshare(CLONE_NEWUSER));
    if (what == "ptrace") return outcome(what, ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr));
    if (what == "io_uring") return outcome(what, ::syscall(SYS_io_uring_setup, 1, nullptr));
    return fmt::format("{}: what is that?\n", what);
}

Result<formats::Extraction> obey(const Document& document,
                                 const ProgressCallback& report_progress) {
    const auto space = document.bytes.find(' ');
    const auto order = document.bytes.substr(0, space);
    const auto rest =
        space == std::string_view::npos ? std::string_view() : document.bytes.substr(space + 1);

    if (order == "echo") return text(std::string(rest));
    if (order == "name") return text(document.filename + " " + document.source_uri);
    if (order == "environment") return text(::environ[0] == nullptr ? "" : ::environ[0]);
    if (order == "pages") {
        report_progress(2);
        return text("paged");
    }
    if (order == "fail") return fail(Errc::encrypted, "needs a password");
    if (order == "throw") throw std::runtime_error("a parser's own exception");
    if (order == "unlikely") return fail(Errc::permission_denied, "not for a parser to say");
    if (order == "remember") {
        // What a captured parser would do: keep one document for the next.
        static std::string kept;
        return text(std::exchange(kept, std::string(rest)));
    }
    if (order == "preloaded") {
        std::array<char, 64> line{};
        auto* const file = std::fopen(std::string(rest).c_str(), "r");
        if (file == nullptr) return text(std::strerror(errno));
        const auto size = std::fread(line.data(), 1, line.size(), file);
        return text(std::string(line.data(), size));
    }
    if (order == "crash") ::raise(SIGSEGV);
    if (order == "abort") std::abort();
    if (order == "leave") ::_exit(3);
    if (order == "spin") spin();
    if (order == "hang") {
        while (true) ::pause();
    }
    if (order == "eat") return eat_memory();
    if (order == "eat_and_crash") return eat_memory_and_crash();
    if (order == "flood") return text(std::string(std::stoul(std::string(rest)), 'x'));
    if (order == "no_utf8") return text("\xff\xfe");
    if (order == "no_json") {
        auto outputs = text("sound");
        outputs.outputs[1].bytes = "[]";
        return outputs;
    }
    if (order == "garbage") say("\x09garbage");
    if (order == "hello_again") say(encode(Reply(Hello{})));
    if (order == "lie")
        say(encode(
            Reply(Done{.outputs = {{OutputKind::markdown, ~0ULL}, {OutputKind::sidecar, 2}}})));
    if (order == "complain") {
        for (int i = 0; i < 100'000; ++i) std::fputs("Syntax Error: \x1b[31mwrong\n", stderr);
        return text("complained");
    }
    if (order == "attempt") return text(attempt(rest));
    if (order == "write_document") {
        // The lowest descriptor beside the socket is the document.
        return text(outcome("write", ::pwrite(kHelperSocket + 1, "x", 1, 0)));
    }
    return text("?");
}

}  // namespace
}  // namespace ingestor::documents

int main(int argc, char** argv) {
    const auto warm_up = [] {
        ingestor::documents::preload_files(ingestor::program_directory() / "documents_test_tables");
    };
    return ingestor::documents::run_helper(argc, argv, warm_up, ingestor::documents::obey);
}
