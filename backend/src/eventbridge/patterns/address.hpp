#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace ingestor::eventbridge::patterns {

/// An IP address: 4 or 6, then its 16 bytes from the highest on; version 4 has its four in front.
/// Addresses of a version are ordered as numbers.
using Address = std::array<std::uint8_t, 17>;

/// nullopt: the text is no address. Zones (`%eth0`) are not taken; the parts of version 4 may have
/// leading zeros, which are decimal all the same.
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);

/// Both ends are part of it.
struct AddressRange {
    Address low = {};
    Address high = {};
    friend bool operator==(const AddressRange&, const AddressRange&) = default;
};

/// `ADDRESS/BITS`; what stands behind the bits counts for nothing. Errors: EventBridge's reason.
[[nodiscard]] std::expected<AddressRange, std::string> parse_cidr(std::string_view text);

}  // namespace ingestor::eventbridge::patterns
