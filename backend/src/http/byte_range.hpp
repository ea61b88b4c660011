#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

namespace ingestor::http {

/// A part of a representation.
struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t length = 0;
};

/// The range lies behind the end: 416.
struct Unsatisfiable {};

/// What the value of a `Range` asks of a representation of `size` bytes (RFC 9110 section 14.2):
/// one part of it, or nothing (nullopt: the whole; also where the value makes no sense or asks for
/// several parts).
[[nodiscard]] std::expected<std::optional<ByteRange>, Unsatisfiable> parse_range(
    std::string_view value, std::uint64_t size);

}  // namespace ingestor::http
