#include "descriptor_limit.hpp"

#include <algorithm>

#include <sys/resource.h>

namespace ingestor::cli {

std::uint64_t raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
    const auto before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return before;
    return limit.rlim_cur;
}

std::uint64_t connections_for(std::uint64_t descriptors, std::uint64_t helpers) {
    // Databases, log, epoll, sixteen writers of objects with directory and file, outgoing HTTP,
    // connections that are told that there is no room.
    constexpr std::uint64_t kReserve = 256;
    constexpr std::uint64_t kOfHelper = 8;
    constexpr std::uint64_t kOfConnection = 2;
    constexpr std::uint64_t kLeast = 32;
    constexpr std::uint64_t kMost = 8192;
    const auto reserved = kReserve + kOfHelper * helpers;
    const auto left = descriptors - std::min(descriptors, reserved);
    return std::clamp(left / kOfConnection, kLeast, kMost);
}

}  // namespace ingestor::cli
