#pragma once

#include <string>
#include <string_view>

namespace ingestor::awsapi {

/// Text as it may stand in an element; what XML cannot say at all becomes U+FFFD.
[[nodiscard]] std::string xml_escape(std::string_view text);

/// Appends `<name>text</name>`; `text` is escaped already.
void append_element(std::string& out, std::string_view name, std::string_view text);

inline constexpr std::string_view kXmlHead = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

}  // namespace ingestor::awsapi
