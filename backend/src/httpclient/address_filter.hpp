#pragma once

#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include "base/result.hpp"

namespace ingestor::httpclient {

/// True for what the whole Internet may reach: no address of this machine, of private or shared
/// networks, of one link, of documentation, multicast, or reserved (the registries of RFC 6890).
/// IPv6 addresses that carry an IPv4 one are what that is.
[[nodiscard]] bool is_public(const boost::asio::ip::address& address);

/// Where requests may go that users have named: to public addresses over TLS, and to the networks
/// that the operator has allowed, there also without.
class AddressFilter {
public:
    AddressFilter() = default;
    /// `networks`: in CIDR notation, or single addresses. Errors: invalid_argument.
    [[nodiscard]] static Result<AddressFilter> parse(const std::vector<std::string>& networks);

    [[nodiscard]] bool allows(const boost::asio::ip::address& address, bool encrypted) const;

private:
    [[nodiscard]] bool is_named(const boost::asio::ip::address& address) const;

    std::vector<boost::asio::ip::network_v4> v4_;
    std::vector<boost::asio::ip::network_v6> v6_;
};

}  // namespace ingestor::httpclient
