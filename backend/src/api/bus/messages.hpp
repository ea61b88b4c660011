#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "api/message.hpp"
#include "bus/archive/archive_operations.hpp"
#include "bus/archive/replay_operations.hpp"
#include "bus/bus_operations.hpp"
#include "bus/delivery/delivery_queries.hpp"
#include "bus/rules/pattern_tests.hpp"
#include "bus/rules/rule_operations.hpp"
#include "ports/archive_store.hpp"
#include "ports/delivery_records.hpp"
#include "ports/event_log.hpp"

namespace ingestor::api::bus {

// The messages of `/bus/…`, a table each.

/// Names of rules, targets, archives and replays, as EventBridge has them.
inline constexpr TextRule kName{
    .min = 1,
    .max = 64,
    .pattern = "^[.\\-_A-Za-z0-9]+$",
    .allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"};
inline constexpr TextRule kArchiveName{
    .min = 1, .max = 48, .pattern = kName.pattern, .allowed = kName.allowed};
inline constexpr TextRule kBusName{
    .min = 1,
    .max = 256,
    .pattern = "^[/.\\-_A-Za-z0-9]+$",
    .allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_/"};

/// What a request puts in place of a rule's settings and targets.
struct WholeRule {
    std::string description = {};
    std::string event_pattern = {};
    std::string schedule = {};
    std::string role_arn = {};
    bool enabled = true;
    std::vector<ports::RuleTarget> targets = {};
};

struct PatternTestRequest {
    std::string event_pattern = {};
    std::string bus = {};
    std::optional<std::string> event = {};
};
struct PatternTestResult {
    std::optional<std::string> reason = {};  ///< Why the pattern is no pattern.
    std::optional<bool> matches = {};        ///< The event that was given.
    ingestor::bus::rules::RecentTest recent = {};
};

/// A delivery under way: with its target, or waiting for its next try.
struct DeliveryUnderWay {
    ports::Delivery delivery;
    std::optional<TimePoint> since = {};  ///< It is with its target.
    std::string error_code = {};
    std::string error_message = {};
};

struct NewArchive {
    std::string name = {};
    std::string bus = {};
    ingestor::bus::archive::ArchiveSettings settings = {};
};

const Message<ports::EventBusRecord>& bus_message();
const Message<ingestor::bus::RuleActivity>& rule_message();
const Message<WholeRule>& whole_rule_message();
const Message<PatternTestRequest>& pattern_test_message();
const Message<PatternTestResult>& pattern_test_result_message();
const Message<ingestor::bus::rules::TestedEvent>& recent_event_message();
const Message<DeliveryUnderWay>& delivery_message();
const Message<ingestor::bus::delivery::DeliveryLog::LoggedTry>& try_message();
const Message<ports::DeadLetter>& dead_letter_message();
const Message<ports::DeadLetter>& whole_dead_letter_message();
const Message<ports::Archive>& archive_message();
const Message<NewArchive>& new_archive_message();
const Message<ingestor::bus::archive::ArchiveSettings>& archive_settings_message();
const Message<ports::Replay>& replay_message();
const Message<ports::Replay>& new_replay_message();

/// The schemas of all of them, by name, for the API's description.
[[nodiscard]] boost::json::object schemas();

}  // namespace ingestor::api::bus
