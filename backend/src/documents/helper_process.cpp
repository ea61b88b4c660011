#include "documents/helper_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <span>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/encoding.hpp"
#include "documents/packet.hpp"

namespace ingestor::documents {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kComplaintBytesMax = 2 * 1024;
/// By so much may a document exceed its processor time: what the seconds before it were rounded by,
/// and the work of those before it that share its limit.
constexpr std::chrono::seconds kCpuTimeSlack{2};

std::unexpected<Error> system_failure(std::string_view what, int cause) {
    return fail(Errc::unavailable, fmt::format("{}: {}", what, std::strerror(cause)));
}

// The C library's header for this lacks C linkage in the distribution's version.
int open_pidfd(pid_t pid) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

/// posix_spawn's two objects, which must be given back.
class SpawnPlan {
public:
    SpawnPlan() {
        posix_spawn_file_actions_init(&actions);
        posix_spawnattr_init(&attributes);
    }
    ~SpawnPlan() {
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

/// Nothing of the server's environment: it may hold keys. A few names tell the loader and the
/// sanitizers where things are.
std::vector<std::string> helper_environment() {
    std::vector<std::string> environment = {"LC_ALL=C.UTF-8", "TZ=UTC"};
    for (const char* name : {"LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
        if (const char* value = std::getenv(name)) {
            environment.push_back(fmt::format("{}={}", name, value));
        }
    }
    return environment;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> list;
    list.reserve(words.size() + 1);
    for (auto& word : words) list.push_back(word.data());
    list.push_back(nullptr);
    return list;
}

Result<pid_t> spawn(const std::filesystem::path& program, int socket, int complaints) {
    SpawnPlan plan;
    posix_spawn_file_actions_addopen(&plan.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&plan.actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&plan.actions, complaints, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&plan.actions, socket, kHelperSocket);

    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&plan.attributes, &none);
    posix_spawnattr_setsigdefault(&plan.attributes, &all);
    // A group of its own: Ctrl-C in a terminal is for the server, which ends its helpers itself.
    posix_spawnattr_setpgroup(&plan.attributes, 0);
    posix_spawnattr_setflags(
        &plan.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

    std::vector<std::string> words = {program.string(), "--parent", std::to_string(::getpid())};
    auto environment = helper_environment();
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, program.c_str(), &plan.actions, &plan.attributes,
                                    pointers(words).data(), pointers(environment).data());
    if (error != 0) return system_failure(fmt::format("start {}", program.string()), error);
    return pid;
}

bool set_limit(pid_t pid, __rlimit_resource resource, std::uint64_t value) {
    // The hard limit stays, so that a later document may have more; the sandbox keeps the helper
    // from raising the soft one.
    rlimit now{};
    if (::prlimit(pid, resource, nullptr, &now) != 0) return false;
    now.rlim_cur = std::min<rlim_t>(value, now.rlim_max);
    return ::prlimit(pid, resource, &now, nullptr) == 0;
}

/// Whole seconds of processor time used so far.
std::optional<std::uint64_t> cpu_seconds(pid_t pid) {
    clockid_t clock{};
    timespec used{};
    if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return {};
    return static_cast<std::uint64_t>(used.tv_sec);
}

/// True where the limits that the kernel holds are equal; the server's own do not matter here.
bool same_for_the_kernel(const ExtractionLimits& one, const ExtractionLimits& other) {
    return one.cpu_time_max == other.cpu_time_max &&
           one.memory_bytes_max == other.memory_bytes_max &&
           one.output_bytes_max == other.output_bytes_max &&
           one.open_files_max == other.open_files_max;
}

/// What a helper writes is not to be trusted with a terminal.
std::string printable(std::string_view text) {
    const bool sound = is_utf8(text);
    std::string line;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = byte >= 0x20 && byte != 0x7F && (sound || byte < 0x80);
        line += plain ? c : (c == '\n' ? ' ' : '?');
    }
    return line;
}

}  // namespace

Result<std::unique_ptr<HelperProcess>> HelperProcess::start(asio::any_io_executor executor,
                                                            const std::filesystem::path& program) {
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0) {
        return system_failure("socketpair", errno);
    }
    FileDescriptor ours(pair[0]);
    const FileDescriptor theirs(pair[1]);
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0) return system_failure("pipe", errno);
    FileDescriptor complaints(pipe[0]);
    // A helper that complains without end loses words; it neither waits nor keeps the server busy.
    const FileDescriptor complaints_of_helper(pipe[1]);

    const auto pid = spawn(program, theirs.get(), complaints_of_helper.get());
    if (!pid) return std::unexpected(pid.error());
    FileDescriptor pidfd(open_pidfd(*pid));
    if (!pidfd) {
        const int cause = errno;
        ::kill(*pid, SIGKILL);
        ::waitpid(*pid, nullptr, 0);
        return system_failure("pidfd_open", cause);
    }
    return std::unique_ptr<HelperProcess>(new HelperProcess(
        std::move(executor), *pid, std::move(pidfd), std::move(ours), std::move(complaints)));
}

HelperProcess::HelperProcess(asio::any_io_executor executor, pid_t pid, FileDescriptor pidfd,
                             FileDescriptor socket, FileDescriptor complaints)
    : pid_(pid),
      pidfd_(executor, ::fcntl(pidfd.get(), F_DUPFD_CLOEXEC, 0)),
      socket_(executor, asio::generic::seq_packet_protocol(AF_UNIX, 0),
              ::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0)),
      complaints_(std::move(complaints)),
      memory_statistics_(::open(fmt::format("/proc/{}/statm", pid).c_str(), O_RDONLY | O_CLOEXEC)),
      buffer_(kReplyMessageBytesMax) {}

HelperProcess::~HelperProcess() {
    if (reaped_) return;
    kill();
    reap(0);
}

Result<void> HelperProcess::limit(const ExtractionLimits& limits) {
    // The kernel counts processor time in whole seconds and over the life of the process, so that
    // the limit need not follow documents that take milliseconds one by one.
    if (limits_ && same_for_the_kernel(*limits_, limits) &&
        worked_since_limited_ < kCpuTimeSlack / 2) {
        return {};
    }
    const auto used = cpu_seconds(pid_);
    if (!used) return fail(Errc::unavailable, "the helper is gone");
    const auto cpu_time_max = limits.cpu_time_max + kCpuTimeSlack;
    const bool set =
        set_limit(pid_, RLIMIT_CPU, *used + static_cast<std::uint64_t>(cpu_time_max.count())) &&
        (kBuiltWithSanitizer || set_limit(pid_, RLIMIT_AS, limits.memory_bytes_max)) &&
        set_limit(pid_, RLIMIT_FSIZE, limits.output_bytes_max) &&
        set_limit(pid_, RLIMIT_NOFILE, static_cast<std::uint64_t>(limits.open_files_max));
    if (!set) return system_failure("limit the helper", errno);
    limits_ = limits;
    worked_since_limited_ = {};
    return {};
}

Result<void> HelperProcess::send(const Job& job, int document, std::optional<int> output) {
    const std::array descriptors = {document, output.value_or(-1)};
    const std::span<const int> sent(descriptors.data(), output ? 2 : 1);
    return send_packet(socket_.native_handle(), encode(job), sent, WhenFull::fail);
}

asio::awaitable<Result<Reply>> HelperProcess::receive() {
    asio::socket_base::message_flags flags = 0;
    // No room is given for descriptors: the kernel closes any that the helper may send.
    auto token = asio::as_tuple(asio::use_awaitable);
    const auto [error, size] =
        co_await socket_.async_receive(asio::buffer(buffer_), 0, flags, token);
    if (error || size == 0) co_return fail(Errc::unavailable, "the helper is gone");
    if ((flags & MSG_TRUNC) != 0) co_return fail(Errc::corrupt, "a reply over the limit");
    co_return decode_reply(std::string_view(buffer_.data(), size));
}

void HelperProcess::kill() {
    if (!reaped_) ::syscall(SYS_pidfd_send_signal, pidfd_.native_handle(), SIGKILL, nullptr, 0);
}

asio::awaitable<ProcessEnd> HelperProcess::ended() {
    while (true) {
        if (const auto end = reap(WNOHANG)) co_return *end;
        auto token = asio::as_tuple(asio::use_awaitable);
        co_await pidfd_.async_wait(asio::posix::stream_descriptor::wait_read, token);
    }
}

std::optional<ProcessEnd> HelperProcess::reap(int options) {
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

std::uint64_t HelperProcess::resident_bytes() const {
    std::array<char, 128> text{};
    const auto got = ::pread(memory_statistics_.get(), text.data(), text.size() - 1, 0);
    if (got <= 0) return 0;
    unsigned long long total = 0;
    unsigned long long resident = 0;
    if (std::sscanf(text.data(), "%llu %llu", &total, &resident) != 2) return 0;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::string HelperProcess::take_complaints() {
    std::array<char, kComplaintBytesMax> text{};
    const auto got = ::read(complaints_.get(), text.data(), text.size());
    if (got <= 0) return {};
    std::array<char, 64 * 1024> rest{};
    while (::read(complaints_.get(), rest.data(), rest.size()) ==
           static_cast<ssize_t>(rest.size())) {
    }
    return printable(std::string_view(text.data(), static_cast<std::size_t>(got)));
}

}  // namespace ingestor::documents
