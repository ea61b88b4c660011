#include "bus/destinations/checks.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "bus/destinations/webhook_signature.hpp"

namespace ingestor::bus::destinations {

namespace {

/// Those that say what this request and its connection are.
constexpr std::array<std::string_view, 14> kOfRequest = {"accept-encoding",
                                                         "connection",
                                                         "content-encoding",
                                                         "content-length",
                                                         "expect",
                                                         "host",
                                                         "keep-alive",
                                                         "proxy-authorization",
                                                         "proxy-connection",
                                                         "range",
                                                         "te",
                                                         "trailer",
                                                         "transfer-encoding",
                                                         "upgrade"};

}  // namespace

Result<std::monostate> check_endpoint(std::string_view url, std::string_view member) {
    const auto scheme = url.find("://");
    const auto name = url.substr(0, scheme == std::string_view::npos ? 0 : scheme);
    const bool http = equal_ignoring_case(name, "https") || equal_ignoring_case(name, "http");
    const auto authority =
        http ? url.substr(scheme + 3, url.find_first_of("/?#", scheme + 3) - scheme - 3)
             : std::string_view();
    const bool has_user = authority.find('@') != std::string_view::npos;
    if (!authority.empty() && !has_user && url.find('#') == std::string_view::npos &&
        authority.find('*') == std::string_view::npos) {
        return std::monostate{};
    }
    return fail(Errc::invalid_argument,
                fmt::format("Parameter {} is not valid. Reason: it must be a URL of https, without "
                            "a user name or a fragment, and with `*` in its path alone.",
                            member),
                std::string(member));
}

Result<std::monostate> check_header(std::string_view name, std::string_view value) {
    if (std::ranges::find(kOfRequest, lower_case(name)) != kOfRequest.end()) {
        return fail(Errc::invalid_argument,
                    fmt::format("Parameter {} is not valid. Reason: the request sets this header "
                                "itself.",
                                name),
                    std::string(name));
    }
    if (equal_ignoring_case(name, kWebhookSignature)) return check_webhook_secrets(value);
    return std::monostate{};
}

}  // namespace ingestor::bus::destinations
