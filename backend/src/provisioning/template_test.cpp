#include "provisioning/template.hpp"

#include <gtest/gtest.h>

#include "bus/rules/rule_table.hpp"

namespace ingestor::provisioning {
namespace {

eventbridge::Event event_of(std::string_view source, std::string_view detail_type) {
    return eventbridge::Event{.bus = domain::Names{}.event_bus(),
                              .detail_type = std::string(detail_type),
                              .source = std::string(source),
                              .detail = "{}"};
}

TEST(Template, TheTemplateHasTheNamesOfTheDomain) {
    for (const auto* environment : {"dev", "test", "main"}) {
        domain::Names names;
        names.environment = environment;
        names.region = "eu-west-1";
        names.account = "111122223333";
        const auto wanted = read_template(embedded_template(), names);
        ASSERT_TRUE(wanted) << wanted.error().message;
        EXPECT_EQ(wanted->bus.name, names.event_bus());
        EXPECT_TRUE(wanted->bus.managed);
        ASSERT_EQ(wanted->rules.size(), 2U);
        const auto& inbox = wanted->rules[1];
        EXPECT_EQ(inbox.name, "agent2-ingestor-object-created-" + names.environment);
        EXPECT_EQ(inbox.bus, "default");
        EXPECT_FALSE(inbox.enabled);
        EXPECT_EQ(inbox.event_pattern, R"({"source":["aws.s3"],"detail-type":["Object Created"],)"
                                       R"("detail":{"object":{"key":[{"prefix":"inbox/"}]}}})");
        ASSERT_EQ(inbox.targets.size(), 1U);
        EXPECT_EQ(inbox.targets[0].arn, names.function_arn());
        const auto& rule = wanted->rules[0];
        EXPECT_EQ(rule.name, names.rule());
        EXPECT_EQ(rule.bus, names.event_bus());
        EXPECT_TRUE(rule.enabled);
        EXPECT_TRUE(rule.managed);
        EXPECT_EQ(
            rule.event_pattern,
            R"({"source":["agent2.ingestor"],"detail-type":["Document Processing Required"]})");
        ASSERT_EQ(rule.targets.size(), 1U);
        EXPECT_EQ(rule.targets[0].arn, names.function_arn());
        EXPECT_TRUE(rule.targets[0].managed);
        EXPECT_EQ(rule.targets[0].maximum_retry_attempts, 2);
        EXPECT_EQ(rule.targets[0].maximum_event_age, std::chrono::seconds(3600));
        EXPECT_EQ(
            rule.targets[0].dead_letter_arn,
            "arn:aws:sqs:eu-west-1:111122223333:agent2-ingestor-dead-letters-" + names.environment);
    }
    EXPECT_NE(embedded_template().find("\n  EventBridgeInvokeLambdaPermission:\n"),
              std::string_view::npos);
}

TEST(Template, TheRuleRoutesWhatTheDomainPublishes) {
    auto wanted = read_template(embedded_template(), domain::Names{}).value();
    bus::rules::RuleTable table;
    ASSERT_TRUE(table.put(std::move(wanted.rules[0])));
    const auto deliveries =
        table.route(event_of(domain::kEventSource, domain::kProcessingRequired));
    ASSERT_EQ(deliveries.size(), 1U);
    EXPECT_EQ(deliveries[0].target_arn, domain::Names{}.function_arn());
    EXPECT_TRUE(table.route(event_of(domain::kEventSource, domain::kProcessingCompleted)).empty());
    EXPECT_TRUE(table.route(event_of("other", domain::kProcessingRequired)).empty());
}

TEST(Template, AnEnvironmentThatIsNotAllowedIsRefused) {
    domain::Names names;
    names.environment = "prod";
    const auto wanted = read_template(embedded_template(), names);
    ASSERT_FALSE(wanted);
    EXPECT_EQ(wanted.error().field, "Parameters.Environment");
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

TEST(Template, LongFormsOfTheFunctionsAreRead) {
    const auto wanted = read_template(kLongForms, domain::Names{});
    ASSERT_TRUE(wanted) << wanted.error().message;
    EXPECT_EQ(wanted->bus.name, "depot-bus");
    const auto& rule = wanted->rules.at(0);
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
    const auto wanted = read_template(GetParam().text, domain::Names{});
    ASSERT_FALSE(wanted);
    EXPECT_NE(wanted.error().message.find(GetParam().says), std::string::npos)
        << wanted.error().message;
}
INSTANTIATE_TEST_SUITE_P(Template, BadTemplates, testing::ValuesIn(kBad),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace ingestor::provisioning
