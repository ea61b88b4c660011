#pragma once

#include <cstdint>

namespace ingestor::formats {

/// Limits that keep a parser's work in proportion. Going over one is too_large, with the name of
/// the limit in the message.
struct ParseLimits {
    std::uint32_t pages_max = 10'000;
    std::uint64_t text_bytes_max = std::uint64_t{32} << 20;  ///< Of all inline text together.
    std::uint64_t unpacked_bytes_max = std::uint64_t{128}
                                       << 20;  ///< Of the parts read of a package.
    std::uint32_t nesting_max = 256;
    std::uint32_t blocks_max = 1'000'000;
    std::uint32_t table_columns_max = 4'096;
};

}  // namespace ingestor::formats
