#pragma once

#include <memory>
#include <string_view>

#include "base/result.hpp"
#include "eventbridge/event.hpp"

namespace ingestor::eventbridge {

/// A compiled event pattern ("Event patterns" in the EventBridge user guide): member paths are
/// ANDed, the values of one leaf are alternatives.
class EventPattern {
public:
    /// Errors: invalid_argument, with EventBridge's own reason and the place in the text ("Event
    /// pattern is not valid. Reason: …\n at [Source: (String)"…"; line: 1, column: 12]").
    [[nodiscard]] static Result<EventPattern> compile(std::string_view json);

    EventPattern(EventPattern&&) noexcept;
    EventPattern& operator=(EventPattern&&) noexcept;
    ~EventPattern();

    /// `detail` is parsed at most once a call, and only when the pattern asks for it.
    [[nodiscard]] bool matches(const Event& event) const;

private:
    struct Compiled;
    explicit EventPattern(std::unique_ptr<Compiled> compiled);
    std::unique_ptr<Compiled> compiled_;
};

}  // namespace ingestor::eventbridge
