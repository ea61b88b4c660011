#include "telemetry/embedded_metrics.hpp"

#include <algorithm>
#include <initializer_list>
#include <span>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace ingestor::telemetry {

namespace json = boost::json;

namespace {

/// A metric of one line may have as many values.
constexpr std::size_t kValuesMax = 100;

double milliseconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

/// One line in the making. CloudWatch takes a metric for each set of dimensions, whose values stand
/// beside the metrics as members of their own.
class Line {
public:
    Line(TimePoint now, std::string_view environment, std::string_view request_id)
        : now_(now), members_({{"environment", environment}, {"request_id", request_id}}) {}

    void divide_by(std::string_view dimension, std::string_view value) {
        dimensions_.push_back(json::array{"environment", dimension});
        members_[dimension] = value;
    }
    void add(std::string_view metric, std::string_view unit, json::value value) {
        metrics_.push_back(json::object{{"Name", metric}, {"Unit", unit}});
        members_[metric] = std::move(value);
    }
    [[nodiscard]] std::string text() && {
        json::object directive{{"Namespace", "agent2-ingestor"}};
        directive["Dimensions"] = std::move(dimensions_);
        directive["Metrics"] = std::move(metrics_);
        json::array directives;
        directives.push_back(std::move(directive));
        json::object about{{"Timestamp", now_.time_since_epoch().count()}};
        about["CloudWatchMetrics"] = std::move(directives);
        json::object line;
        line["_aws"] = std::move(about);
        for (auto& [name, value] : members_) line[name] = std::move(value);
        return json::serialize(line) + "\n";
    }

private:
    TimePoint now_;
    json::object members_;
    json::array dimensions_ = {json::array{"environment"}};
    json::array metrics_;
};

}  // namespace

EmbeddedMetrics::EmbeddedMetrics(Metrics& metrics, std::string environment)
    : metrics_(metrics), environment_(std::move(environment)) {
    metrics_.tell(this);
}

EmbeddedMetrics::~EmbeddedMetrics() {
    metrics_.tell(nullptr);
}

void EmbeddedMetrics::job_ended(std::string_view status) {
    const std::lock_guard lock(mutex_);
    ++recorded_.jobs_ended[std::string(status)];
}

void EmbeddedMetrics::document_done(std::string_view outcome, std::chrono::nanoseconds took) {
    const std::lock_guard lock(mutex_);
    ++recorded_.documents[std::string(outcome)];
    recorded_.document_milliseconds.push_back(milliseconds(took));
}

void EmbeddedMetrics::cold_start() {
    const std::lock_guard lock(mutex_);
    recorded_.cold_start = true;
}

void EmbeddedMetrics::swept(std::uint32_t republished, std::chrono::milliseconds oldest_queued) {
    const std::lock_guard lock(mutex_);
    recorded_.republished = republished;
    recorded_.oldest_queued = oldest_queued;
}

std::string EmbeddedMetrics::take_lines(TimePoint now, std::string_view request_id,
                                        std::chrono::nanoseconds took) {
    Recorded recorded;
    {
        const std::lock_guard lock(mutex_);
        std::swap(recorded, recorded_);
    }
    const auto start_line = [&] { return Line(now, environment_, request_id); };
    auto invocation = start_line();
    invocation.add("InvocationDuration", "Milliseconds", milliseconds(took));
    if (recorded.cold_start) invocation.add("ColdStart", "Count", 1);
    if (recorded.republished) {
        const std::chrono::duration<double> age = recorded.oldest_queued;
        invocation.add("Republished", "Count", *recorded.republished);
        invocation.add("OldestQueuedAge", "Seconds", age.count());
    }
    auto text = std::move(invocation).text();

    for (const auto& [status, count] : recorded.jobs_ended) {
        auto line = start_line();
        line.divide_by("status", status);
        line.add("JobsEnded", "Count", count);
        text += std::move(line).text();
    }
    for (const auto& [outcome, count] : recorded.documents) {
        auto line = start_line();
        line.divide_by("outcome", outcome);
        line.add("Documents", "Count", count);
        text += std::move(line).text();
    }
    std::span<const double> durations = recorded.document_milliseconds;
    while (!durations.empty()) {
        const auto some = durations.first(std::min(durations.size(), kValuesMax));
        auto line = start_line();
        line.add("DocumentDuration", "Milliseconds", json::array(some.begin(), some.end()));
        text += std::move(line).text();
        durations = durations.subspan(some.size());
    }
    return text;
}

}  // namespace ingestor::telemetry
