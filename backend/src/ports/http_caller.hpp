#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"

namespace ingestor::ports {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// A request to an endpoint that a user has named.
struct OutgoingRequest {
    std::string method = "POST";
    std::string url = {};
    HttpHeaders headers = {};
    std::string body = {};
    std::chrono::milliseconds time_max{5'000};  ///< For all of it.
};
struct IncomingAnswer {
    int status = 0;
    HttpHeaders headers = {};  ///< Names in lower case.
    std::string body = {};     ///< Its begin: 64 KiB at most.

    /// The first header of that lower-case name; empty if absent.
    [[nodiscard]] std::string_view header(std::string_view name) const {
        for (const auto& [key, value] : headers) {
            if (key == name) return value;
        }
        return {};
    }
};

/// Sends requests where users want them sent, and so nowhere that only this machine or its network
/// reaches, unless that was allowed. Follows no redirect. Call from the I/O executor only.
class HttpCaller {
public:
    virtual ~HttpCaller() = default;

    /// Every answer of whatever status is a success here. Errors: invalid_argument (the URL, a
    /// header), permission_denied (an address that requests are kept from, or plain HTTP to one
    /// that is not private), unavailable (no answer), timed_out, cancelled.
    virtual boost::asio::awaitable<Result<IncomingAnswer>> call(OutgoingRequest request) = 0;
};

}  // namespace ingestor::ports
