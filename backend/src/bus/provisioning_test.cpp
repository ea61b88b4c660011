#include "bus/provisioning.hpp"

#include <gtest/gtest.h>

#include "bus/rule_table.hpp"

namespace ingestor {
namespace {

Event event_of(std::string_view source, std::string_view detail_type, std::string detail = "{}") {
    return Event{.detail_type = std::string(detail_type),
                 .source = std::string(source),
                 .detail = std::move(detail)};
}

TEST(Provisioning, TheTemplateHasTheNamesOfTheDomain) {
    for (const auto* environment : {"dev", "test", "main"}) {
        Names names;
        names.environment = environment;
        names.region = "eu-west-1";
        names.account = "111122223333";
        const auto provision = read_template(embedded_template(), names);
        ASSERT_TRUE(provision) << provision.error().message;
        EXPECT_EQ(provision->bus.name, names.event_bus());
        ASSERT_EQ(provision->rules.size(), 1U);
        const auto& rule = provision->rules[0];
        EXPECT_EQ(rule.name, names.rule());
        EXPECT_EQ(rule.bus, names.event_bus());
        EXPECT_TRUE(rule.enabled);
        EXPECT_EQ(
            rule.event_pattern,
            R"({"source":["agent2.ingestor"],"detail-type":["Document Processing Required"]})");
        ASSERT_EQ(rule.targets.size(), 1U);
        EXPECT_EQ(rule.targets[0].arn, names.function_arn());
        EXPECT_EQ(rule.targets[0].maximum_retry_attempts, 2);
        EXPECT_EQ(rule.targets[0].maximum_event_age, std::chrono::seconds(3600));
        EXPECT_EQ(
            rule.targets[0].dead_letter_arn,
            "arn:aws:sqs:eu-west-1:111122223333:agent2-ingestor-dead-letters-" + names.environment);
    }
    EXPECT_NE(embedded_template().find("\n  EventBridgeInvokeLambdaPermission:\n"),
              std::string_view::npos);
}

TEST(Provisioning, TheRuleRoutesWhatTheDomainPublishes) {
    auto provision = read_template(embedded_template(), Names{}).value();
    RuleTable table(Names{}.event_bus());
    ASSERT_TRUE(table.put(std::move(provision.rules[0])));
    const auto deliveries =
        table.route(event_of(kEventSource, kProcessingRequired, R"({"user_id":"ann"})"));
    ASSERT_EQ(deliveries.size(), 1U);
    EXPECT_EQ(deliveries[0].target_arn, Names{}.function_arn());
    EXPECT_EQ(deliveries[0].fairness_group, "ann");
    EXPECT_TRUE(table.route(event_of(kEventSource, kProcessingCompleted)).empty());
    EXPECT_TRUE(table.route(event_of("other", kProcessingRequired)).empty());
}

TEST(Provisioning, AnEnvironmentThatIsNotAllowedIsRefused) {
    Names names;
    names.environment = "prod";
    const auto provision = read_template(embedded_template(), names);
    ASSERT_FALSE(provision);
    EXPECT_EQ(provision.error().field, "Parameters.Environment");
}

constexpr std::string_view kLongForms = R"(
Parameters:
  Prefix: {Type: String, Default: depot}
Resources:
  Bus:
    Type: AWS::Events::EventBus
    Properties:
      Name: {"Fn::Join": ["-", [{Ref: Prefix}, bus]]}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Name: {"Fn::Sub": ["${Prefix}-${What}-${!kept}", {What: rule}]}
      EventBusName: {Ref: Bus}
      State: DISABLED
      EventPattern: {detail: {n: [300, 2.5, "300", true, null, 'true', -1]}}
      Targets:
        - {Id: t, Arn: {"Fn::GetAtt": [Bus, Arn]}}
)";

TEST(Provisioning, LongFormsOfTheFunctionsAreRead) {
    const auto provision = read_template(kLongForms, Names{});
    ASSERT_TRUE(provision) << provision.error().message;
    EXPECT_EQ(provision->bus.name, "depot-bus");
    const auto& rule = provision->rules.at(0);
    EXPECT_EQ(rule.name, "depot-rule-${kept}");
    EXPECT_FALSE(rule.enabled);
    EXPECT_EQ(rule.event_pattern, R"({"detail":{"n":[300,2.5,"300",true,null,"true",-1]}})");
    EXPECT_EQ(rule.targets.at(0).arn, "arn:aws:events:us-east-1:000000000000:event-bus/depot-bus");
    EXPECT_EQ(rule.targets.at(0).maximum_retry_attempts, 185);
}

struct BadTemplate {
    const char* name;
    const char* text;
    const char* says;
};

constexpr BadTemplate kBad[] = {
    {"NotYaml", "a: [", "the template"},
    {"NoResources", "Parameters: {}", "no Resources"},
    {"NoBus", "Resources: {A: {Type: X}}", "no event bus"},
    {"ParameterWithoutValue",
     "Parameters: {P: {Type: String}}\nResources: {B: {Type: AWS::Events::EventBus}}",
     "Parameters.P: has no value"},
    {"UnknownName",
     "Resources: {B: {Type: AWS::Events::EventBus, Properties: {Name: !Ref Nowhere}}}",
     "nothing is named Nowhere"},
    {"UnknownFunction",
     "Resources: {B: {Type: AWS::Events::EventBus, Properties: {Name: !ImportValue x}}}",
     "ImportValue is not known"},
    {"OpenSubstitution",
     "Resources: {B: {Type: AWS::Events::EventBus, Properties: {Name: !Sub \"a${b\"}}}",
     "is not closed"},
    {"RefsInALoop",
     "Resources: {B: {Type: AWS::Events::EventBus, Properties: {Name: !Ref Q}}, "
     "Q: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt B.Arn}}}",
     "refers back to itself: Q.QueueName -> B.Name -> Q.QueueName"},
    {"RefToItself",
     "Resources: {B: {Type: AWS::Events::EventBus, Properties: {Name: !Sub \"${B}\"}}}",
     "refers back to itself: B.Name -> B.Name"},
    {"ValuesThatGrowWithoutBound",
     "Resources: {B: {Type: AWS::Events::EventBus, Properties: {Name: {'Fn::Join': ['', "
     "[&a {'Fn::Join': ['', [&b {'Fn::Join': ['', [&c {'Fn::Join': ['', [&d {'Fn::Join': ['', "
     "[xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy]]}, "
     "*d, *d, *d, *d, *d, *d, *d, *d]]}, *c, *c, *c, *c, *c, *c, *c, *c]]}, "
     "*b, *b, *b, *b, *b, *b, *b, *b]]}, *a, *a, *a, *a, *a, *a, *a, *a]]}}}}",
     "values are too large"},
    {"ListInItself",
     "Resources: {B: {Type: AWS::Events::EventBus, Properties: {Name: b}}, R: {Type: "
     "AWS::Events::Rule, Properties: {Name: r, EventBusName: b, EventPattern: &p {a: [*p]}}}}",
     "nested too deeply"},
    {"TooManyRetries",
     "Resources: {B: {Type: AWS::Events::EventBus, Properties: {Name: b}}, R: {Type: "
     "AWS::Events::Rule, Properties: {Name: r, EventBusName: b, EventPattern: {a: [1]}, "
     "Targets: [{Id: t, Arn: a, RetryPolicy: {MaximumRetryAttempts: 4294967298}}]}}}",
     "'4294967298' is no number from 0 to 185"},
    {"NotUtf8", "Resources: {B\xff: {}}", "not UTF-8"},
    {"NoName", "Resources: {B: {Type: AWS::Events::EventBus, Properties: {}}}", "is missing"},
};

class BadTemplates : public testing::TestWithParam<BadTemplate> {};
TEST_P(BadTemplates, AreRefusedWithAReason) {
    const auto provision = read_template(GetParam().text, Names{});
    ASSERT_FALSE(provision);
    EXPECT_NE(provision.error().message.find(GetParam().says), std::string::npos)
        << provision.error().message;
}
INSTANTIATE_TEST_SUITE_P(Provisioning, BadTemplates, testing::ValuesIn(kBad),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RuleTable, RoutesByEnabledRulesOfItsBusToEveryTarget) {
    const auto rule = [](std::string bus, std::string name, bool enabled) {
        Rule result;
        result.bus = std::move(bus);
        result.name = std::move(name);
        result.event_pattern = R"({"source":["s"]})";
        result.enabled = enabled;
        for (const auto* id : {"1", "2"}) {
            auto& target = result.targets.emplace_back();
            target.id = id;
            target.arn = result.name;
        }
        return result;
    };
    RuleTable table("bus");
    ASSERT_TRUE(table.put(rule("bus", "on", true)));
    ASSERT_TRUE(table.put(rule("bus", "off", false)));
    ASSERT_TRUE(table.put(rule("another", "there", true)));
    const auto deliveries = table.route(event_of("s", "t"));
    ASSERT_EQ(deliveries.size(), 2U);
    EXPECT_EQ(deliveries[1].rule, "on");
    EXPECT_EQ(deliveries[1].target_id, "2");
    EXPECT_EQ(deliveries[1].fairness_group, "s");
    EXPECT_TRUE(table.target("bus", "on", "1"));
    EXPECT_FALSE(table.target("bus", "on", "3"));
    table.remove("bus", "on");
    EXPECT_TRUE(table.route(event_of("s", "t")).empty());
    EXPECT_EQ(table.rules().size(), 2U);

    auto bad = rule("bus", "bad", true);
    bad.event_pattern = "{}";
    EXPECT_EQ(table.put(std::move(bad)).error().code, Errc::invalid_argument);
}

}  // namespace
}  // namespace ingestor
