#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "domain/object_key.hpp"

namespace ingestor::jobs {

/// What a URL is for: a PUT of an object, or one of the requests of an upload in parts.
struct UploadCall {
    std::string method = "PUT";
    std::string query = {};         ///< Percent-encoded, as `partNumber=1&uploadId=x`.
    std::string content_type = {};  ///< Empty: the uploader's choice.
};

/// A URL that lets whoever holds it make one request about one object, for a while.
struct UploadUrl {
    std::string url;
    /// What the uploader must send along, as signed.
    std::vector<std::pair<std::string, std::string>> headers;
};

/// Signs URLs for uploads to the object store. The composition root says for which endpoint and
/// with whose key.
class UploadUrls {
public:
    virtual ~UploadUrls() = default;

    /// A request about `key`. Where this server stores objects itself the link leads to `origin`
    /// (`http://localhost:8080`), which the caller has found to be one of the server's own: a page
    /// may send to the origin alone that it came from. Errors: unavailable (no credentials at the
    /// moment).
    [[nodiscard]] virtual Result<UploadUrl> presign(const domain::ObjectKey& key,
                                                    const UploadCall& call,
                                                    std::chrono::seconds lifetime,
                                                    const std::string& origin) const = 0;
};

}  // namespace ingestor::jobs
