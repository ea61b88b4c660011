#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "eventbridge/pattern.hpp"
#include "ports/event_log.hpp"

namespace ingestor {

/// The rules of the event bus with their patterns compiled: says where an event goes. It starts
/// empty; EventBus fills it and keeps it in step with the EventLog.
class RuleTable final : public EventRouter {
public:
    /// A delivery for each target of each enabled rule of the event's bus that matches.
    [[nodiscard]] std::vector<NewDelivery> route(const Event& event) const override;

    /// Adds or replaces. Errors: invalid_argument (the pattern, with EventBridge's own reason).
    Result<std::monostate> put(Rule rule);
    void remove(const std::string& bus, const std::string& name);

    /// nullopt: there is no such target any more.
    [[nodiscard]] std::optional<RuleTarget> target(const std::string& bus, const std::string& rule,
                                                   const std::string& target_id) const;
    /// By bus, then by name.
    [[nodiscard]] std::vector<Rule> rules() const;

private:
    struct Entry {
        Rule rule;
        EventPattern pattern;
    };

    std::map<RuleKey, Entry> entries_;
};

}  // namespace ingestor
