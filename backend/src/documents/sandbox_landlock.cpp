#include <cerrno>
#include <cstdint>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "documents/sandbox.hpp"
#include "documents/sandbox_layers.hpp"

namespace ingestor::documents {
namespace {

// The kernel's interface as of ABI 6; the distribution's header stops at ABI 2. Fields that an
// older kernel does not know are cut off by the size given.
struct RulesetAttributes {
    std::uint64_t handled_access_fs = 0;
    std::uint64_t handled_access_net = 0;
    std::uint64_t scoped = 0;
};

constexpr std::uint64_t kFileRightsOfAbi1 = (1ULL << 13) - 1;
constexpr std::uint64_t kFileRightRefer = 1ULL << 13;      // ABI 2
constexpr std::uint64_t kFileRightTruncate = 1ULL << 14;   // ABI 3
constexpr std::uint64_t kNetBindTcp = 1ULL << 0;           // ABI 4
constexpr std::uint64_t kNetConnectTcp = 1ULL << 1;        // ABI 4
constexpr std::uint64_t kFileRightIoctl = 1ULL << 15;      // ABI 5
constexpr std::uint64_t kScopeAbstractSocket = 1ULL << 0;  // ABI 6
constexpr std::uint64_t kScopeSignal = 1ULL << 1;          // ABI 6

constexpr int kAbiNetwork = 4;
constexpr int kAbiScopes = 6;

RulesetAttributes everything_known_to(int abi) {
    RulesetAttributes attributes;
    attributes.handled_access_fs = kFileRightsOfAbi1;
    if (abi >= 2) attributes.handled_access_fs |= kFileRightRefer;
    if (abi >= 3) attributes.handled_access_fs |= kFileRightTruncate;
    if (abi >= 5) attributes.handled_access_fs |= kFileRightIoctl;
    if (abi >= kAbiNetwork) attributes.handled_access_net = kNetBindTcp | kNetConnectTcp;
    if (abi >= kAbiScopes) attributes.scoped = kScopeAbstractSocket | kScopeSignal;
    return attributes;
}

std::size_t attributes_size(int abi) {
    if (abi >= kAbiScopes) return sizeof(RulesetAttributes);
    if (abi >= kAbiNetwork) return offsetof(RulesetAttributes, scoped);
    return offsetof(RulesetAttributes, handled_access_net);
}

/// A sanitizer reads its own maps and program when it has something to report.
int allow_reading(int ruleset, const char* directory) {
    const int parent = ::open(directory, O_PATH | O_CLOEXEC);
    if (parent < 0) return -1;
    landlock_path_beneath_attr beneath{};
    beneath.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    beneath.parent_fd = parent;
    const auto returned =
        ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
    ::close(parent);
    return static_cast<int>(returned);
}

/// Zero, or -1 with errno.
int restrict_self(int abi) {
    const auto attributes = everything_known_to(abi);
    const int ruleset = static_cast<int>(
        ::syscall(SYS_landlock_create_ruleset, &attributes, attributes_size(abi), 0));
    if (ruleset < 0) return -1;
    int returned = 0;
    // Everything is handled and nothing is allowed: what parsers read is in memory by now.
    if (kBuiltWithSanitizer) returned = allow_reading(ruleset, "/proc");
    if (returned == 0) {
        returned = static_cast<int>(::syscall(SYS_landlock_restrict_self, ruleset, 0));
    }
    const int cause = errno;
    ::close(ruleset);
    errno = cause;
    return returned;
}

}  // namespace

std::vector<SandboxLayerStatus> restrict_reach() {
    const int abi = static_cast<int>(
        ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
    std::string failure;
    if (abi < 1) {
        failure = fmt::format("no Landlock in this kernel: {}", std::strerror(errno));
    } else if (restrict_self(abi) != 0) {
        failure = fmt::format("Landlock ABI {}: {}", abi, std::strerror(errno));
    }
    const auto layer = [&failure, abi](SandboxLayer which, int abi_min) {
        SandboxLayerStatus status{
            .layer = which, .state = LayerState::unavailable, .words = failure};
        if (!failure.empty()) return status;
        status.words = fmt::format("Landlock ABI {}", abi);
        if (abi >= abi_min) {
            status.state = LayerState::active;
        } else {
            status.words += fmt::format(", needs {}", abi_min);
        }
        return status;
    };
    return {layer(SandboxLayer::file_system, 1), layer(SandboxLayer::network, kAbiNetwork),
            layer(SandboxLayer::signals, kAbiScopes)};
}

}  // namespace ingestor::documents
