#pragma once

#include <vector>

#include "api/call.hpp"
#include "api/operation.hpp"
#include "api/problem.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace ingestor::bus {
class BusOperations;
namespace archive {
class ArchiveOperations;
class ReplayOperations;
}  // namespace archive
namespace delivery {
class DeliveryQueries;
}
namespace rules {
class PatternTests;
class RuleOperations;
}  // namespace rules
}  // namespace ingestor::bus

namespace ingestor::api::bus {

/// What is over the use cases of the event bus; all outlive the API.
struct UseCases {
    ingestor::bus::BusOperations& operations;
    ingestor::bus::rules::RuleOperations& rules;
    ingestor::bus::rules::PatternTests& patterns;
    ingestor::bus::delivery::DeliveryQueries& deliveries;
    ingestor::bus::archive::ArchiveOperations& archives;
    ingestor::bus::archive::ReplayOperations& replays;
};

/// The event bus for whoever looks after it: `/bus/…`. Others are turned away before their requests
/// are read, and by the use cases once more. Call from the I/O executor only.
class BusApi {
public:
    explicit BusApi(UseCases use_cases) : use_(use_cases) {}

    using Handler = Answering (BusApi::*)(Call) const;
    struct Route {
        Operation operation;
        Handler handler = nullptr;
    };
    /// Every route with its description.
    [[nodiscard]] static std::vector<Route> routes();

private:
    Answering list_buses(Call call) const;
    Answering list_rules(Call call) const;
    Answering get_rule(Call call) const;
    Answering put_rule(Call call) const;
    Answering enable_rule(Call call) const;
    Answering disable_rule(Call call) const;
    Answering delete_rule(Call call) const;
    Answering set_enabled(Call call, bool enabled) const;

    Answering recent_events(Call call) const;
    Answering test_pattern(Call call) const;

    Answering deliveries(Call call) const;
    Answering delivery_log(Call call) const;

    Answering dead_letters(Call call) const;
    Answering get_dead_letter(Call call) const;
    Answering redrive_dead_letters(Call call) const;
    Answering delete_dead_letters(Call call) const;

    Answering list_archives(Call call) const;
    Answering create_archive(Call call) const;
    Answering update_archive(Call call) const;
    Answering delete_archive(Call call) const;
    Answering list_replays(Call call) const;
    Answering start_replay(Call call) const;
    Answering cancel_replay(Call call) const;

    UseCases use_;
};

/// `{"detail": ...}` of an error of the bus's use cases: members as the API names them, and a limit
/// that is reached is a conflict with what is there.
[[nodiscard]] http::Response problem_of(Error error, Place place = Place::body);

}  // namespace ingestor::api::bus
