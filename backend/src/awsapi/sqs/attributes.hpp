#pragma once

#include <map>
#include <string>
#include <variant>

#include "awsapi/sqs/model.hpp"
#include "ports/queue_store.hpp"

namespace ingestor::awsapi::sqs {

/// Where an attribute of a queue is set. Errors are those of SQS, as `invalid_argument`; the field
/// is its code.
[[nodiscard]] Result<std::monostate> set_attribute(ports::QueueSettings& settings,
                                                   const std::string& name,
                                                   const std::string& value);

/// Those of the settings, as GetQueueAttributes tells them.
[[nodiscard]] std::map<std::string, std::string> attributes_of(
    const ports::QueueSettings& settings);

/// Reads `MessageAttributes` of a message.
[[nodiscard]] Read<ports::MessageAttributes> read_message_attributes(
    const boost::json::object& message);
[[nodiscard]] boost::json::object to_json(const ports::MessageAttributes& attributes);

/// Hexadecimal; of the attributes as "Calculating the MD5 message digest for message attributes" of
/// the SQS developer guide has it.
[[nodiscard]] std::string md5_of(std::string_view body);
[[nodiscard]] std::string md5_of(const ports::MessageAttributes& attributes);

/// What counts for a message's size.
[[nodiscard]] std::size_t size_of(std::string_view body,
                                  const ports::MessageAttributes& attributes);

}  // namespace ingestor::awsapi::sqs
