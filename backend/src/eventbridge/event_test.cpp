#include "eventbridge/event.hpp"

#include <gtest/gtest.h>

namespace ingestor::eventbridge {
namespace {

TEST(Event, IsWrittenInAmazonsOrderAndCompact) {
    const Event event{.id = "5d6c0d1e-9f0a-4d53-8a67-0f3c1b7f2a11",
                      .detail_type = "Parcel Weighed",
                      .source = "depot.scale",
                      .account = "111122223333",
                      .time = parse_rfc3339("2026-03-01T09:30:05.750Z").value(),
                      .region = "eu-west-1",
                      .resources = {"arn:a", "arn:\"b\""},
                      .detail = R"({"grams":1250})"};
    EXPECT_EQ(
        to_json(event),
        R"({"version":"0","id":"5d6c0d1e-9f0a-4d53-8a67-0f3c1b7f2a11",)"
        R"("detail-type":"Parcel Weighed","source":"depot.scale","account":"111122223333",)"
        R"("time":"2026-03-01T09:30:05Z","region":"eu-west-1","resources":["arn:a","arn:\"b\""],)"
        R"("detail":{"grams":1250}})");
}

TEST(Event, WithoutResourcesAndDetailStillHasBoth) {
    const auto json = to_json(Event{});
    EXPECT_TRUE(json.ends_with(R"("resources":[],"detail":{}})")) << json;
}

}  // namespace
}  // namespace ingestor::eventbridge
