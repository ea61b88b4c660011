#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "httpclient/http_client.hpp"

namespace ingestor::cli {

/// Where the service is and who we are.
struct ServiceOptions {
    std::string url;  ///< `--url` or AGENT2_INGESTOR_URL; empty: as the data directory says.
    std::string
        token;  ///< `--token` or AGENT2_INGESTOR_TOKEN; empty: minted from the data directory.
    std::string data = "data";  ///< `--data` or AGENT2_INGESTOR_DATA.
    std::string user = "local";
};

/// Told of bytes sent and bytes in all, on a thread of its own, while the one who uploads waits.
using UploadProgress = std::function<void(std::uint64_t sent, std::uint64_t total)>;

/// The REST API as the command line uses it. Errors carry the service's own words; `unavailable`
/// where it did not answer, after a few tries.
class ApiClient {
public:
    /// Errors: not_found (no service to talk to is known; the message says how to name one).
    [[nodiscard]] static Result<ApiClient> connect(const ServiceOptions& options);

    Result<boost::json::object> get(const std::string& path);
    /// Safe to repeat: an idempotency key goes with it.
    Result<boost::json::object> post(const std::string& path, const boost::json::object& body);
    Result<std::string> get_text(const std::string& path);
    /// DELETE.
    Result<std::monostate> remove(const std::string& path);
    /// Asks for a presigned URL and puts the file there; returns its file_key.
    Result<std::string> upload(const std::string& path, const UploadProgress& progress);

    [[nodiscard]] const std::string& url() const { return url_; }

private:
    ApiClient(std::string url, std::string token);
    /// Sends it a few times where that may help, and takes a status of 2xx for success.
    Result<std::string> send(const httpclient::HttpCall& call);
    [[nodiscard]] httpclient::HttpCall call_of(std::string method, const std::string& path) const;

    std::string url_;
    std::string token_;
    std::unique_ptr<httpclient::HttpClient> http_;
};

/// The process's exit status for a failure, after telling it on stderr.
int report(const Error& error);

}  // namespace ingestor::cli
