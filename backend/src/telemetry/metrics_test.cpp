#include "telemetry/metrics.hpp"

#include <sstream>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor::telemetry {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::Not;

std::vector<std::string> lines(const Metrics& metrics) {
    std::istringstream text(metrics.expose());
    std::vector<std::string> all;
    for (std::string line; std::getline(text, line);) all.push_back(line);
    return all;
}

TEST(Metrics, CountsARequestByRouteAndStatus) {
    Metrics metrics;
    metrics.http_request("/jobs/{job_id}", 200, 3ms);
    metrics.http_request("/jobs/{job_id}", 200, 30ms);
    metrics.http_request("/jobs/{job_id}", 404, 1us);
    const auto seen = lines(metrics);
    const std::string requests = "agent2_ingestor_http_requests_total";
    const std::string took = "agent2_ingestor_http_request_seconds";
    const std::string route = "route=\"/jobs/{job_id}\"";
    EXPECT_THAT(seen, Contains("# TYPE " + requests + " counter"));
    EXPECT_THAT(seen, Contains(requests + "{" + route + ",status=\"200\"} 2"));
    EXPECT_THAT(seen, Contains(requests + "{" + route + ",status=\"404\"} 1"));
    EXPECT_THAT(seen, Contains("# TYPE " + took + " histogram"));
    EXPECT_THAT(seen, Contains(took + "_count{" + route + "} 3"));
    EXPECT_THAT(seen, Contains(took + "_bucket{" + route + ",le=\"0.0001\"} 1"));
    EXPECT_THAT(seen, Contains(took + "_bucket{" + route + ",le=\"0.005\"} 2"));
    EXPECT_THAT(seen, Contains(took + "_bucket{" + route + ",le=\"+Inf\"} 3"));
}

TEST(Metrics, AcceptLatencyHasBucketsFromATenthOfAMillisecondToASecond) {
    Metrics metrics;
    metrics.job_accepted(50us);
    metrics.job_accepted(700ms);
    const auto seen = lines(metrics);
    EXPECT_THAT(seen, Contains("agent2_ingestor_accept_seconds_bucket{le=\"0.0001\"} 1"));
    EXPECT_THAT(seen, Contains("agent2_ingestor_accept_seconds_bucket{le=\"0.5\"} 1"));
    EXPECT_THAT(seen, Contains("agent2_ingestor_accept_seconds_bucket{le=\"1\"} 2"));
}

TEST(Metrics, EveryRecordingShows) {
    Metrics metrics;
    metrics.job_started(2ms);
    metrics.job_ended("completed");
    metrics.document_done("pdf", "succeeded", 20ms);
    metrics.retried("delivery");
    metrics.dead_lettered("TARGET_FAILED");
    metrics.set_queue_depth(7);
    metrics.set_helpers(3, 1);
    metrics.helper_restarted("timeout");
    const auto seen = lines(metrics);
    for (const std::string expected : {
             "start_delay_seconds_bucket{le=\"0.002\"} 1",
             "jobs_ended_total{status=\"completed\"} 1",
             "documents_total{format=\"pdf\",outcome=\"succeeded\"} 1",
             "document_seconds_bucket{format=\"pdf\",le=\"0.025\"} 1",
             "retries_total{stage=\"delivery\"} 1",
             "dead_letters_total{error_code=\"TARGET_FAILED\"} 1",
             "deliveries 7",
             "extract_helpers{state=\"idle\"} 3",
             "extract_helpers{state=\"busy\"} 1",
             "helper_restarts_total{reason=\"timeout\"} 1",
         }) {
        EXPECT_THAT(seen, Contains("agent2_ingestor_" + expected));
    }
}

TEST(Metrics, ALabelValueIsEscaped) {
    Metrics metrics;
    metrics.job_ended("a\"b\nc");
    EXPECT_THAT(lines(metrics),
                Contains("agent2_ingestor_jobs_ended_total{status=\"a\\\"b\\nc\"} 1"));
}

TEST(Metrics, ThreadsThatMeetAtANewLabelLoseNoCount) {
    Metrics metrics;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&metrics] {
            for (int i = 0; i < 1000; ++i) metrics.http_request("/health", 200, 1us);
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_THAT(
        lines(metrics),
        Contains("agent2_ingestor_http_requests_total{route=\"/health\",status=\"200\"} 4000"));
}

TEST(Metrics, TellsItsListenerUntilThereIsNone) {
    struct Listener final : MetricsListener {
        void job_ended(std::string_view status) override { told.emplace_back(status); }
        void document_done(std::string_view outcome, std::chrono::nanoseconds took) override {
            told.push_back(std::string(outcome) + " " + std::to_string(took / 1ms));
        }
        std::vector<std::string> told;
    } listener;
    Metrics metrics;
    metrics.tell(&listener);
    metrics.job_ended("completed");
    metrics.document_done("pdf", "succeeded", 20ms);
    metrics.tell(nullptr);
    metrics.job_ended("failed");
    EXPECT_THAT(listener.told, testing::ElementsAre("completed", "succeeded 20"));
}

}  // namespace
}  // namespace ingestor::telemetry
