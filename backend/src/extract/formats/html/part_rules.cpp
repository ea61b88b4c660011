#include "extract/formats/html/part_rules.hpp"

#include <array>
#include <limits>

namespace ingestor::extract::html {
namespace {

/// Asks one question and, by the answer, a second one: `first` up to `first_limit` or above, then
/// `low` or `high` in the same way. What comes of it is added up.
struct Rule {
    Feature first;
    float first_limit;
    Feature low;
    float low_limit;
    Feature high;
    float high_limit;
    std::array<float, 4> log_odds;  ///< low and low, low and high, high and low, high and high.
};

using enum Feature;
constexpr float kNone = std::numeric_limits<float>::infinity();  // No second question.

#include "extract/formats/html/part_rules.inc"

}  // namespace

float boilerplate_log_odds(const PartFeatures& features) {
    float sum = kBase;
    for (const Rule& rule : kRules) {
        if (features[rule.first] <= rule.first_limit) {
            sum += rule.log_odds[features[rule.low] <= rule.low_limit ? 0 : 1];
        } else {
            sum += rule.log_odds[features[rule.high] <= rule.high_limit ? 2 : 3];
        }
    }
    return sum;
}

}  // namespace ingestor::extract::html
