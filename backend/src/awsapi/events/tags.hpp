#pragma once

#include "awsapi/json/input.hpp"
#include "ports/event_log.hpp"

namespace ingestor::awsapi::events {

/// The member `Tags`; a violation where a key stands twice.
[[nodiscard]] ports::Tags read_tags(json::Input& input, bool required = false);

}  // namespace ingestor::awsapi::events
