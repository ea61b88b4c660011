#include "documents/zygote.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

namespace ingestor::documents {

namespace asio = boost::asio;

namespace {

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

Result<pid_t> spawn(const std::filesystem::path& program, int socket, int stderr_pipe) {
    SpawnPlan plan;
    posix_spawn_file_actions_addopen(&plan.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&plan.actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&plan.actions, stderr_pipe, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&plan.actions, socket, kHelperSocket);
    // Also what somebody forgot to mark close-on-exec: a listener would outlive the server.
    posix_spawn_file_actions_addclosefrom_np(&plan.actions, kHelperSocket + 1);

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
    if (error != 0)
        return fail(Errc::unavailable,
                    fmt::format("start {}: {}", program.string(), std::strerror(error)));
    return pid;
}

}  // namespace

Result<std::unique_ptr<Zygote>> Zygote::start(asio::any_io_executor executor,
                                              const std::filesystem::path& program) {
    auto opened = Channel::open(executor);
    if (!opened) return std::unexpected(std::move(opened.error()));
    auto& [channel, ends] = *opened;
    const auto pid = spawn(program, ends.socket.get(), ends.stderr_pipe.get());
    if (!pid) return std::unexpected(pid.error());
    auto child = ChildProcess::adopt(std::move(executor), *pid);
    if (!child) return std::unexpected(std::move(child.error()));
    return std::unique_ptr<Zygote>(new Zygote(std::move(channel), std::move(*child)));
}

Result<std::unique_ptr<HelperProcess>> Zygote::fork_helper(asio::any_io_executor executor) {
    auto opened = Channel::open(executor);
    if (!opened) return std::unexpected(std::move(opened.error()));
    auto& [channel, ends] = *opened;
    const std::array descriptors = {ends.socket.get(), ends.stderr_pipe.get()};
    if (auto sent = channel_->send(encode_fork(), descriptors); !sent) {
        return std::unexpected(std::move(sent.error()));
    }
    return std::make_unique<HelperProcess>(std::move(executor), std::move(channel));
}

}  // namespace ingestor::documents
