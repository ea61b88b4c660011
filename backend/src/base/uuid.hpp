#pragma once

#include <cstdint>
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
/// From here on the ids that this thread makes are the same for the same seed, and of versions 4
/// and 7; for simulations, which replay a run. Not while another thread makes some.
void repeat_uuids_of(std::uint64_t seed);
/// True for the 36 lower-case characters of any version.
[[nodiscard]] bool is_uuid(std::string_view text);

}  // namespace ingestor
