#include "eventbridge/event_reader.hpp"

#include <gtest/gtest.h>

namespace ingestor::eventbridge {
namespace {

using namespace std::chrono_literals;

TEST(EventReader, ReadsWhatToJsonWrites) {
    const Event event{.id = "i",
                      .detail_type = "Parcel \"Weighed\"",
                      .source = "depot.scale",
                      .account = "111122223333",
                      .time = TimePoint{1'767'323'045'000ms},
                      .region = "eu-west-1",
                      .resources = {"arn:a", "arn:b"},
                      .detail = R"({"grams":1250})"};
    const auto read = read_event(to_json(event)).value();
    EXPECT_EQ(to_json(read), to_json(event));
}

TEST(EventReader, NamesTheMemberThatIsWrong) {
    struct Row {
        std::string_view json;
        std::string_view field;
    };
    for (const auto& [json, field] :
         {Row{R"({"source":"s"})", "id"}, Row{R"({"id":"i","source":1})", "source"},
          Row{R"({"id":"i","source":"s","detail-type":"t","account":"a","region":"r","time":"x"})",
              "time"},
          Row{R"({"id":"i","source":"s","detail-type":"t","account":"a","region":"r",)"
              R"("time":"2026-01-02T03:04:05Z","detail":[]})",
              "detail"},
          Row{"[]", ""}, Row{"{", ""}}) {
        const auto read = read_event(json);
        ASSERT_FALSE(read) << json;
        EXPECT_EQ(read.error().code, Errc::invalid_argument);
        EXPECT_EQ(read.error().field, field);
    }
}

}  // namespace
}  // namespace ingestor::eventbridge
