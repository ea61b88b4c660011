#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "httpclient/http_client.hpp"

namespace ingestor::identity {

/// How far an identity provider is trusted with our time and memory.
struct FetchLimits {
    std::chrono::milliseconds connect_timeout{2000};
    std::chrono::milliseconds total_timeout{5000};
    std::size_t body_bytes_max = 256 * 1024;
};

/// Whether a URL may be asked for keys: https with a host and without credentials or fragment;
/// plain http only where `loopback_http` allows it, and then only to this machine.
enum class PlainHttp { refused, on_loopback };
[[nodiscard]] Result<void> check_provider_url(std::string_view url, PlainHttp plain_http);

/// True for http to this machine, where no certificate is needed to know who answers.
[[nodiscard]] bool is_loopback_http(std::string_view url);

/// GETs a JSON document. Follows no redirect, because the keys must come from where the operator
/// said. `http` outlives the call. Errors: unavailable (also every status but 200), timed_out,
/// too_large.
[[nodiscard]] boost::asio::awaitable<Result<std::string>> fetch_document(
    httpclient::HttpClient& http, std::string url, FetchLimits limits);

}  // namespace ingestor::identity
