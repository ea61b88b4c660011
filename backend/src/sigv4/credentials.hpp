#pragma once

#include <string>

namespace ingestor::sigv4 {

/// An access key. `session_token` is empty for keys that do not expire.
struct Credentials {
    std::string access_key_id;
    std::string secret_access_key;
    std::string session_token = {};
};

/// What a signature is good for (AWS: "credential scope").
struct Scope {
    std::string date;  ///< YYYYMMDD, UTC.
    std::string region;
    std::string service;

    /// `date/region/service/aws4_request`
    [[nodiscard]] std::string text() const;
};

}  // namespace ingestor::sigv4
