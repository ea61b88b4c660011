#include "httpclient/address_filter.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace ingestor::httpclient {

namespace ip = boost::asio::ip;

namespace {

// The special-purpose registries of IANA, where they say that it is not globally reachable.
constexpr std::array<std::string_view, 16> kNotPublicV4 = {
    "0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",
    "169.254.0.0/16", "172.16.0.0/12",  "192.0.0.0/24",  "192.0.2.0/24",
    "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",   "255.255.255.255/32"};
/// Of these alone addresses are given out.
constexpr std::string_view kGlobalV6 = "2000::/3";
constexpr std::array<std::string_view, 4> kNotPublicV6 = {"2001::/23", "2001:db8::/32", "3fff::/20",
                                                          "2620:4f:8000::/48"};

bool contains(const ip::network_v4& network, const ip::address_v4& address) {
    const auto mask = network.netmask().to_uint();
    return (address.to_uint() & mask) == (network.network().to_uint() & mask);
}

bool contains(const ip::network_v6& network, const ip::address_v6& address) {
    return ip::network_v6(address, network.prefix_length()).canonical() == network.canonical();
}

/// The IPv4 address that an IPv6 one stands for, by the last or the second to fifth group.
std::optional<ip::address_v4> carried(const ip::address_v6& address) {
    const auto bytes = address.to_bytes();
    const auto v4_at = [&bytes](std::size_t at) {
        return ip::address_v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
    };
    // NAT64's well-known prefix (RFC 6052) and the mapped addresses of sockets (RFC 4291).
    static const auto kNat64 = ip::make_network_v6("64:ff9b::/96");
    if (address.is_v4_mapped() || contains(kNat64, address)) return v4_at(12);
    // 6to4 (RFC 3056).
    static const auto k6to4 = ip::make_network_v6("2002::/16");
    if (contains(k6to4, address)) return v4_at(2);
    return std::nullopt;
}

bool is_public_v4(const ip::address_v4& address) {
    static const auto kNetworks = [] {
        std::vector<ip::network_v4> networks;
        networks.reserve(kNotPublicV4.size());
        for (const auto text : kNotPublicV4) networks.push_back(ip::make_network_v4(text));
        return networks;
    }();
    return std::ranges::none_of(kNetworks,
                                [&](const auto& each) { return contains(each, address); });
}

bool is_public_v6(const ip::address_v6& address) {
    static const auto kGlobal = ip::make_network_v6(kGlobalV6);
    static const auto kNetworks = [] {
        std::vector<ip::network_v6> networks;
        networks.reserve(kNotPublicV6.size());
        for (const auto text : kNotPublicV6) networks.push_back(ip::make_network_v6(text));
        return networks;
    }();
    return contains(kGlobal, address) && std::ranges::none_of(kNetworks, [&](const auto& each) {
               return contains(each, address);
           });
}

}  // namespace

bool is_public(const ip::address& address) {
    if (address.is_v4()) return is_public_v4(address.to_v4());
    const auto v6 = address.to_v6();
    if (const auto v4 = carried(v6)) return is_public_v4(*v4);
    return is_public_v6(v6);
}

Result<AddressFilter> AddressFilter::parse(const std::vector<std::string>& networks) {
    AddressFilter filter;
    for (const auto& text : networks) {
        boost::system::error_code error;
        const bool whole = text.find('/') == std::string::npos;
        if (text.find(':') == std::string::npos) {
            const auto network = ip::make_network_v4(whole ? text + "/32" : text, error);
            if (!error) filter.v4_.push_back(network);
        } else {
            const auto network = ip::make_network_v6(whole ? text + "/128" : text, error);
            if (!error) filter.v6_.push_back(network);
        }
        if (error) {
            return fail(Errc::invalid_argument,
                        "'" + text + "' is no network: write it as 10.0.0.0/8 or fd00::/8");
        }
    }
    return filter;
}

bool AddressFilter::is_named(const ip::address& address) const {
    if (address.is_v4()) {
        const auto v4 = address.to_v4();
        return std::ranges::any_of(v4_, [&v4](const auto& each) { return contains(each, v4); });
    }
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped()) return is_named(ip::make_address_v4(ip::v4_mapped, v6));
    return std::ranges::any_of(v6_, [&v6](const auto& each) { return contains(each, v6); });
}

bool AddressFilter::allows(const ip::address& address, bool encrypted) const {
    return is_named(address) || (encrypted && is_public(address));
}

}  // namespace ingestor::httpclient
