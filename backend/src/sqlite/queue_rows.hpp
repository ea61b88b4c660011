#pragma once

#include <string>
#include <string_view>

#include "ports/queue_store.hpp"

namespace ingestor::sqlite {

// Columns of queues and messages that are JSON.

[[nodiscard]] std::string settings_text(const ports::QueueSettings& settings);
/// What is not there is as SQS has it by default.
[[nodiscard]] ports::QueueSettings settings_of(std::string_view text);

/// Values are in base64. Empty where there are none.
[[nodiscard]] std::string message_attributes_text(const ports::MessageAttributes& attributes);
[[nodiscard]] ports::MessageAttributes message_attributes_of(std::string_view text);

}  // namespace ingestor::sqlite
