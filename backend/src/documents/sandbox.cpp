#include "documents/sandbox.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "documents/messages.hpp"
#include "documents/sandbox_layers.hpp"

namespace ingestor::documents {
namespace {

/// The socket, the standard streams, a document, its outputs, and those of the job before.
constexpr rlim_t kOpenFilesMax = 16;

SandboxLayerStatus outcome(SandboxLayer layer, bool active, std::string words) {
    if (active) return {.layer = layer, .state = LayerState::active, .words = std::move(words)};
    return {.layer = layer, .state = LayerState::unavailable, .words = std::strerror(errno)};
}

bool set_limit(__rlimit_resource resource, rlim_t value) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) != 0) return false;
    limit.rlim_max = std::min(limit.rlim_max, value);
    limit.rlim_cur = limit.rlim_max;
    return ::setrlimit(resource, &limit) == 0;
}

/// When memory runs out, the kernel takes a helper and not the server.
bool be_first_to_go() {
    const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    const bool written = file >= 0 && ::write(file, "1000", 4) == 4;
    if (file >= 0) ::close(file);
    return written;
}

/// What a document may use within these differs from one to the next; see helper.cpp.
SandboxLayerStatus limit_resources() {
    const bool limited = be_first_to_go() && set_limit(RLIMIT_CORE, 0) &&
                         set_limit(RLIMIT_MEMLOCK, 0) && set_limit(RLIMIT_MSGQUEUE, 0) &&
                         set_limit(RLIMIT_NOFILE, kOpenFilesMax);
    if (kBuiltWithSanitizer) {
        return {.layer = SandboxLayer::resources,
                .state = LayerState::left_out,
                .words = "built with a sanitizer: memory is not limited"};
    }
    return outcome(SandboxLayer::resources, limited && set_limit(RLIMIT_AS, kMemoryBytesCeiling),
                   "memory, open files; processor time by the server");
}

}  // namespace

SandboxStatus enter_zygote_sandbox() {
    SandboxStatus status;
    // Before the user changes: the files of /proc are root's then.
    auto resources = limit_resources();
    status.layers.push_back(drop_privileges());
    for (auto& layer : restrict_reach()) status.layers.push_back(std::move(layer));
    status.layers.push_back(std::move(resources));
    status.layers.push_back(outcome(SandboxLayer::non_dumpable,
                                    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "not dumpable"));
    return status;
}

SandboxStatus enter_helper_sandbox(SandboxStatus zygote) {
    const auto place = std::ranges::find(zygote.layers, SandboxLayer::resources,
                                         [](const auto& layer) { return layer.layer; });
    zygote.layers.insert(place, restrict_system_calls());
    return zygote;
}

std::uint64_t address_space_bytes() {
    const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(
        std::fopen("/proc/self/statm", "re"), &std::fclose);
    unsigned long long pages = 0;
    if (!file || std::fscanf(file.get(), "%llu", &pages) != 1) return 0;
    return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace ingestor::documents
