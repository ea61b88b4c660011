#include "eventbridge/patterns/address.hpp"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace ingestor::eventbridge::patterns {

namespace {

constexpr std::size_t kTextMax = 45;  // INET6_ADDRSTRLEN without its end.

bool parse_v4(std::string_view text, Address& address) {
    address = {4};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::size_t part = 1; part <= 4; ++part) {
        const auto [next, error] = std::from_chars(at, end, address.at(part));
        if (error != std::errc{} || next - at > 3) return false;
        at = next;
        if (part == 4) return at == end;
        if (at == end || *at != '.') return false;
        ++at;
    }
    return false;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
    if (text.empty() || text.size() > kTextMax) return std::nullopt;
    Address address = {};
    if (text.find(':') == std::string_view::npos) {
        if (!parse_v4(text, address)) return std::nullopt;
        return address;
    }
    std::array<char, kTextMax + 1> terminated = {};
    std::ranges::copy(text, terminated.begin());
    address.front() = 6;
    if (::inet_pton(AF_INET6, terminated.data(), address.data() + 1) != 1) return std::nullopt;
    return address;
}

std::expected<AddressRange, std::string> parse_cidr(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || text.find('/', slash + 1) != std::string_view::npos ||
        slash + 1 == text.size()) {
        return std::unexpected("Malformed CIDR, one '/' required");
    }
    const auto digits = text.substr(slash + 1);
    int bits = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc{} || end != digits.data() + digits.size()) {
        return std::unexpected("Malformed CIDR, mask bits must be an integer");
    }
    if (bits < 0) return std::unexpected("Malformed CIDR, mask bits must not be negative");
    const auto host = text.substr(0, slash);
    const auto address = parse_address(host);
    if (!address) {
        const bool of_digits = host.find_first_not_of("0123456789.") == std::string_view::npos &&
                               std::ranges::count(host, '.') == 3;
        return std::unexpected(
            fmt::format("{} IP address: {}", of_digits ? "Invalid" : "Nonstandard", host));
    }
    const bool is_v4 = address->front() == 4;
    if (bits >= (is_v4 ? 32 : 128)) {
        return std::unexpected(is_v4 ? "IPv4 mask bits must be < 32"
                                     : "IPv6 mask bits must be < 128");
    }
    AddressRange range{.low = *address, .high = *address};
    for (int byte = 0; byte < (is_v4 ? 4 : 16); ++byte) {
        const int kept = std::clamp(bits - byte * 8, 0, 8);
        const auto free = static_cast<std::uint8_t>(0xFF >> kept);
        auto& low = range.low.at(static_cast<std::size_t>(byte) + 1);
        auto& high = range.high.at(static_cast<std::size_t>(byte) + 1);
        low = static_cast<std::uint8_t>(low & ~free);
        high = static_cast<std::uint8_t>(high | free);
    }
    return range;
}

}  // namespace ingestor::eventbridge::patterns
