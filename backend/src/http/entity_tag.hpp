#pragma once

#include <string_view>

namespace ingestor::http {

/// Whether the value of an `If-None-Match` names `tag` (with its quotes) or is `*`: then the client
/// has it already. Compares weakly (RFC 9110 sections 8.8.3.2 and 13.1.2).
[[nodiscard]] bool if_none_match_matches(std::string_view if_none_match, std::string_view tag);

}  // namespace ingestor::http
