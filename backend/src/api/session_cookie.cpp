#include "api/session_cookie.hpp"

namespace ingestor::api {

namespace {

constexpr std::string_view kName = "agent2-ingestor-session";

std::string_view without_blanks(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

}  // namespace

SessionCookie::SessionCookie(const WebOrigin& origin)
    : name_(kName), attributes_("; Path=/; HttpOnly; SameSite=Strict") {
    // Cookies know no ports: two services on one host would sign each other's people out.
    if (!origin.port.empty()) name_ += "-" + origin.port;
    if (origin.is_https) {
        name_.insert(0, "__Host-");
        attributes_ += "; Secure";
    }
}

bool SessionCookie::is_in(const http::Request& request) {
    return request.header("cookie").find(kName) != std::string_view::npos;
}

std::string_view SessionCookie::token_of(const http::Request& request) const {
    auto rest = request.header("cookie");
    while (!rest.empty()) {
        const auto end = rest.find(';');
        const auto pair = without_blanks(rest.substr(0, end));
        if (pair.size() > name_.size() && pair.starts_with(name_) && pair[name_.size()] == '=') {
            return pair.substr(name_.size() + 1);
        }
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    }
    return {};
}

Result<std::string> SessionCookie::keep(std::string_view token,
                                        std::chrono::seconds lifetime) const {
    if (name_.size() + token.size() > kBytesMax) {
        return fail(Errc::too_large, "a token of " + std::to_string(token.size()) +
                                         " bytes does not fit into a cookie: have the issuer put "
                                         "fewer claims into it");
    }
    return name_ + "=" + std::string(token) + attributes_ +
           "; Max-Age=" + std::to_string(lifetime.count());
}

std::string SessionCookie::drop() const {
    return name_ + "=" + attributes_ + "; Max-Age=0";
}

}  // namespace ingestor::api
