#pragma once

#include <string>
#include <vector>

#include "base/strong.hpp"
#include "base/time.hpp"

namespace ingestor::eventbridge {

/// An event as it stands on a bus ("Events" in the EventBridge user guide).
struct Event {
    std::string bus = {};  ///< The name of the bus that it was put on.
    /// Deliveries take turns between groups (the user of a job), so that one cannot starve another.
    std::string fairness_group = {};
    /// What the event is about, as CloudEvents' `subject`: the id of a job; empty where it is
    /// unknown. Neither this nor the two above nor `forwarded` are part of the envelope.
    std::string subject = {};
    std::string id = {};  ///< UUIDv4, the EventId that PutEvents returned.
    std::string detail_type = {};
    std::string source = {};
    std::string account = {};
    TimePoint time = {};  ///< Delivered in whole seconds.
    std::string region = {};
    std::string replay_name = {};  ///< The replay that put it back on its bus; empty: none.
    std::vector<std::string> resources = {};
    std::string detail = {};  ///< The text of one JSON object, compact.
    bool forwarded = false;   ///< A bus has given it to another, which it may once in its life.
    // Where it goes when it is put on the bus. Not kept.
    std::vector<std::string> rules = {};  ///< Of these alone, where they match; empty: of all.
    std::string fired_rule = {};          ///< It goes to this rule's targets, whatever matches.
};

/// The envelope as delivered: compact JSON, keys in AWS's own order.
[[nodiscard]] std::string to_json(const Event& event);

}  // namespace ingestor::eventbridge
