#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sigv4/credentials.hpp"

namespace ingestor::sigv4 {

struct CredentialText {
    std::string access_key_id;
    Scope scope;
};

/// `AKID/YYYYMMDD/region/service/aws4_request`; an access key id has no slash.
[[nodiscard]] std::optional<CredentialText> parse_credential(std::string_view text);

}  // namespace ingestor::sigv4
