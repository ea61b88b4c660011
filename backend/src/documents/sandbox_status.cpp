#include "documents/sandbox_status.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace ingestor::documents {

std::string_view to_string(SandboxLayer layer) {
    switch (layer) {
        case SandboxLayer::privileges:
            return "privileges";
        case SandboxLayer::file_system:
            return "file_system";
        case SandboxLayer::network:
            return "network";
        case SandboxLayer::signals:
            return "signals";
        case SandboxLayer::system_calls:
            return "system_calls";
        case SandboxLayer::resources:
            return "resources";
        case SandboxLayer::non_dumpable:
            return "non_dumpable";
    }
    return "unknown";
}

std::string_view to_string(LayerState state) {
    switch (state) {
        case LayerState::active:
            return "active";
        case LayerState::unavailable:
            return "unavailable";
        case LayerState::left_out:
            return "left out";
    }
    return "unknown";
}

bool SandboxStatus::complete() const {
    const auto active = [](const SandboxLayerStatus& layer) {
        return layer.state == LayerState::active;
    };
    return !layers.empty() && std::ranges::all_of(layers, active);
}

std::string SandboxStatus::missing() const {
    SandboxStatus inactive;
    std::ranges::copy_if(
        layers, std::back_inserter(inactive.layers),
        [](const SandboxLayerStatus& layer) { return layer.state != LayerState::active; });
    return inactive.layers.empty() ? std::string() : inactive.summary();
}

std::string SandboxStatus::summary() const {
    if (layers.empty()) return "not known yet";
    std::string line;
    for (const auto& [layer, state, words] : layers) {
        if (!line.empty()) line += ", ";
        line += fmt::format("{} {}", to_string(layer), to_string(state));
        if (!words.empty()) line += fmt::format(" ({})", words);
    }
    return line;
}

}  // namespace ingestor::documents
