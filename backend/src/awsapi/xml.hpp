#pragma once

#include <string>
#include <string_view>

namespace ingestor::awsapi {

/// Text as it may stand in an element; what XML cannot say at all becomes U+FFFD.
[[nodiscard]] std::string xml_escape(std::string_view text);

}  // namespace ingestor::awsapi
