#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace ingestor::cli {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpAnswer {
    long status = 0;
    std::string body;
};

/// Told of bytes sent and bytes in all.
using UploadProgress = std::function<void(std::uint64_t sent, std::uint64_t total)>;

/// Blocking HTTP over one kept connection (libcurl). Errors: unavailable where no answer came; any
/// answer, of whatever status, is a success here.
class HttpClient {
public:
    HttpClient();
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    Result<HttpAnswer> get(const std::string& url, const Headers& headers);
    Result<HttpAnswer> post(const std::string& url, const Headers& headers,
                            const std::string& body);
    /// PUTs a file, read while it is sent. Errors: as above, and not_found (cannot be read).
    Result<HttpAnswer> put_file(const std::string& url, const Headers& headers,
                                const std::string& path, const UploadProgress& progress);

private:
    struct Handle;
    Result<HttpAnswer> perform(const std::string& url, const Headers& headers);

    std::unique_ptr<Handle> handle_;
};

}  // namespace ingestor::cli
