#include "listen_address.hpp"

#include <charconv>

#include <fmt/format.h>

namespace ingestor::cli {

namespace asio = boost::asio;

Result<asio::ip::tcp::endpoint> parse_listen_address(std::string_view text) {
    const auto refuse = [text] {
        return fail(
            Errc::invalid_argument,
            fmt::format("'{}' is no address to listen on: write 127.0.0.1:8080 or [::1]:8080",
                        text),
            "listen");
    };
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return refuse();
    const auto port_text = text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, error] =
        std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
    if (error != std::errc{} || end != port_text.data() + port_text.size()) return refuse();
    auto host = text.substr(0, colon);
    if (host == "localhost") host = "127.0.0.1";
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    boost::system::error_code bad;
    const auto address = asio::ip::make_address(std::string(host), bad);
    if (bad) return refuse();
    return asio::ip::tcp::endpoint(address, port);
}

std::string url_of(const asio::ip::tcp::endpoint& endpoint) {
    const auto address = endpoint.address();
    if (address.is_v6()) {
        return fmt::format("http://[{}]:{}", address.is_unspecified() ? "::1" : address.to_string(),
                           endpoint.port());
    }
    return fmt::format("http://{}:{}", address.is_unspecified() ? "127.0.0.1" : address.to_string(),
                       endpoint.port());
}

}  // namespace ingestor::cli
