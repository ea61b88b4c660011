#include "bus/delivery/dead_letter_message.hpp"

#include <string>
#include <utility>

#include "base/uuid.hpp"

namespace ingestor::bus::delivery {

ports::OutgoingMessage dead_letter_message(const Settlement& settlement, const SendToDlq& reason,
                                           const domain::Names& names) {
    const auto& delivery = settlement.delivery;
    ports::OutgoingMessage message{.id = uuid_v4(), .body = eventbridge::to_json(*delivery.event)};
    const auto add = [&message](const char* name, std::string value) {
        if (value.empty()) return;  // SQS takes no attribute without a value.
        message.attributes.emplace(
            name, ports::MessageAttribute{.type = "String", .value = std::move(value)});
    };
    add("RULE_ARN", names.rule_arn(delivery.event->bus, delivery.rule));
    add("TARGET_ARN", delivery.target_arn);
    add("ERROR_CODE", reason.error_code);
    add("ERROR_MESSAGE", settlement.message);
    add("EXHAUSTED_RETRY_CONDITION", reason.exhausted);
    add("RETRY_ATTEMPTS", std::to_string(settlement.failures - 1));
    return message;
}

}  // namespace ingestor::bus::delivery
