#include "documents/helper.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>
#include <utility>

#include <fmt/format.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "documents/allocation_watch.hpp"
#include "documents/messages.hpp"
#include "documents/packet.hpp"
#include "documents/sandbox.hpp"

namespace ingestor::documents {
namespace {

constexpr int kExitStartedByHand = 64;
constexpr int kExitServerGone = 0;
constexpr int kExitSocketBroken = 74;

constexpr std::chrono::milliseconds kProgressInterval{100};

/// A descriptor received beside a job.
class Received {
public:
    explicit Received(int descriptor) : descriptor_(descriptor) {}
    ~Received() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Received(const Received&) = delete;
    Received& operator=(const Received&) = delete;
    [[nodiscard]] int get() const { return descriptor_; }

private:
    int descriptor_;
};

/// The document's bytes in memory, without a copy.
class Mapping {
public:
    static Result<Mapping> of(int descriptor, std::uint64_t size_bytes) {
        struct stat status{};
        if (::fstat(descriptor, &status) != 0 || std::cmp_less(status.st_size, size_bytes)) {
            return fail(Errc::corrupt, "the stored document is shorter than it should be");
        }
        if (size_bytes == 0) return Mapping(nullptr, 0);
        void* start = ::mmap(nullptr, size_bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (start == MAP_FAILED) {
            return fail(errno == ENOMEM ? Errc::too_large : Errc::internal,
                        fmt::format("the document could not be mapped: {}", std::strerror(errno)));
        }
        return Mapping(start, size_bytes);
    }
    ~Mapping() {
        if (start_ != nullptr) ::munmap(start_, size_);
    }
    Mapping(Mapping&& other) noexcept
        : start_(std::exchange(other.start_, nullptr)), size_(other.size_) {}
    Mapping& operator=(Mapping&&) = delete;

    [[nodiscard]] std::string_view bytes() const {
        return {static_cast<const char*>(start_), size_};
    }

private:
    Mapping(void* start, std::size_t size) : start_(start), size_(size) {}

    void* start_;
    std::size_t size_;
};

Result<void> write_all(int descriptor, std::string_view bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
        const auto written =
            ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            return fail(Errc::too_large,
                        fmt::format("the output could not be written: {}", std::strerror(errno)));
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return {};
}

Result<Done> hand_over(Outputs outputs, int descriptor, std::uint64_t output_bytes_max) {
    Done done{.markdown_bytes = outputs.markdown.size(),
              .sidecar_bytes = outputs.sidecar.size(),
              .chunks_bytes = outputs.chunks.size(),
              .words = outputs.words,
              .pages = outputs.pages,
              .format = std::move(outputs.format),
              .content_type = std::move(outputs.content_type),
              .warnings = std::move(outputs.warnings)};
    const auto total = done.markdown_bytes + done.sidecar_bytes + done.chunks_bytes;
    if (total > output_bytes_max) {
        return fail(Errc::too_large, fmt::format("the text would take {} bytes; {} are allowed",
                                                 total, output_bytes_max));
    }
    std::uint64_t offset = 0;
    for (const auto* part : {&outputs.markdown, &outputs.sidecar, &outputs.chunks}) {
        if (auto written = write_all(descriptor, *part, offset); !written) {
            return std::unexpected(std::move(written.error()));
        }
        offset += part->size();
    }
    return done;
}

/// Pages done, at most ten times a second: the server's time is dearer than an exact count.
class PageTeller {
public:
    void operator()(std::uint32_t pages_done) {
        const auto now = std::chrono::steady_clock::now();
        if (now - told_ < kProgressInterval) return;
        told_ = now;
        // Where the server is behind, the next count will do.
        (void)send_packet(kHelperSocket, encode(Progress{.pages_done = pages_done}), {},
                          WhenFull::fail);
    }

private:
    std::chrono::steady_clock::time_point told_{};
};

Result<Done> work_on(const Job& job, int document, int output, const Work& work) {
    const auto mapping = Mapping::of(document, job.size_bytes);
    if (!mapping) return std::unexpected(mapping.error());
    PageTeller teller;
    const Document input{
        .bytes = mapping->bytes(), .filename = job.filename, .source_uri = job.source_uri};
    auto outputs = work(input, std::ref(teller));
    if (!outputs) return std::unexpected(std::move(outputs.error()));
    return hand_over(std::move(*outputs), output, job.output_bytes_max);
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

/// Ends with the server, even when that is killed: by signal, and if it died before the signal was
/// arranged, at once.
bool tie_to_parent(int argc, char** argv) {
    if (argc != 3 || std::string_view(argv[1]) != "--parent") return false;
    const std::string_view text = argv[2];
    pid_t parent = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), parent);
    if (parsed.ec != std::errc()) return false;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::getppid() != parent) ::_exit(kExitServerGone);
    return true;
}

int serve_jobs(const Work& work) {
    while (true) {
        auto packet = receive_packet(kHelperSocket, kJobMessageBytesMax);
        if (!packet) return kExitSocketBroken;
        if (packet->message.empty()) return kExitServerGone;
        if (packet->descriptors.size() != kDescriptorsMax) return kExitSocketBroken;
        const Received document(packet->descriptors[0]);
        const Received output(packet->descriptors[1]);
        const auto job = decode_job(packet->message);
        if (!job) return kExitSocketBroken;
        const auto reply = answer(*job, document.get(), output.get(), work);
        if (!send_packet(kHelperSocket, encode(reply), {}, WhenFull::wait)) return kExitServerGone;
    }
}

}  // namespace

int run_helper(int argc, char** argv, const std::function<void()>& warm_up, const Work& work) {
    if (!tie_to_parent(argc, argv)) {
        std::fputs("This program is started by agent2-ingestor; it does nothing by hand.\n",
                   stderr);
        return kExitStartedByHand;
    }
    ::close_range(kHelperSocket + 1, ~0U, 0);
    warm_up();
    watch_for_crashes();
    Hello hello{.version = kProtocolVersion, .sandbox = enter_sandbox()};
    // Building the filter left garbage behind; a helper at rest should be small.
    ::malloc_trim(0);
    if (!send_packet(kHelperSocket, encode(Reply(std::move(hello))), {}, WhenFull::wait)) {
        ::_exit(kExitServerGone);
    }
    // Nothing is worth tidying up: what a parser's destructors would do, the kernel does faster.
    ::_exit(serve_jobs(work));
}

}  // namespace ingestor::documents
