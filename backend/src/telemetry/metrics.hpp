#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace ingestor::telemetry {

/// Is told what Metrics records when it is recorded, on the thread that records it.
class MetricsListener {
public:
    virtual ~MetricsListener() = default;
    virtual void job_ended(std::string_view status) = 0;
    virtual void document_done(std::string_view outcome, std::chrono::nanoseconds took) = 0;
};

/// What `/metrics` shows (Prometheus text format 0.0.4). Safe from any thread; recording costs well
/// under a microsecond.
class Metrics {
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// agent2_ingestor_http_requests_total{route,status}, …_http_request_seconds{route}
    void http_request(std::string_view route, unsigned status, std::chrono::nanoseconds took);
    /// agent2_ingestor_accept_seconds: a submit, from its last byte read to its answer.
    void job_accepted(std::chrono::nanoseconds took);
    /// agent2_ingestor_start_delay_seconds: from the commit of a job to the start of its handler.
    void job_started(std::chrono::nanoseconds waited);
    /// agent2_ingestor_jobs_ended_total{status}
    void job_ended(std::string_view status);
    /// agent2_ingestor_job_waits_total: attempts after which a job waits for trouble of the service
    /// to pass.
    void job_waits();
    /// agent2_ingestor_document_seconds{format}, agent2_ingestor_documents_total{format,outcome}
    void document_done(std::string_view format, std::string_view outcome,
                       std::chrono::nanoseconds took);
    /// agent2_ingestor_retries_total{stage} (delivery | invocation)
    void retried(std::string_view stage);
    /// agent2_ingestor_dead_letters_total{error_code}
    void dead_lettered(std::string_view error_code);
    /// agent2_ingestor_deliveries (gauge): events on their way to a target.
    void set_queue_depth(std::uint64_t deliveries);
    /// agent2_ingestor_extract_helpers{state} (gauge: idle | busy), …_helper_restarts_total{reason}
    void set_helpers(std::size_t idle, std::size_t busy);
    void helper_restarted(std::string_view reason);
    /// agent2_ingestor_ready (gauge: 1 while work proceeds), …_unavailable{reason} (gauge: 1 while
    /// that holds work up)
    void set_ready(bool ready);
    void set_unavailable(std::string_view reason, bool unavailable);
    /// agent2_ingestor_wal_bytes (gauge), …_storage_free_bytes, …_storage_free_inodes
    void set_wal_bytes(std::uint64_t bytes);
    void set_storage_space(std::uint64_t free_bytes, std::uint64_t free_inodes);

    /// agent2_ingestor_stored_objects{kind}, agent2_ingestor_stored_bytes{kind} (gauges; uploads |
    /// outputs | others): what the objects take on the disk, as it was last gone through.
    void set_stored(std::string_view kind, std::uint64_t objects, std::uint64_t bytes);

    [[nodiscard]] std::string expose() const;
    /// From now on `listener` is told too; it is there until another takes its place. Null: nobody.
    void tell(MetricsListener* listener);

private:
    struct Families;
    std::unique_ptr<Families> families_;
};

}  // namespace ingestor::telemetry
