#include "documents/child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ingestor::documents {

namespace asio = boost::asio;

namespace {

FileDescriptor open_in_proc(pid_t pid, std::string_view name) {
    return FileDescriptor(
        ::open(fmt::format("/proc/{}/{}", pid, name).c_str(), O_RDONLY | O_CLOEXEC));
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::adopt(asio::any_io_executor executor,
                                                          pid_t pid) {
    // The C library's header for this lacks C linkage in the distribution's version.
    const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
    std::string failure = std::strerror(errno);
    try {
        if (pidfd >= 0) {
            return std::unique_ptr<ChildProcess>(new ChildProcess(std::move(executor), pid, pidfd));
        }
    } catch (const boost::system::system_error& error) {
        ::close(pidfd);
        failure = error.what();
    }
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return fail(Errc::unavailable, fmt::format("watch a process: {}", failure));
}

ChildProcess::ChildProcess(asio::any_io_executor executor, pid_t pid, int pidfd)
    : pid_(pid),
      pidfd_(std::move(executor), pidfd),
      memory_statistics_(open_in_proc(pid, "statm")),
      status_(open_in_proc(pid, "stat")) {}

ChildProcess::~ChildProcess() {
    if (reaped_) return;
    kill();
    reap(0);
}

void ChildProcess::kill() {
    if (!reaped_) ::syscall(SYS_pidfd_send_signal, pidfd_.native_handle(), SIGKILL, nullptr, 0);
}

asio::awaitable<ProcessEnd> ChildProcess::ended() {
    while (true) {
        if (const auto end = reap(WNOHANG)) co_return *end;
        auto token = asio::as_tuple(asio::use_awaitable);
        co_await pidfd_.async_wait(asio::posix::stream_descriptor::wait_read, token);
    }
}

std::optional<ProcessEnd> ChildProcess::reap(int options) {
    int status = 0;
    rusage usage{};
    pid_t got = 0;
    do {
        got = ::wait4(pid_, &status, options, &usage);
    } while (got < 0 && errno == EINTR);
    if (got == 0) return std::nullopt;
    reaped_ = true;
    return ProcessEnd{.status = status,
                      .resident_bytes_peak = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024};
}

std::optional<std::chrono::nanoseconds> ChildProcess::processor_time() const {
    clockid_t clock{};
    timespec used{};
    if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return {};
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

std::uint64_t ChildProcess::resident_bytes() const {
    std::array<char, 128> text{};
    const auto got = ::pread(memory_statistics_.get(), text.data(), text.size() - 1, 0);
    if (got <= 0) return 0;
    unsigned long long total = 0;
    unsigned long long resident = 0;
    if (std::sscanf(text.data(), "%llu %llu", &total, &resident) != 2) return 0;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

bool ChildProcess::is_sleeping() const {
    std::array<char, 512> text{};
    const auto got = ::pread(status_.get(), text.data(), text.size() - 1, 0);
    if (got <= 0) return false;
    // `pid (name) state …`: the name may hold anything.
    const std::string_view line(text.data(), static_cast<std::size_t>(got));
    const auto end_of_name = line.rfind(')');
    return end_of_name != std::string_view::npos && line.substr(end_of_name).starts_with(") S");
}

}  // namespace ingestor::documents
