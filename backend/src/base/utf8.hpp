#pragma once

#include <cstddef>
#include <string_view>

namespace ingestor {

/// The longest beginning of at most so many bytes that cuts no character of UTF-8 in two.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t bytes_max);

}  // namespace ingestor
