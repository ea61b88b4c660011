#include "api/page.hpp"

#include "api/web_origin.hpp"

namespace ingestor::api {

namespace {

/// Nothing but what this server sends runs, is shown or is asked; nobody may frame it.
std::string policy_of(std::string_view token_endpoint) {
    std::string connect = "'self'";
    if (const auto issuer = WebOrigin::of(token_endpoint)) connect += " " + issuer->text;
    return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
           "font-src 'self'; connect-src " +
           connect +
           "; frame-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; "
           "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

bool looks_like_a_file(std::string_view path) {
    return path.substr(path.rfind('/') + 1).find('.') != std::string_view::npos;
}

}  // namespace

http::Response Page::answer(const http::Request& request, std::string_view path,
                            std::string_view token_endpoint) const {
    if (!is_there()) {
        return http::detail_response(
            404,
            "this program was built without the web page: run scripts/build_page.sh and build "
            "again with -DINGESTOR_PAGE_DIR=build/page");
    }
    const auto* file = files_.find(path);
    if (file == nullptr) {
        if (looks_like_a_file(path)) return http::detail_response(404, "Not Found");
        file = files_.find(kIndex);
    }
    auto response = http::StaticFiles::answer(request, *file);
    response.set("cache-control", file->path.starts_with("assets/")
                                      ? "public, max-age=31536000, immutable"
                                      : "no-cache");
    response.set("content-security-policy", policy_of(token_endpoint));
    response.set("x-content-type-options", "nosniff");
    response.set("referrer-policy", "no-referrer");
    response.set("cross-origin-opener-policy", "same-origin");
    return response;
}

}  // namespace ingestor::api
