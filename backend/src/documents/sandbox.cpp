#include "documents/sandbox.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "documents/sandbox_layers.hpp"

namespace ingestor::documents {
namespace {

SandboxLayerStatus outcome(SandboxLayer layer, int returned, std::string words) {
    if (returned == 0) {
        return {.layer = layer, .state = LayerState::active, .words = std::move(words)};
    }
    return {.layer = layer, .state = LayerState::unavailable, .words = std::strerror(errno)};
}

/// What no document ever needs. Memory, processor time and the number of open files differ from
/// document to document: the server sets them from outside, where the helper cannot undo it.
SandboxLayerStatus forbid_resources() {
    for (const auto resource : {RLIMIT_CORE, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE}) {
        const rlimit nothing{.rlim_cur = 0, .rlim_max = 0};
        if (::setrlimit(resource, &nothing) != 0) {
            return outcome(SandboxLayer::resources, -1, {});
        }
    }
    if (kBuiltWithSanitizer) {
        return {.layer = SandboxLayer::resources,
                .state = LayerState::left_out,
                .words = "built with a sanitizer: memory is not limited"};
    }
    return outcome(SandboxLayer::resources, 0, "set for each document by the server");
}

}  // namespace

SandboxStatus enter_sandbox() {
    SandboxStatus status;
    auto& layers = status.layers;
    layers.push_back(outcome(SandboxLayer::privileges, ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
                             "no_new_privs"));
    for (auto& layer : restrict_reach()) layers.push_back(std::move(layer));
    // Before seccomp, which forbids changing limits; after it in the list.
    auto resources = forbid_resources();
    auto secrecy =
        outcome(SandboxLayer::secrecy, ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "not dumpable");
    layers.push_back(restrict_system_calls());
    layers.push_back(std::move(resources));
    layers.push_back(std::move(secrecy));
    return status;
}

}  // namespace ingestor::documents
