#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "bus/event_bus.hpp"
#include "bus/rules/bus_policy.hpp"
#include "domain/names.hpp"
#include "ports/clock.hpp"
#include "ports/event_log.hpp"
#include "ports/token_verifier.hpp"

namespace ingestor::bus::rules {

// Quotas as EventBridge has them ("EventBridge quotas"), but for rules, of which it lets an account
// have more when asked.
inline constexpr std::size_t kBusesMax = 100;
inline constexpr std::size_t kRulesOnBusMax = 2'000;
inline constexpr std::size_t kTargetsOfRuleMax = 5;
inline constexpr std::size_t kTagsMax = 50;

/// Whom EventBridge names as the one that manages the rules of archives.
inline constexpr std::string_view kArchivesPrincipal = "prod.vhs.events.aws.internal";

/// What a rule is put with. What is not said goes back to nothing.
struct RuleSettings {
    std::string event_pattern = {};  ///< One of these two is there.
    std::string schedule = {};
    std::string description = {};
    std::string role_arn = {};
    bool enabled = true;
    ports::Tags tags = {};  ///< Of a new rule; they do not count where it was there.
};

/// The use cases of event buses, their rules and targets, with the words of EventBridge where it
/// refuses. All are for operators. Errors of all: permission_denied, not_found (the bus, the rule),
/// unavailable; of what changes a rule: conflict, field `managed` (it is an archive's).
class RuleOperations {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    /// All outlive this.
    RuleOperations(EventBus& bus, const ports::Clock& clock, domain::Names names)
        : bus_(bus), clock_(clock), names_(std::move(names)) {}

    /// Errors: conflict (it is there), too_large (kBusesMax).
    Answer<ports::EventBusRecord> create_bus(ports::Principal who, std::string name,
                                             std::string description, ports::Tags tags);
    Answer<ports::EventBusRecord> describe_again(ports::Principal who, std::string name,
                                                 std::string description);
    [[nodiscard]] Result<ports::EventBusRecord> bus(const ports::Principal& who,
                                                    const std::string& name) const;
    /// By name.
    [[nodiscard]] Result<std::vector<ports::EventBusRecord>> buses(
        const ports::Principal& who) const;
    /// One that is not there is deleted already. Errors: invalid_argument (the default bus, or one
    /// that has rules).
    Answer<std::monostate> delete_bus(ports::Principal who, std::string name);

    /// Adds a statement to the policy of the bus, in place of one of its id. Errors of these three:
    /// too_large, field `policy` (kPolicyMax).
    Answer<std::monostate> permit(ports::Principal who, std::string bus, Permission permission);
    /// In place of the policy that it has. Errors: invalid_argument.
    Answer<std::monostate> put_policy(ports::Principal who, std::string bus, std::string policy);
    /// Removes a statement; all of them where the id is empty. Errors: not_found.
    Answer<std::monostate> forbid(ports::Principal who, std::string bus, std::string statement_id);

    /// Adds the rule, or sets it anew; its targets stay. Errors: invalid_argument (the pattern, in
    /// the field EventPattern; the schedule), too_large (kRulesOnBusMax).
    Answer<std::monostate> put_rule(ports::Principal who, ports::RuleKey key,
                                    RuleSettings settings);
    /// The same with all of its targets, at once or not at all. Errors: those of put_targets() too.
    Answer<ports::Rule> put_whole_rule(ports::Principal who, ports::RuleKey key,
                                       RuleSettings settings,
                                       std::vector<ports::RuleTarget> targets);
    [[nodiscard]] Result<ports::Rule> rule(const ports::Principal& who,
                                           const ports::RuleKey& key) const;
    /// Of a bus, by name.
    [[nodiscard]] Result<std::vector<ports::Rule>> rules(const ports::Principal& who,
                                                         const std::string& bus) const;
    Answer<std::monostate> enable_rule(ports::Principal who, ports::RuleKey key, bool enabled);
    enum class RuleTargets { keep_it, go_too };
    /// One that is not there is deleted already. Errors: invalid_argument (it has targets, and they
    /// keep it).
    Answer<std::monostate> delete_rule(ports::Principal who, ports::RuleKey key,
                                       RuleTargets targets = RuleTargets::keep_it);

    /// Adds targets, or sets those anew whose ids are there. Errors: invalid_argument (an ARN of
    /// what this service does not deliver to, an input), too_large (kTargetsOfRuleMax).
    Answer<std::monostate> put_targets(ports::Principal who, ports::RuleKey key,
                                       std::vector<ports::RuleTarget> targets);
    /// Those that are not there are removed already.
    Answer<std::monostate> remove_targets(ports::Principal who, ports::RuleKey key,
                                          std::vector<std::string> ids);

    /// The tags of a bus, or of one of its rules where `rule` names it.
    [[nodiscard]] Result<ports::Tags> tags(const ports::Principal& who, const std::string& bus,
                                           const std::string& rule) const;
    /// Errors: too_large (kTagsMax).
    Answer<std::monostate> change_tags(ports::Principal who, std::string bus, std::string rule,
                                       ports::Tags put, std::vector<std::string> removed);

private:
    /// What makes the bus's next policy of the one that it has.
    using PolicyChange = std::function<Result<std::string>(const ports::EventBusRecord& bus)>;

    Answer<std::monostate> change_policy(ports::Principal who, std::string bus,
                                         PolicyChange change);
    /// The rule as it is once it has the settings. Under the lock.
    [[nodiscard]] Result<ports::Rule> changed(const ports::RuleKey& key,
                                              RuleSettings settings) const;
    /// Under the lock.
    [[nodiscard]] Result<std::monostate> add_targets(ports::Rule& rule,
                                                     std::vector<ports::RuleTarget> targets) const;
    [[nodiscard]] Result<std::monostate> check_target(const ports::RuleTarget& target) const;

    EventBus& bus_;
    const ports::Clock& clock_;
    domain::Names names_;
};

}  // namespace ingestor::bus::rules
