#pragma once

#include <string_view>

#include "domain/object_key.hpp"

namespace ingestor::objects {

// The files of large objects stand in the store of the files under a folder that no object of
// before there was an index is in.

inline constexpr std::string_view kObjectFiles = ".large/";
/// What a file's own attributes have, beside the object's: whose it was made for.
inline constexpr const char* kKeyHeader = "x-object-key";

/// A name that no file ever had.
[[nodiscard]] domain::ObjectKey new_object_file();
/// Whether it is such a name.
[[nodiscard]] bool is_object_file(std::string_view name);

}  // namespace ingestor::objects
