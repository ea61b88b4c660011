#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "eventbridge/pattern.hpp"
#include "ports/event_log.hpp"

namespace ingestor::bus {

/// The rules of the event bus with their patterns compiled: says where an event goes. It starts
/// empty; EventBus fills it and keeps it in step with the EventLog.
class RuleTable final : public ports::EventRouter {
public:
    /// A delivery for each target of each enabled rule of the event's bus that matches.
    [[nodiscard]] std::vector<ports::NewDelivery> route(
        const eventbridge::Event& event) const override;

    /// Adds or replaces. Errors: invalid_argument (the pattern, with EventBridge's own reason).
    Result<std::monostate> put(ports::Rule rule);
    void remove(const std::string& bus, const std::string& name);

    /// nullopt: there is no such target any more.
    [[nodiscard]] std::optional<ports::RuleTarget> target(const std::string& bus,
                                                          const std::string& rule,
                                                          const std::string& target_id) const;
    /// By bus, then by name.
    [[nodiscard]] std::vector<ports::Rule> rules() const;

private:
    struct Entry {
        ports::Rule rule;
        eventbridge::EventPattern pattern;
    };

    std::map<ports::RuleKey, Entry> entries_;
};

}  // namespace ingestor::bus
