#pragma once

#include <string>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>

#include "base/result.hpp"

namespace ingestor::cli {

/// Reads `127.0.0.1:8080`, `localhost:8080` or `[::1]:8080`; names other than localhost are
/// refused, so that what is listened on does not depend on a resolver. Errors: invalid_argument.
[[nodiscard]] Result<boost::asio::ip::tcp::endpoint> parse_listen_address(std::string_view text);

/// `http://127.0.0.1:8080`; an address that means all of them becomes loopback.
[[nodiscard]] std::string url_of(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace ingestor::cli
