#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "documents/sandbox_layers.hpp"

namespace ingestor::documents {
namespace {

/// `nobody` and `nogroup`, which own nothing, whatever they are called here.
constexpr uid_t kNobody = 65534;
constexpr gid_t kNoGroup = 65534;

using Capabilities = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

bool has(const Capabilities& capabilities, unsigned number) {
    return (capabilities[number / 32].effective >> (number % 32) & 1U) != 0;
}

Capabilities capabilities_of_self() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    Capabilities capabilities{};
    ::syscall(SYS_capget, &header, capabilities.data());
    return capabilities;
}

/// Takes CAP_SETPCAP; without it, nothing could be gained from the set either.
void empty_bounding_set() {
    for (unsigned number = 0; ::prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0; ++number) {
        ::prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
    }
}

bool drop_capabilities() {
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    const Capabilities none{};
    return ::syscall(SYS_capset, &header, none.data()) == 0;
}

/// Only where the server, which has what we have, can still end a process of another user.
bool may_change_user() {
    const auto capabilities = capabilities_of_self();
    return has(capabilities, CAP_SETUID) && has(capabilities, CAP_SETGID) &&
           has(capabilities, CAP_KILL);
}

bool become_nobody() {
    return may_change_user() && ::setgroups(0, nullptr) == 0 &&
           ::setresgid(kNoGroup, kNoGroup, kNoGroup) == 0 &&
           ::setresuid(kNobody, kNobody, kNobody) == 0;
}

}  // namespace

SandboxLayerStatus drop_privileges() {
    SandboxLayerStatus status{
        .layer = SandboxLayer::privileges, .state = LayerState::unavailable, .words = {}};
    const bool root = ::geteuid() == 0;
    empty_bounding_set();
    const bool other_user = root && become_nobody();
    if (!drop_capabilities() || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        status.words = std::strerror(errno);
    } else if (root && !other_user) {
        status.words = "no capabilities, but still root: it may not change its user";
    } else {
        status.state = LayerState::active;
        status.words = fmt::format("no_new_privs, no capabilities, user {}", ::geteuid());
    }
    return status;
}

}  // namespace ingestor::documents
