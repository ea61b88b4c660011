#include "bus/targets/target_kind.hpp"

#include <gtest/gtest.h>

namespace ingestor::bus::targets {
namespace {

TEST(TargetKind, IsToldByTheArn) {
    struct Row {
        std::string_view arn;
        std::optional<TargetKind> kind;
        std::string_view name;
    };
    for (const auto& [arn, kind, name] :
         {Row{"arn:aws:lambda:us-east-1:000000000000:function:f", TargetKind::function, "f"},
          Row{"arn:aws:events:us-east-1:000000000000:event-bus/depot", TargetKind::bus, "depot"},
          Row{"arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/a:*",
              TargetKind::log_group, "/aws/events/a"},
          Row{"arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/a", TargetKind::log_group,
              "/aws/events/a"},
          Row{"arn:aws:sqs:us-east-1:000000000000:q", TargetKind::queue, "q"},
          Row{"arn:aws:events:us-east-1:000000000000:rule/r", std::nullopt, ""},
          Row{"arn:aws:sns:us-east-1:000000000000:t", std::nullopt, ""},
          Row{"arn:aws:lambda:us-east-1:f", std::nullopt, ""},
          Row{"lambda:function:f", std::nullopt, ""}, Row{"", std::nullopt, ""}}) {
        EXPECT_EQ(kind_of(arn), kind) << arn;
        if (kind) {
            EXPECT_EQ(name_of(*kind, arn), name) << arn;
        }
        EXPECT_EQ(name_of(TargetKind::bus, arn).has_value(), kind == TargetKind::bus) << arn;
    }
}

TEST(TargetKind, AnArnHasAPartitionAndFourParts) {
    const auto arn = split_arn("arn:aws-cn:logs:cn-north-1:111122223333:log-group:a:b").value();
    EXPECT_EQ(arn.service, "logs");
    EXPECT_EQ(arn.region, "cn-north-1");
    EXPECT_EQ(arn.account, "111122223333");
    EXPECT_EQ(arn.resource, "log-group:a:b");
}

}  // namespace
}  // namespace ingestor::bus::targets
