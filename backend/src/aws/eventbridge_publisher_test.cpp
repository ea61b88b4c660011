#include "aws/eventbridge_publisher.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "aws/testing/aws_fixture.hpp"

namespace ingestor::aws {

using testing::AwsFixture;
namespace {

namespace json = boost::json;

using ::testing::ElementsAre;

eventbridge::Event event_of(std::string detail) {
    return {.id = "an id",
            .detail_type = "Document Processing Required",
            .source = "agent2.ingestor",
            .time = TimePoint{std::chrono::milliseconds{1'767'323'045'678}},
            .detail = std::move(detail)};
}

json::array entries_of(const std::string& body) {
    return json::parse(body).at("Entries").as_array();
}

/// An answer in which the entries have these error codes; an empty one: it was taken.
std::string outcome(const std::vector<std::string>& codes) {
    json::array entries;
    for (const auto& code : codes) {
        json::object entry;
        if (code.empty()) {
            entry["EventId"] = "1";
        } else {
            entry["ErrorCode"] = code;
            entry["ErrorMessage"] = "because";
        }
        entries.push_back(std::move(entry));
    }
    return json::serialize(json::object{{"FailedEntryCount", 1}, {"Entries", entries}});
}

class EventBridgePublisherTest : public AwsFixture {
protected:
    Result<std::monostate> publish(std::vector<eventbridge::Event> events,
                                   ingestor::httpclient::testing::ScriptedServer::Script script) {
        JsonClient json_client(serve(std::move(script), "events"),
                               EventBridgePublisher::protocol());
        const RetryPolicy quick{.attempts_max = 3,
                                .base = std::chrono::milliseconds(0),
                                .throttling_base = std::chrono::milliseconds(0)};
        EventBridgePublisher publisher(json_client, "a-bus", quick);
        return run(publisher.publish(std::move(events)));
    }
    /// The details of the entries of each request.
    std::vector<std::vector<std::string>> asked() {
        std::vector<std::vector<std::string>> all;
        for (const auto& request : server_->requests()) {
            auto& details = all.emplace_back();
            for (const auto& entry : entries_of(request.body)) {
                details.emplace_back(entry.at("Detail").as_string());
            }
        }
        return all;
    }
    static Answer take_all(const Request& request) {
        return {.body = outcome(std::vector<std::string>(entries_of(request.body).size()))};
    }
};

TEST_F(EventBridgePublisherTest, AnEntryIsWhatARuleMatches) {
    auto event = event_of(R"({"a":1})");
    event.resources = {"arn:aws:s3:::b"};
    ASSERT_TRUE(publish({event}, take_all));
    const auto request = server_->requests().at(0);
    EXPECT_EQ(request.header("x-amz-target"), "AWSEvents.PutEvents");
    EXPECT_EQ(entries_of(request.body), json::parse(R"([{
        "Source": "agent2.ingestor", "DetailType": "Document Processing Required",
        "Detail": "{\"a\":1}", "EventBusName": "a-bus", "Time": 1767323045,
        "Resources": ["arn:aws:s3:::b"]}])")
                                            .as_array());
}

TEST_F(EventBridgePublisherTest, ARequestTakesTenEntries) {
    ASSERT_TRUE(publish(std::vector<eventbridge::Event>(23, event_of("{}")), take_all));
    const auto requests = asked();
    ASSERT_EQ(requests.size(), 3U);
    EXPECT_EQ(requests[0].size(), 10U);
    EXPECT_EQ(requests[2].size(), 3U);
}

TEST_F(EventBridgePublisherTest, ARequestTakesOneMegabyte) {
    const auto half = event_of(std::string(EventBridgePublisher::kBytesMax / 2 - 100, 'x'));
    ASSERT_TRUE(publish({half, half, half}, take_all));
    EXPECT_EQ(asked().size(), 2U);
    const auto large = event_of(std::string(EventBridgePublisher::kBytesMax, 'x'));
    EXPECT_EQ(publish({large}, take_all).error().code, Errc::too_large);
    EXPECT_TRUE(asked().empty());
}

TEST_F(EventBridgePublisherTest, OnlyEntriesThatFailedAreSentAgain) {
    const auto answers = [](const Request& request) -> Answer {
        if (request.number == 1) {
            return {.body = outcome({"", "ThrottlingException", "", "InternalFailure"})};
        }
        if (request.number == 2) return {.body = outcome({"", "InternalException"})};
        return {.body = outcome({""})};
    };
    ASSERT_TRUE(publish({event_of("a"), event_of("b"), event_of("c"), event_of("d")}, answers));
    EXPECT_THAT(asked(), ElementsAre(ElementsAre("a", "b", "c", "d"), ElementsAre("b", "d"),
                                     ElementsAre("d")));
}

TEST_F(EventBridgePublisherTest, AnEntryThatIsWrongIsNotSentAgain) {
    const auto answers = [](const Request&) -> Answer {
        return {.body = outcome({"ThrottlingException", "MalformedDetail"})};
    };
    const auto refused = publish({event_of("a"), event_of("b")}, answers);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::internal);
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr("MalformedDetail: because"));
    EXPECT_EQ(asked().size(), 1U);
}

TEST_F(EventBridgePublisherTest, GivesUpAfterTheAttemptsThatThePolicyHas) {
    const auto answers = [](const Request&) -> Answer {
        return {.body = outcome({"ThrottlingException"})};
    };
    const auto refused = publish({event_of("a")}, answers);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    EXPECT_EQ(asked().size(), 3U);
}

TEST_F(EventBridgePublisherTest, AnAnswerThatLeavesEntriesOutIsNoSuccess) {
    const auto answers = [](const Request&) -> Answer { return {.body = "{}"}; };
    EXPECT_EQ(publish({event_of("a")}, answers).error().code, Errc::unavailable);
}

}  // namespace
}  // namespace ingestor::aws
