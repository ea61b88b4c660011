#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "sigv4/credentials.hpp"

namespace ingestor::sigv4 {

class SigningKeys;

/// A signed link, and what its user must send along, unchanged.
struct PresignedUrl {
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// What a presigned GET makes the store answer in place of what is stored; empty: as stored.
struct ResponseOverrides {
    std::string content_type = {};
    std::string content_disposition = {};
};

/// What a link is for.
struct LinkedRequest {
    std::string_view method = "GET";
    std::string_view query = {};  ///< Percent-encoded, as `partNumber=1&uploadId=x`.
    std::string_view content_type = {};
};

/// Signs links to the objects of one bucket, in path style (`endpoint/bucket/key`).
/// A value: copies share the cache of derived keys. Safe from any thread.
class UrlSigner {
public:
    struct Options {
        std::string endpoint;  ///< `http://127.0.0.1:8080`: no path, no slash at its end.
        std::string region;
        std::string bucket;
        Credentials credentials;
    };

    explicit UrlSigner(Options options);
    /// The same with another key, for keys that change. The cache of derived keys is shared.
    [[nodiscard]] UrlSigner with(Credentials credentials) const;
    /// The same for another address of the store.
    [[nodiscard]] UrlSigner at(std::string endpoint) const;

    /// A link that stores one object of that content type (which is signed, so that the uploader
    /// cannot choose another; empty: the uploader's choice). `expires` is 1 s to kExpiresMax.
    [[nodiscard]] PresignedUrl presign_put(std::string_view key, std::string_view content_type,
                                           std::chrono::seconds expires, TimePoint now) const {
        return presign({.method = "PUT", .content_type = content_type}, key, expires, now);
    }
    /// A link for one request to an object, likewise.
    [[nodiscard]] PresignedUrl presign(const LinkedRequest& request, std::string_view key,
                                       std::chrono::seconds expires, TimePoint now) const;

    /// A link that reads one object. `expires` is 1 s to kExpiresMax.
    [[nodiscard]] std::string presign_get(std::string_view key, std::chrono::seconds expires,
                                          TimePoint now,
                                          const ResponseOverrides& overrides = {}) const;

private:
    void set_endpoint(std::string endpoint);
    [[nodiscard]] std::string path_of(std::string_view key) const;

    Options options_;
    std::string host_;
    std::shared_ptr<SigningKeys> keys_;
};

}  // namespace ingestor::sigv4
