#include "documents/helper.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <malloc.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "documents/crash_watch.hpp"
#include "documents/messages.hpp"
#include "documents/packet.hpp"
#include "documents/sandbox.hpp"

namespace ingestor::documents {
namespace {

constexpr int kExitStartedByHand = 64;
constexpr int kExitServerGone = 0;
constexpr int kExitSocketBroken = 74;

constexpr std::chrono::milliseconds kProgressInterval{100};

/// Free memory that a helper may keep between documents: giving it back costs time.
constexpr std::size_t kFreeBytesKept = std::size_t{8} << 20;

// Copying so little costs less than to map it.
constexpr std::uint64_t kCopiedBytesMax = 16 * 1024;

/// A descriptor received beside a job.
class Received {
public:
    Received() = default;
    explicit Received(int descriptor) : descriptor_(descriptor) {}
    ~Received() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Received(Received&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    Received& operator=(Received&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    [[nodiscard]] int get() const { return descriptor_; }

private:
    int descriptor_ = -1;
};

/// The document's bytes in memory; mapped where they are many.
class Content {
public:
    /// Ends the process where the machine fails to give what it has stored. Errors: too_large.
    static Result<Content> of(int descriptor, std::uint64_t size_bytes) {
        const auto end = ::lseek(descriptor, 0, SEEK_END);
        if (end < 0 || std::cmp_less(end, size_bytes)) ::_exit(kExitInputUnreadable);
        Content content;
        content.size_ = size_bytes;
        if (size_bytes > kCopiedBytesMax) {
            content.mapped_ = ::mmap(nullptr, size_bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
        } else if (!content.copy(descriptor)) {
            ::_exit(kExitInputUnreadable);
        }
        if (content.mapped_ == MAP_FAILED) {
            content.mapped_ = nullptr;
            if (errno != ENOMEM) ::_exit(kExitInputUnreadable);
            return fail(Errc::too_large, "the document needs more memory than it may have");
        }
        return content;
    }
    ~Content() {
        if (mapped_ != nullptr) ::munmap(mapped_, size_);
    }
    Content(Content&& other) noexcept
        : mapped_(std::exchange(other.mapped_, nullptr)),
          size_(other.size_),
          copied_(std::move(other.copied_)) {}
    Content& operator=(Content&&) = delete;

    [[nodiscard]] std::string_view bytes() const {
        return {mapped_ != nullptr ? static_cast<const char*>(mapped_) : copied_.data(), size_};
    }

private:
    Content() = default;

    bool copy(int descriptor) {
        copied_.resize(size_);
        return std::cmp_equal(::pread(descriptor, copied_.data(), size_, 0), size_);
    }

    void* mapped_ = nullptr;
    std::size_t size_ = 0;
    std::vector<char> copied_ = {};
};

/// Writes the whole of it at `offset`.
Result<void> write_at(int descriptor, std::uint64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written =
            ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            return fail(Errc::too_large,
                        fmt::format("the output could not be written: {}", std::strerror(errno)));
        }
        offset += static_cast<std::uint64_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<Done> hand_over(formats::Extraction extraction, int descriptor,
                       std::uint64_t output_bytes_max) {
    Done done{.words = extraction.words,
              .pages = extraction.pages,
              .format = std::move(extraction.format),
              .content_type = std::move(extraction.content_type),
              .sha256 = std::move(extraction.sha256),
              .warnings = std::move(extraction.warnings)};
    std::uint64_t total = 0;
    for (const auto& output : extraction.outputs) {
        done.outputs.push_back({.kind = output.kind, .bytes = output.bytes.size()});
        total += output.bytes.size();
    }
    if (total > output_bytes_max) {
        return fail(Errc::too_large, fmt::format("the text would take {} bytes; {} are allowed",
                                                 total, output_bytes_max));
    }
    std::uint64_t offset = 0;
    for (const auto& output : extraction.outputs) {
        if (auto written = write_at(descriptor, offset, output.bytes); !written) {
            return std::unexpected(std::move(written.error()));
        }
        offset += output.bytes.size();
    }
    return done;
}

/// Pages done, at most ten times a second: the server's time is dearer than an exact count.
class ProgressReporter {
public:
    void operator()(std::uint32_t pages_done) {
        const auto now = std::chrono::steady_clock::now();
        if (now - reported_ < kProgressInterval) return;
        reported_ = now;
        // Where the server is behind, the next count will do.
        (void)send_packet(kHelperSocket, encode(Progress{.pages_done = pages_done}), {},
                          WhenFull::fail);
    }

private:
    std::chrono::steady_clock::time_point reported_{};
};

Result<Done> work_on(const Job& job, int document, int output, const Work& work) {
    const auto content = Content::of(document, job.size_bytes);
    if (!content) return std::unexpected(content.error());
    watch_mapping(content->bytes().data(), content->bytes().size());
    ProgressReporter reporter;
    const Document input{.bytes = content->bytes(),
                         .filename = job.filename,
                         .source_uri = job.source_uri,
                         .chunks_key = job.chunks_key,
                         .outputs = job.outputs};
    auto extraction = work(input, std::ref(reporter));
    if (!extraction) return std::unexpected(std::move(extraction.error()));
    return hand_over(std::move(*extraction), output, job.output_bytes_max);
}

bool blames_document(Errc code) {
    return code == Errc::corrupt || code == Errc::internal;
}

Reply answer(const Job& job, int document, int output, const Work& work) {
    reset_allocation_failed();
    try {
        auto done = work_on(job, document, output, work);
        // What a parser calls damaged after it was refused memory need not be.
        if (!done && allocation_failed() && blames_document(done.error().code)) {
            ::_exit(kExitOutOfMemory);
        }
        if (!done) return Failed{.code = done.error().code, .message = done.error().message};
        return std::move(*done);
    } catch (const std::bad_alloc&) {
        ::_exit(kExitOutOfMemory);
    } catch (const std::exception& error) {
        if (allocation_failed()) ::_exit(kExitOutOfMemory);
        return Failed{.code = Errc::internal,
                      .message = fmt::format("the parser failed: {}", error.what())};
    }
}

/// What the process takes before a document; the document's share comes on top.
std::uint64_t bytes_at_rest = 0;

/// Below the hard limit, which the sandbox keeps from being raised.
void limit_memory(std::uint64_t bytes_max) {
    if (kBuiltWithSanitizer) return;
    rlimit limit{};
    if (::getrlimit(RLIMIT_AS, &limit) != 0) return;
    limit.rlim_cur = std::min<rlim_t>(bytes_at_rest + bytes_max, limit.rlim_max);
    ::setrlimit(RLIMIT_AS, &limit);
}

/// Ends with the server, even when that is killed: by signal, and if it died before the signal was
/// arranged, at once.
void end_with(pid_t server) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::getppid() != server) ::_exit(kExitServerGone);
}

/// As the command line has it: `--parent PID`.
std::optional<pid_t> server_of(int argc, char** argv) {
    if (argc != 3 || std::string_view(argv[1]) != "--parent") return std::nullopt;
    const std::string_view text = argv[2];
    pid_t server = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), server);
    if (parsed.ec != std::errc()) return std::nullopt;
    return server;
}

int serve_jobs(const Work& work) {
    std::vector<char> buffer(kJobMessageBytesMax);
    Received output;
    while (true) {
        auto packet = receive_packet(kHelperSocket, buffer);
        if (!packet) return kExitInputUnreadable;
        if (packet->message.empty()) return kExitServerGone;
        if (packet->descriptors.empty()) return kExitInputUnreadable;
        const Received document(packet->descriptors[0]);
        if (packet->descriptors.size() > 1) output = Received(packet->descriptors[1]);
        const auto job = decode_job(packet->message);
        if (!job) return kExitSocketBroken;
        limit_memory(job->memory_bytes_max);
        const auto reply = answer(*job, document.get(), output.get(), work);
        // Kept for the next document, it would add to that one's.
        if (::mallinfo2().fordblks > kFreeBytesKept) ::malloc_trim(0);
        if (!send_packet(kHelperSocket, encode(reply), {}, WhenFull::wait)) return kExitServerGone;
    }
}

int run_clone(pid_t server, const SandboxStatus& inherited, const Work& work) {
    end_with(server);
    watch_for_crashes();
    Hello hello{.version = kProtocolVersion, .sandbox = enter_helper_sandbox(inherited)};
    if (!send_packet(kHelperSocket, encode(Reply(std::move(hello))), {}, WhenFull::wait)) {
        return kExitServerGone;
    }
    return serve_jobs(work);
}

/// A child of the server, not of the zygote, which leaves reaping to the server. There is one
/// thread and nothing is registered to be told of a fork, so that the C library need not know.
pid_t clone_for_parent() {
    return static_cast<pid_t>(
        ::syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
}

/// Makes helpers until the server closes the socket.
int serve_forks(pid_t server, const SandboxStatus& sandbox, const Work& work) {
    std::vector<char> buffer(kJobMessageBytesMax);
    while (true) {
        auto packet = receive_packet(kHelperSocket, buffer);
        if (!packet || packet->message.empty()) return kExitServerGone;
        std::vector<Received> given;
        for (const int descriptor : packet->descriptors) given.emplace_back(descriptor);
        // Short of descriptors: the server sees the socket that it sent closed.
        if (given.size() != 2) continue;
        if (!is_fork(packet->message)) return kExitSocketBroken;
        const pid_t pid = clone_for_parent();
        if (pid == 0) {
            ::dup2(given[0].get(), kHelperSocket);
            ::dup2(given[1].get(), STDERR_FILENO);
            ::close_range(kHelperSocket + 1, ~0U, 0);
            // The descriptors are closed by now; what held them must not do it again.
            ::_exit(run_clone(server, sandbox, work));
        }
        const auto reply = pid < 0 ? Reply(ForkFailed{.message = std::strerror(errno)})
                                   : Reply(Forked{.pid = static_cast<std::uint32_t>(pid)});
        (void)send_packet(given[0].get(), encode(reply), {}, WhenFull::fail);
    }
}

}  // namespace

int run_helper(int argc, char** argv, const std::function<void()>& warm_up, const Work& work) {
    const auto server = server_of(argc, argv);
    if (!server) {
        std::fputs("This program is started by agent2-ingestor; it does nothing by hand.\n",
                   stderr);
        return kExitStartedByHand;
    }
    end_with(*server);
    ::close_range(kHelperSocket + 1, ~0U, 0);
    warm_up();
    bytes_at_rest = address_space_bytes();
    Hello hello{.version = kProtocolVersion, .sandbox = enter_zygote_sandbox()};
    // A change of user has cleared it.
    end_with(*server);
    ::malloc_trim(0);
    const auto sandbox = hello.sandbox;
    if (!send_packet(kHelperSocket, encode(Reply(std::move(hello))), {}, WhenFull::wait)) {
        ::_exit(kExitServerGone);
    }
    // Nothing is worth tidying up: what a parser's destructors would do, the kernel does faster.
    ::_exit(serve_forks(*server, sandbox, work));
}

}  // namespace ingestor::documents
