#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"

namespace ingestor {

/// RFC 9562 version 4: 122 random bits.
[[nodiscard]] std::string uuid_v4();
/// RFC 9562 version 5: named by SHA-1 under a namespace (a UUID in its text form).
[[nodiscard]] std::string uuid_v5(std::string_view name_space, std::string_view name);
/// RFC 9562 version 7: sorts by time, strictly rising within this process. Safe from any thread.
[[nodiscard]] std::string uuid_v7(TimePoint now);
/// True for the 36 lower-case characters of any version.
[[nodiscard]] bool is_uuid(std::string_view text);

}  // namespace ingestor
