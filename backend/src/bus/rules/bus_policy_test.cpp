#include "bus/rules/bus_policy.hpp"

#include <gtest/gtest.h>

namespace ingestor::bus::rules {
namespace {

constexpr const char* kBus = "arn:aws:events:us-east-1:000000000000:event-bus/b";

Permission permission(const std::string& id, const std::string& principal = "111122223333") {
    return {.statement_id = id, .action = "events:PutEvents", .principal = principal};
}

TEST(BusPolicy, AddsStatementsAsEventBridgeWritesThem) {
    const auto one = with_statement("", permission("a"), kBus).value();
    EXPECT_EQ(one, R"({"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow",)"
                   R"("Principal":{"AWS":"arn:aws:iam::111122223333:root"},)"
                   R"("Action":"events:PutEvents",)"
                   R"("Resource":"arn:aws:events:us-east-1:000000000000:event-bus/b"}]})");
    auto all = permission("b", "*");
    all.condition = {.type = "StringEquals", .key = "aws:PrincipalOrgID", .value = "o-1"};
    const auto two = with_statement(one, all, kBus).value();
    EXPECT_NE(two.find(R"("Principal":"*")"), std::string::npos);
    EXPECT_NE(two.find(R"("Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}})"),
              std::string::npos);
}

TEST(BusPolicy, ReplacesTheStatementOfAnId) {
    const auto one = with_statement("", permission("a"), kBus).value();
    EXPECT_EQ(with_statement(one, permission("a"), kBus).value(), one);
    EXPECT_NE(with_statement(one, permission("a", "*"), kBus).value(), one);
}

TEST(BusPolicy, IsGoneWithItsLastStatement) {
    const auto one = with_statement("", permission("a"), kBus).value();
    const auto two = with_statement(one, permission("b"), kBus).value();
    EXPECT_EQ(without_statement(two, "b").value(), one);
    EXPECT_EQ(without_statement(one, "a").value(), "");
    for (const auto& policy : {one, std::string()}) {
        const auto missing = without_statement(policy, "none");
        ASSERT_FALSE(missing);
        EXPECT_EQ(missing.error().code, Errc::not_found);
        EXPECT_EQ(missing.error().message, "Statement with the provided id does not exist.");
    }
}

TEST(BusPolicy, TakesAWholePolicy) {
    EXPECT_EQ(read_policy(R"({ "Statement": [] })").value(), R"({"Statement":[]})");
    const auto single = read_policy(R"({"Statement":{"Sid":"x"}})").value();
    EXPECT_EQ(without_statement(single, "x").value(), "");
    for (const auto* text : {"", "[]", "{}", R"({"Statement":1})", "{"}) {
        EXPECT_EQ(read_policy(text).error().code, Errc::invalid_argument) << text;
    }
}

TEST(BusPolicy, IsLimitedInLength) {
    const auto of = [](std::size_t size) {
        const std::string frame = R"({"Statement":[],"x":""})";
        return R"({"Statement":[],"x":")" + std::string(size - frame.size(), 'a') + R"("})";
    };
    EXPECT_TRUE(read_policy(of(kPolicyMax)));
    EXPECT_EQ(read_policy(of(kPolicyMax + 1)).error().code, Errc::too_large);
    EXPECT_EQ(with_statement(of(kPolicyMax), permission("a"), kBus).error().field, "policy");
}

}  // namespace
}  // namespace ingestor::bus::rules
