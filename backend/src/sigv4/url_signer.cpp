#include "sigv4/url_signer.hpp"

#include "base/encoding.hpp"
#include "sigv4/sign.hpp"

namespace ingestor::sigv4 {

UrlSigner::UrlSigner(Options options)
    : options_(std::move(options)), keys_(std::make_shared<SigningKeys>()) {
    set_endpoint(options_.endpoint);
}

UrlSigner UrlSigner::at(std::string endpoint) const {
    auto other = *this;
    other.set_endpoint(std::move(endpoint));
    return other;
}

void UrlSigner::set_endpoint(std::string endpoint) {
    options_.endpoint = std::move(endpoint);
    const std::string_view text = options_.endpoint;
    const auto scheme_end = text.find("://");
    host_ = text.substr(scheme_end == std::string_view::npos ? 0 : scheme_end + 3);
    // Clients leave the scheme's own port out of `Host`.
    const std::string_view standard = text.starts_with("https:") ? ":443" : ":80";
    if (host_.ends_with(standard)) host_.resize(host_.size() - standard.size());
}

UrlSigner UrlSigner::with(Credentials credentials) const {
    auto other = *this;
    other.options_.credentials = std::move(credentials);
    return other;
}

std::string UrlSigner::path_of(std::string_view key) const {
    return '/' + percent_encode(options_.bucket) + '/' + percent_encode(key, "/");
}

PresignedUrl UrlSigner::presign(const LinkedRequest& request, std::string_view key,
                                std::chrono::seconds expires, TimePoint now) const {
    const auto path = path_of(key);
    RequestHead head{.method = request.method,
                     .path = path,
                     .query = request.query,
                     .headers = {{.name = "host", .value = host_}}};
    PresignedUrl out;
    if (!request.content_type.empty()) {
        head.headers.push_back({.name = "content-type", .value = request.content_type});
        out.headers.emplace_back("Content-Type", request.content_type);
    }
    const Signer signer{options_.credentials, options_.region, "s3", *keys_};
    out.url = options_.endpoint + path + '?' + sigv4::presign(signer, head, expires, now);
    return out;
}

std::string UrlSigner::presign_get(std::string_view key, std::chrono::seconds expires,
                                   TimePoint now, const ResponseOverrides& overrides) const {
    const auto path = path_of(key);
    std::string query;
    const auto add = [&query](std::string_view name, std::string_view value) {
        if (value.empty()) return;
        if (!query.empty()) query += '&';
        query += name;
        query += '=';
        query += percent_encode(value);
    };
    add("response-content-disposition", overrides.content_disposition);
    add("response-content-type", overrides.content_type);
    const RequestHead head{.method = "GET",
                           .path = path,
                           .query = query,
                           .headers = {{.name = "host", .value = host_}}};
    const Signer signer{options_.credentials, options_.region, "s3", *keys_};
    return options_.endpoint + path + '?' + sigv4::presign(signer, head, expires, now);
}

}  // namespace ingestor::sigv4
