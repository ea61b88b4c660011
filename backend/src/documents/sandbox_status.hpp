#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ingestor::documents {

/// The sanitizers reserve terabytes of address space and make calls of their own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kBuiltWithSanitizer = true;
#else
inline constexpr bool kBuiltWithSanitizer = false;
#endif

/// What stands between a document's parser and the machine. Each closes another way out, so that
/// the helper stays contained where a kernel lacks one of them.
enum class SandboxLayer {
    privileges,    ///< no_new_privs, no capabilities, and, started by root, another user.
    file_system,   ///< Landlock: no file can be opened, made, moved or removed.
    network,       ///< Landlock: no TCP connection, none accepted.
    signals,       ///< Landlock: no signal and no abstract socket to the outside.
    system_calls,  ///< seccomp: only the calls that parsing needs; none that takes a path.
    resources,     ///< Limits on memory and open files; the first to go when memory is short.
    non_dumpable,  ///< No core dumps; other processes of the user cannot read the memory.
};

enum class LayerState {
    active,
    unavailable,  ///< This kernel does not offer it, or refused it.
    left_out,     ///< Built without it: a sanitizer needs what it forbids.
};

[[nodiscard]] std::string_view to_string(SandboxLayer layer);
[[nodiscard]] std::string_view to_string(LayerState state);

/// What becomes of documents where a layer is missing.
enum class SandboxPolicy {
    automatic,    ///< As `required` once a helper had every layer, as `best_effort` before.
    required,     ///< They wait.
    best_effort,  ///< They are parsed behind the layers there are.
};

struct SandboxLayerStatus {
    SandboxLayer layer = SandboxLayer::privileges;
    LayerState state = LayerState::unavailable;
    std::string words;  ///< For the operator: which version is in force, or why it is not.

    friend bool operator==(const SandboxLayerStatus&, const SandboxLayerStatus&) = default;
};

struct SandboxStatus {
    /// In the order of SandboxLayer; empty until a helper has said hello.
    std::vector<SandboxLayerStatus> layers;

    /// True where every layer is active.
    [[nodiscard]] bool complete() const;
    /// The layers that are not active, with the reasons; empty where all are.
    [[nodiscard]] std::string missing() const;
    /// One line for a log: `privileges active, file_system active (Landlock ABI 7), …`.
    [[nodiscard]] std::string summary() const;

    friend bool operator==(const SandboxStatus&, const SandboxStatus&) = default;
};

}  // namespace ingestor::documents
