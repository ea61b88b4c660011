#include "telemetry/embedded_metrics.hpp"

#include <sstream>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor::telemetry {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

const TimePoint kTime = parse_rfc3339("2026-01-02T03:04:05.678Z").value();

class EmbeddedMetricsTest : public testing::Test {
protected:
    std::vector<json::object> take() {
        std::istringstream text(embedded.take_lines(kTime, "r-1", 1500us));
        std::vector<json::object> lines;
        for (std::string line; std::getline(text, line);) {
            lines.push_back(json::parse(line).as_object());
        }
        return lines;
    }

    Metrics metrics;
    EmbeddedMetrics embedded{metrics, "dev"};
};

TEST_F(EmbeddedMetricsTest, AnInvocationIsOneLineThatCloudWatchReads) {
    embedded.cold_start();
    const auto lines = take();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0], json::parse(R"({
        "_aws": {"Timestamp": 1767323045678, "CloudWatchMetrics": [{
            "Namespace": "agent2-ingestor", "Dimensions": [["environment"]], "Metrics": [
                {"Name": "InvocationDuration", "Unit": "Milliseconds"},
                {"Name": "ColdStart", "Unit": "Count"}]}]},
        "environment": "dev", "request_id": "r-1", "InvocationDuration": 1.5, "ColdStart": 1})")
                            .as_object());
}

TEST_F(EmbeddedMetricsTest, EveryDimensionAndMetricNamedIsAMember) {
    embedded.cold_start();
    embedded.swept(3, 61s);
    metrics.job_ended("failed");
    metrics.document_done("pdf", "succeeded", 20ms);
    for (const auto& line : take()) {
        const auto& directive =
            line.at("_aws").at("CloudWatchMetrics").as_array().at(0).as_object();
        for (const auto& set : directive.at("Dimensions").as_array()) {
            for (const auto& name : set.as_array()) {
                EXPECT_TRUE(line.at(name.as_string()).is_string()) << line;
            }
        }
        for (const auto& metric : directive.at("Metrics").as_array()) {
            EXPECT_TRUE(line.contains(metric.at("Name").as_string())) << line;
        }
    }
}

TEST_F(EmbeddedMetricsTest, ASweepTellsOfTheQueueEvenIfItIsEmpty) {
    embedded.swept(1, 61'500ms);
    const auto busy = take();
    EXPECT_EQ(busy[0].at("Republished"), 1);
    EXPECT_EQ(busy[0].at("OldestQueuedAge"), 61.5);
    embedded.swept(0, 0ms);
    EXPECT_EQ(take()[0].at("OldestQueuedAge"), 0.0);
}

TEST_F(EmbeddedMetricsTest, JobsAreDividedByStatusAndCountedAsAWhole) {
    metrics.job_ended("completed");
    metrics.job_ended("completed");
    metrics.job_ended("failed");
    const auto lines = take();
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[1].at("status"), "completed");
    EXPECT_EQ(lines[1].at("JobsEnded"), 2);
    EXPECT_EQ(lines[1].at("_aws").at("CloudWatchMetrics").at(0).at("Dimensions"),
              json::parse(R"([["environment"], ["environment", "status"]])"));
    EXPECT_EQ(lines[2].at("status"), "failed");
    EXPECT_EQ(lines[2].at("JobsEnded"), 1);
}

TEST_F(EmbeddedMetricsTest, MoreDurationsThanALineTakesGoIntoSeveral) {
    for (int i = 0; i < 130; ++i) metrics.document_done("pdf", "succeeded", 20ms);
    const auto lines = take();
    ASSERT_EQ(lines.size(), 4U);
    EXPECT_EQ(lines[1].at("Documents"), 130);
    EXPECT_EQ(lines[2].at("DocumentDuration").as_array().size(), 100U);
    EXPECT_EQ(lines[3].at("DocumentDuration").as_array().size(), 30U);
    EXPECT_EQ(lines[3].at("DocumentDuration").at(0), 20.0);
}

TEST_F(EmbeddedMetricsTest, WhatWasTakenIsNotTakenAgain) {
    embedded.cold_start();
    embedded.swept(2, 0s);
    metrics.job_ended("completed");
    metrics.document_done("pdf", "failed", 1ms);
    EXPECT_EQ(take().size(), 4U);
    const auto lines = take();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_FALSE(lines[0].contains("ColdStart"));
    EXPECT_FALSE(lines[0].contains("Republished"));
}

}  // namespace
}  // namespace ingestor::telemetry
