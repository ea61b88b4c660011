#include "identity/provider_fetch.hpp"

#include <memory>
#include <mutex>
#include <optional>

#include <boost/asio/ip/address.hpp>
#include <curl/curl.h>

namespace ingestor {
namespace {

struct CurlRelease {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
    void operator()(char* text) const { curl_free(text); }
};

struct Body {
    std::string bytes;
    std::size_t bytes_max = 0;
    bool too_large = false;
};

std::size_t append_body(char* data, std::size_t size, std::size_t count, void* user) {
    auto& body = *static_cast<Body*>(user);
    const std::size_t length = size * count;
    if (length > body.bytes_max - body.bytes.size()) {
        body.too_large = true;
        return 0;  // Makes the transfer end with an error.
    }
    body.bytes.append(data, length);
    return length;
}

/// A URL as libcurl reads it. The parser that checks must be the one that connects: where two
/// differ on what the host is, a check of one says nothing about the other.
class CurlUrl {
public:
    explicit CurlUrl(std::string_view text) : handle_(curl_url()) {
        const std::string terminated(text);
        valid_ = handle_ && text.find('\0') == text.npos &&
                 curl_url_set(handle_.get(), CURLUPART_URL, terminated.c_str(), 0) == CURLUE_OK;
    }

    [[nodiscard]] bool valid() const { return valid_; }
    [[nodiscard]] bool has(CURLUPart part) const { return get(part).has_value(); }
    /// Empty where there is no such part.
    [[nodiscard]] std::string part(CURLUPart part) const { return get(part).value_or(""); }

private:
    [[nodiscard]] std::optional<std::string> get(CURLUPart part) const {
        char* raw = nullptr;
        if (!valid_ || curl_url_get(handle_.get(), part, &raw, 0) != CURLUE_OK) return std::nullopt;
        const std::unique_ptr<char, CurlRelease> text(raw);
        return std::string(text.get());
    }

    std::unique_ptr<CURLU, CurlRelease> handle_;
    bool valid_ = false;
};

bool is_loopback_host(std::string host) {
    if (host == "localhost") return true;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    boost::system::error_code not_an_address;
    const auto address = boost::asio::ip::make_address(host, not_an_address);
    return !not_an_address && address.is_loopback();
}

}  // namespace

bool is_loopback_http(std::string_view text) {
    const CurlUrl url(text);
    return url.part(CURLUPART_SCHEME) == "http" && is_loopback_host(url.part(CURLUPART_HOST));
}

Result<void> check_provider_url(std::string_view text, PlainHttp plain_http) {
    const CurlUrl url(text);
    if (!url.valid() || url.part(CURLUPART_HOST).empty()) {
        return fail(Errc::invalid_argument, "the identity provider's address is not a URL");
    }
    if (url.has(CURLUPART_USER) || url.has(CURLUPART_PASSWORD) || url.has(CURLUPART_FRAGMENT)) {
        return fail(Errc::invalid_argument,
                    "the identity provider's URL may hold no user name, password or fragment");
    }
    if (url.part(CURLUPART_SCHEME) == "https") return {};
    if (plain_http == PlainHttp::on_loopback && is_loopback_http(text)) return {};
    return fail(Errc::invalid_argument,
                "the identity provider's URL must be https (http only on this machine)");
}

Result<std::string> fetch_document(const std::string& url, const FetchLimits& limits) {
    static std::once_flag initialized;
    std::call_once(initialized, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });

    const std::unique_ptr<CURL, CurlRelease> handle(curl_easy_init());
    const std::unique_ptr<curl_slist, CurlRelease> headers(
        curl_slist_append(nullptr, "Accept: application/json"));
    if (!handle || !headers) return fail(Errc::unavailable, "GET " + url + ": out of memory");

    Body body;
    body.bytes_max = limits.body_bytes_max;
    CURL* easy = handle.get();
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "agent2-ingestor");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(limits.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, append_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &body);
    // A proxy of the environment cannot reach what listens on this machine's own loopback.
    if (is_loopback_http(url)) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");

    const CURLcode outcome = curl_easy_perform(easy);
    if (body.too_large) return fail(Errc::too_large, "GET " + url + ": the answer is too large");
    if (outcome == CURLE_OPERATION_TIMEDOUT) {
        return fail(Errc::timed_out, "GET " + url + ": no answer in time");
    }
    if (outcome != CURLE_OK) {
        return fail(Errc::unavailable, "GET " + url + ": " + curl_easy_strerror(outcome));
    }
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) {
        return fail(Errc::unavailable, "GET " + url + ": status " + std::to_string(status));
    }
    return std::move(body.bytes);
}

}  // namespace ingestor
