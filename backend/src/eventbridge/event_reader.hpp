#pragma once

#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "eventbridge/event.hpp"

namespace ingestor::eventbridge {

/// Reads the envelope that to_json() writes; members that it does not have are passed over. Errors:
/// invalid_argument (names the member).
[[nodiscard]] Result<Event> read_event(const boost::json::object& envelope);
[[nodiscard]] Result<Event> read_event(std::string_view json);

}  // namespace ingestor::eventbridge
