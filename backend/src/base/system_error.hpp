#pragma once

#include <string_view>

#include "base/result.hpp"

namespace ingestor {

/// What a failed system call means to whoever asked for it. `out_of_space`: bytes, inodes or a
/// quota are used up. `internal`: the call itself was wrong. All else, from a disk that answers EIO
/// to a process without a descriptor or memory left, passes: `unavailable`.
[[nodiscard]] Errc errc_of_system_error(int error);

/// The failure of `what` ("write a.pdf") with the errno value `error`, and the remedy where there
/// is one.
[[nodiscard]] Error system_error(std::string_view what, int error);

}  // namespace ingestor
