#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "awsapi/s3/error.hpp"
#include "http/message.hpp"

namespace ingestor::awsapi::s3 {

/// The bucket's one CORS rule: which pages of other origins may read and write objects.
class CorsPolicy {
public:
    /// Each may have one `*`, which stands for any text; `*` alone allows every page.
    explicit CorsPolicy(std::vector<std::string> allowed_origins)
        : allowed_origins_(std::move(allowed_origins)) {}

    /// Answers OPTIONS, which carries no credentials.
    [[nodiscard]] S3Result<http::Response> preflight(const http::Request& request) const;
    /// Adds what the page needs in order to see the response, errors included.
    void decorate(const http::Request& request, http::Response& response) const;

private:
    /// What to answer as Access-Control-Allow-Origin; nullopt: nothing.
    [[nodiscard]] std::optional<std::string> allowed(std::string_view origin) const;

    std::vector<std::string> allowed_origins_;
};

}  // namespace ingestor::awsapi::s3
