#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "domain/names.hpp"
#include "ports/event_log.hpp"

namespace ingestor::provisioning {

/// What the template says: all of it is managed.
struct WantedState {
    ports::EventBusRecord bus;
    std::vector<ports::Rule> rules;
};

/// The text of infrastructure/eventbridge-setup.yaml, as of the build.
[[nodiscard]] std::string_view embedded_template();

/// Reads the event bus, its rules and their targets from a CloudFormation template, with the
/// parameters and pseudo parameters that `names` gives. Other resources are only looked at where a
/// property refers to them.
/// Errors: invalid_argument, naming the place in the template.
[[nodiscard]] Result<WantedState> read_template(std::string_view text, const domain::Names& names);

}  // namespace ingestor::provisioning
