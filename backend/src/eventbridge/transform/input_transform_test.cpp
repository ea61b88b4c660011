#include "eventbridge/transform/input_transform.hpp"

#include <random>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ingestor::eventbridge::transform {
namespace {

using namespace std::chrono_literals;

Event parcel() {
    return {.id = "5d6c0d1e-9f0a-4d53-8a67-0f3c1b7f2a11",
            .detail_type = "Parcel Weighed",
            .source = "depot.scale",
            .account = "111122223333",
            .time = TimePoint{1'767'323'045'000ms},
            .region = "eu-west-1",
            .resources = {"arn:a"},
            .detail = R"({"city":"Oslo","kg":12.5,"ok":true,"tags":["a","b"],"to":{"n":"Ada"},)"
                      R"("says":"a \"b\"","lines":"1\n2"})"};
}

const Circumstances kCircumstances{.rule_arn = "arn:aws:events:eu-west-1:111122223333:rule/weigh",
                                   .rule_name = "weigh",
                                   .ingested_at = TimePoint{1'767'323'046'789ms}};

Result<std::string> applied(const TargetInput& input) {
    const auto transform = InputTransform::compile(input, "t1");
    if (!transform) return std::unexpected(transform.error());
    return transform->apply(parcel(), kCircumstances);
}

Result<std::string> filled(std::string text) {
    return applied(InputTransformer{.paths = {{"c", "$.detail.city"},
                                              {"k", "$.detail.kg"},
                                              {"o", "$.detail.ok"},
                                              {"t", "$.detail.tags"},
                                              {"d", "$.detail.to"},
                                              {"s", "$.detail.says"},
                                              {"l", "$.detail.lines"},
                                              {"z", "$.detail.none"}},
                                    .input_template = std::move(text)});
}

TEST(InputTransform, WithoutOneTheEventItselfIsGiven) {
    const auto transform = InputTransform::compile({}, "t1").value();
    EXPECT_TRUE(transform.is_identity());
    EXPECT_EQ(transform.apply(parcel(), kCircumstances).value(), to_json(parcel()));
}

TEST(InputTransform, AConstantIsGivenAsItWasPut) {
    EXPECT_EQ(applied(ConstantInput{R"({ "a" : 1 })"}).value(), R"({ "a" : 1 })");
    const auto refused = applied(ConstantInput{"env:dev"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message,
              "JSON syntax error in input for target t1: "
              "[Source: (String)\"env:dev\"; line: 1, column: 4]");
}

TEST(InputTransform, APathGivesThePartAsJson) {
    EXPECT_EQ(applied(InputPath{"$.detail.city"}).value(), R"("Oslo")");
    EXPECT_EQ(applied(InputPath{"$.detail.to"}).value(), R"({"n":"Ada"})");
    EXPECT_EQ(applied(InputPath{"$"}).value(), to_json(parcel()));
    const auto nothing = applied(InputPath{"$.detail.none"});
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().code, Errc::invalid_argument);
    EXPECT_TRUE(
        applied(InputPath{"$.a[*]"})
            .error()
            .message.starts_with("Parameter InputPath of target t1 is not valid. Reason: "));
}

TEST(InputTransform, TemplatesAreFilledAsEventBridgeFillsThem) {
    struct Row {
        std::string text;
        std::string result;
    };
    for (const auto& [text, result] : {
             Row{R"("Parcel to <c>")", R"("Parcel to Oslo")"},
             Row{"\"a <c>\"\n\"b <k>\"", "\"a Oslo\"\n\"b 12.5\""},
             Row{R"("T <t> D <d>")", R"("T [a,b] D {n:Ada}")"},
             Row{R"("ok <o>, z <z>.")", R"("ok true, z .")"},
             Row{R"({"city":<c>,"kg":<k>,"t":<t>,"d":<d>})",
                 R"({"city":"Oslo","kg":12.5,"t":["a","b"],"d":{"n":"Ada"}})"},
             Row{R"({"path":"to/<c>/x","again":"<c>"})", R"({"path":"to/Oslo/x","again":"Oslo"})"},
             Row{R"({"z":<z>})", R"({"z":""})"},
             Row{R"([<c>,{"in":["<k> kg"]}])", R"(["Oslo",{"in":["12.5 kg"]}])"},
             Row{R"("a \"<c>\" < b > <>")", R"("a \"Oslo\" < b > <>")"},
             Row{R"("<s>")", R"("a "b"")"},
             Row{"<c>", R"("Oslo")"},
             Row{R"({"no":"variable"})", R"({"no":"variable"})"},
         }) {
        EXPECT_EQ(filled(text).value_or("refused"), result) << text;
    }
}

TEST(InputTransform, ValuesThatBreakTheJsonMakeNone) {
    for (const auto* text :
         {R"({"t":"<t>"})", R"({"d":"<d>"})", R"({"s":"<s>"})", R"({"l":"<l>"})"}) {
        const auto made = filled(text);
        ASSERT_FALSE(made) << text;
        EXPECT_EQ(made.error().code, Errc::invalid_argument);
    }
}

TEST(InputTransform, PredefinedVariablesNeedNoPath) {
    EXPECT_EQ(
        filled(
            R"({"r":<aws.events.rule-arn>,"n":"<aws.events.rule-name>!","i":<aws.events.event.ingestion-time>})")
            .value(),
        R"({"r":"arn:aws:events:eu-west-1:111122223333:rule/weigh","n":"weigh!",)"
        R"("i":"2026-01-02T03:04:06.789Z"})");
    EXPECT_EQ(filled("<aws.events.event.json>").value(), to_json(parcel()));
    EXPECT_EQ(
        filled(R"({"e":<aws.events.event>})").value(),
        R"({"e":{"id":"5d6c0d1e-9f0a-4d53-8a67-0f3c1b7f2a11","account":"111122223333",)"
        R"("detailType":"Parcel Weighed","time":"2026-01-02T03:04:05Z","source":"depot.scale",)"
        R"("region":"eu-west-1","resources":["arn:a"],"version":"0"}})");
}

TEST(InputTransform, WhatIsWrongWithATemplateIsSaidWhenItIsPut) {
    struct Row {
        std::string text;
        std::string message;
    };
    const auto invalid = [](const std::string& text, int column) {
        return Row{text,
                   fmt::format("Invalid InputTemplate for target t1 : [Source: (String)\"{}\"; "
                               "line: 1, column: {}]",
                               text, column)};
    };
    for (const auto& [text, message] :
         {Row{"\"<nobody>\"", "InputTemplate for target t1 contains invalid placeholder nobody."},
          Row{R"({"a":<aws.events.other>})",
              "InputTemplate for target t1 contains invalid placeholder aws.events.other."},
          Row{R"({"<c>" : 1})", "InputTemplate for target t1 contains invalid placeholder c."},
          invalid(R"({"a":<c>)", 9), invalid(R"({"a":1<k>})", 8), invalid(R"("a" <k>)", 6),
          invalid("<c> is here", 7), invalid("{<c>:1}", 3), invalid("\"open <c>", 10),
          invalid("", 1)}) {
        const auto refused = filled(text);
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().message, message);
    }
    const auto of_aws = applied(InputTransformer{.paths = {{"AWSx", "$"}}, .input_template = "1"});
    EXPECT_EQ(
        of_aws.error().message,
        "Parameter InputPathsMap of target t1 is not valid. Reason: AWSx: a name may not begin "
        "with AWS.");
    const auto path = applied(InputTransformer{.paths = {{"a", "$.*"}}, .input_template = "1"});
    EXPECT_TRUE(path.error().message.starts_with(
        "Parameter InputPathsMap of target t1 is not valid. Reason: a: $.* "));
}

TEST(InputTransform, WhatIsMadeOfValuesInTheirPlacesIsAlwaysJson) {
    constexpr std::string_view kPieces[] = {"{",      "}",   "[",   "]",   ",",
                                            "\"a\":", "<c>", "<k>", "<d>", "<z>"};
    std::mt19937 random(11);  // NOLINT(cert-msc51-cpp): the same templates each time.
    int made = 0;
    for (int n = 0; n < 100'000; ++n) {
        std::string text;
        for (auto pieces = 1 + random() % 8; pieces > 0; --pieces) {
            text += kPieces[random() % std::size(kPieces)];
        }
        const auto result = filled(text);
        if (!result) {
            ASSERT_FALSE(result.error().message.empty()) << text;
            continue;
        }
        boost::system::error_code error;
        static_cast<void>(boost::json::parse(*result, error));
        ASSERT_FALSE(error) << text << " made " << *result;
        ++made;
    }
    EXPECT_GT(made, 5'000);
}

}  // namespace
}  // namespace ingestor::eventbridge::transform
