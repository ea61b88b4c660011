#include "telemetry/metrics.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace ingestor::telemetry {
namespace {

using Buckets = prometheus::Histogram::BucketBoundaries;

// Each ladder spans what its goal and its worst case need, in seconds: an accept is wanted within
// a few milliseconds, a handler within a second of the commit, a document may take minutes.
const Buckets kRequestSeconds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                 0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
const Buckets kAcceptSeconds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                0.025,  0.05,    0.1,    0.25,  0.5,    1};
const Buckets kStartSeconds = {0.0001, 0.0002, 0.0003, 0.0005, 0.001, 0.002, 0.004,
                               0.01,   0.025,  0.05,   0.1,    0.25,  0.5,   1,
                               2.5,    5,      10,     30,     60};
const Buckets kDocumentSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                  1,     2.5,    5,     10,   30,    60,   120, 300};

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

template <class Metric>
auto& family(prometheus::Registry& registry, const char* name, const char* help) {
    if constexpr (std::is_same_v<Metric, prometheus::Counter>) {
        return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    } else if constexpr (std::is_same_v<Metric, prometheus::Gauge>) {
        return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
    } else {
        return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
    }
}

struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

/// A family's metrics by label value, so that recording is a look-up and not a rebuild of labels.
template <class Metric>
class Children {
public:
    Children(prometheus::Family<Metric>& family, std::string label, Buckets buckets = {})
        : family_(family), label_(std::move(label)), buckets_(std::move(buckets)) {}

    Metric& of(std::string_view value) {
        {
            const std::shared_lock lock(mutex_);
            if (const auto found = known_.find(value); found != known_.end()) return *found->second;
        }
        const std::unique_lock lock(mutex_);
        Metric* metric = nullptr;
        if constexpr (std::is_same_v<Metric, prometheus::Histogram>) {
            metric = &family_.Add({{label_, std::string(value)}}, buckets_);
        } else {
            metric = &family_.Add({{label_, std::string(value)}});
        }
        return *known_.emplace(std::string(value), metric).first->second;
    }

private:
    prometheus::Family<Metric>& family_;
    const std::string label_;
    const Buckets buckets_;
    std::shared_mutex mutex_;
    std::unordered_map<std::string, Metric*, Hash, std::equal_to<>> known_;
};

/// Counters of a family with two labels.
class PairedCounters {
public:
    PairedCounters(prometheus::Family<prometheus::Counter>& family, std::string first,
                   std::string second)
        : family_(family), first_(std::move(first)), second_(std::move(second)) {}

    prometheus::Counter& of(std::string_view first, std::string_view second) {
        {
            const std::shared_lock lock(mutex_);
            const auto found = known_.find(first);
            if (found != known_.end()) {
                const auto counter = found->second.find(second);
                if (counter != found->second.end()) return *counter->second;
            }
        }
        const std::unique_lock lock(mutex_);
        auto& counter = family_.Add({{first_, std::string(first)}, {second_, std::string(second)}});
        known_[std::string(first)].emplace(std::string(second), &counter);
        return counter;
    }

private:
    using BySecond = std::unordered_map<std::string, prometheus::Counter*, Hash, std::equal_to<>>;

    prometheus::Family<prometheus::Counter>& family_;
    const std::string first_;
    const std::string second_;
    std::shared_mutex mutex_;
    std::unordered_map<std::string, BySecond, Hash, std::equal_to<>> known_;
};

}  // namespace

struct Metrics::Families {
    using Counter = prometheus::Counter;
    using Gauge = prometheus::Gauge;
    using Histogram = prometheus::Histogram;

    prometheus::Registry registry;

    PairedCounters http_requests{
        family<Counter>(registry, "agent2_ingestor_http_requests_total", "Requests answered."),
        "route", "status"};
    Children<Histogram> http_seconds{
        family<Histogram>(registry, "agent2_ingestor_http_request_seconds",
                          "From a request's head to the last byte of its answer."),
        "route", kRequestSeconds};
    Histogram& accept = family<Histogram>(registry, "agent2_ingestor_accept_seconds",
                                          "From a submit's last byte to its answer.")
                            .Add({}, kAcceptSeconds);
    Histogram& start_delay = family<Histogram>(registry, "agent2_ingestor_start_delay_seconds",
                                               "From a job's commit to the start of its handler.")
                                 .Add({}, kStartSeconds);
    Children<Counter> jobs_ended{
        family<Counter>(registry, "agent2_ingestor_jobs_ended_total", "Jobs that ended."),
        "status"};
    PairedCounters documents{
        family<Counter>(registry, "agent2_ingestor_documents_total", "Documents worked on."),
        "format", "outcome"};
    Children<Histogram> document_seconds{
        family<Histogram>(registry, "agent2_ingestor_document_seconds", "Time for a document."),
        "format", kDocumentSeconds};
    Children<Counter> retries{
        family<Counter>(registry, "agent2_ingestor_retries_total", "Attempts after a failed one."),
        "stage"};
    Counter& job_waits =
        family<Counter>(registry, "agent2_ingestor_job_waits_total",
                        "Attempts after which a job waits for trouble of the service to pass.")
            .Add({});
    Children<Counter> dead_letters{
        family<Counter>(registry, "agent2_ingestor_dead_letters_total", "Events given up on."),
        "error_code"};
    Gauge& deliveries =
        family<Gauge>(registry, "agent2_ingestor_deliveries", "Events on their way to a target.")
            .Add({});
    Children<Gauge> helpers{
        family<Gauge>(registry, "agent2_ingestor_extract_helpers", "Extraction processes."),
        "state"};
    Children<Counter> helper_restarts{
        family<Counter>(registry, "agent2_ingestor_helper_restarts_total",
                        "Extraction processes replaced."),
        "reason"};
    Gauge& ready =
        family<Gauge>(registry, "agent2_ingestor_ready", "1 while work proceeds.").Add({});
    Children<Gauge> unavailable{
        family<Gauge>(registry, "agent2_ingestor_unavailable", "1 while the reason holds work up."),
        "reason"};
    Gauge& wal_bytes = family<Gauge>(registry, "agent2_ingestor_wal_bytes",
                                     "Of the database's write-ahead log that are in use.")
                           .Add({});
    Gauge& free_bytes = family<Gauge>(registry, "agent2_ingestor_storage_free_bytes",
                                      "Left on the disk of the data directory.")
                            .Add({});
    Gauge& free_inodes = family<Gauge>(registry, "agent2_ingestor_storage_free_inodes",
                                       "Files that the disk of the data directory has room for.")
                             .Add({});

    Children<Gauge> stored_objects{
        family<Gauge>(registry, "agent2_ingestor_stored_objects", "Objects in the store."), "kind"};
    Children<Gauge> stored_bytes{family<Gauge>(registry, "agent2_ingestor_stored_bytes",
                                               "What the objects take in the store, in bytes."),
                                 "kind"};

    std::atomic<MetricsListener*> listener = nullptr;
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::http_request(std::string_view route, unsigned status, std::chrono::nanoseconds took) {
    families_->http_requests.of(route, fmt::format_int(status).c_str()).Increment();
    families_->http_seconds.of(route).Observe(seconds(took));
}

void Metrics::job_accepted(std::chrono::nanoseconds took) {
    families_->accept.Observe(seconds(took));
}

void Metrics::job_started(std::chrono::nanoseconds waited) {
    families_->start_delay.Observe(seconds(waited));
}

void Metrics::job_ended(std::string_view status) {
    families_->jobs_ended.of(status).Increment();
    if (auto* listener = families_->listener.load()) listener->job_ended(status);
}

void Metrics::document_done(std::string_view format, std::string_view outcome,
                            std::chrono::nanoseconds took) {
    families_->documents.of(format, outcome).Increment();
    families_->document_seconds.of(format).Observe(seconds(took));
    if (auto* listener = families_->listener.load()) listener->document_done(outcome, took);
}

void Metrics::retried(std::string_view stage) {
    families_->retries.of(stage).Increment();
}

void Metrics::job_waits() {
    families_->job_waits.Increment();
}

void Metrics::dead_lettered(std::string_view error_code) {
    families_->dead_letters.of(error_code).Increment();
}

void Metrics::set_queue_depth(std::uint64_t deliveries) {
    families_->deliveries.Set(static_cast<double>(deliveries));
}

void Metrics::set_helpers(std::size_t idle, std::size_t busy) {
    families_->helpers.of("idle").Set(static_cast<double>(idle));
    families_->helpers.of("busy").Set(static_cast<double>(busy));
}

void Metrics::helper_restarted(std::string_view reason) {
    families_->helper_restarts.of(reason).Increment();
}

void Metrics::set_ready(bool ready) {
    families_->ready.Set(ready ? 1 : 0);
}

void Metrics::set_unavailable(std::string_view reason, bool unavailable) {
    families_->unavailable.of(reason).Set(unavailable ? 1 : 0);
}

void Metrics::set_wal_bytes(std::uint64_t bytes) {
    families_->wal_bytes.Set(static_cast<double>(bytes));
}

void Metrics::set_storage_space(std::uint64_t free_bytes, std::uint64_t free_inodes) {
    families_->free_bytes.Set(static_cast<double>(free_bytes));
    families_->free_inodes.Set(static_cast<double>(free_inodes));
}

void Metrics::set_stored(std::string_view kind, std::uint64_t objects, std::uint64_t bytes) {
    families_->stored_objects.of(kind).Set(static_cast<double>(objects));
    families_->stored_bytes.of(kind).Set(static_cast<double>(bytes));
}

void Metrics::tell(MetricsListener* listener) {
    families_->listener = listener;
}

std::string Metrics::expose() const {
    return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace ingestor::telemetry
