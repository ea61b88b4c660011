#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "eventbridge/patterns/matcher.hpp"
#include "eventbridge/patterns/pattern.hpp"
#include "eventbridge/transform/input_transform.hpp"
#include "ports/event_log.hpp"

namespace ingestor::bus::rules {

/// The rules of the event buses with their patterns compiled: says where an event goes. It starts
/// empty; EventBus fills it and keeps it in step with the EventLog. One thread at a time.
class RuleTable final : public ports::EventRouter {
public:
    /// A delivery for each target of each enabled rule of the event's bus that matches, by rule.
    [[nodiscard]] std::vector<ports::NewDelivery> route(
        const eventbridge::Event& event) const override;

    /// Whether the bus has any enabled rule at all.
    [[nodiscard]] bool listens(const std::string& bus) const;

    /// Adds or replaces. Errors: invalid_argument (the pattern or a target's input, with
    /// EventBridge's own reason).
    Result<std::monostate> put(ports::Rule rule);
    void remove(const std::string& bus, const std::string& name);
    void note_firing(const ports::RuleKey& key, TimePoint at);

    /// nullopt: there is no such target any more.
    [[nodiscard]] std::optional<ports::RuleTarget> target(const std::string& bus,
                                                          const std::string& rule,
                                                          const std::string& target_id) const;
    /// What the target is given in place of the event, until the rule changes; nullptr: the event.
    [[nodiscard]] const eventbridge::transform::InputTransform* input_of(
        const ports::Delivery& delivery) const;
    /// By bus, then by name.
    [[nodiscard]] std::vector<ports::Rule> rules() const;
    /// Of a bus, by name.
    [[nodiscard]] std::vector<ports::Rule> rules_of(const std::string& bus) const;
    /// nullptr: there is none.
    [[nodiscard]] const ports::Rule* find(const ports::RuleKey& key) const;
    /// How many events the rule has matched, or how often it fired, since it was first put here.
    [[nodiscard]] std::uint64_t matched(const ports::RuleKey& key) const;

private:
    struct Entry {
        ports::Rule rule;
        std::optional<eventbridge::patterns::Pattern> pattern;  ///< None: a schedule fires it.
        /// By target; only of those that are not given the event itself.
        std::map<std::string, eventbridge::transform::InputTransform> inputs;
        mutable std::uint64_t matched = 0;
    };
    /// The enabled rules of a bus as one set, made when an event comes after they have changed.
    struct Compiled {
        std::vector<const Entry*> rules;  ///< By number in the set.
        eventbridge::patterns::Matcher matcher;
    };

    [[nodiscard]] Compiled compile(const std::string& bus) const;
    static void add_targets(const Entry& entry, const eventbridge::Event& event,
                            std::vector<ports::NewDelivery>& deliveries);

    std::map<ports::RuleKey, Entry> entries_;
    std::size_t rules_with_inputs_ = 0;  ///< Mostly none: then no delivery looks for its own.
    mutable std::map<std::string, Compiled> compiled_;  ///< By bus.
    mutable std::string event_text_;
    mutable std::vector<std::uint32_t> matches_;
};

}  // namespace ingestor::bus::rules
