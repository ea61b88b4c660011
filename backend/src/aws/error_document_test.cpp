#include "aws/error_document.hpp"

#include <gtest/gtest.h>

namespace ingestor::aws {
namespace {

struct Row {
    const char* name;
    const char* header;  ///< x-amzn-ErrorType
    const char* body;
    const char* code;
    const char* message;
};

class ErrorDocumentTest : public ::testing::TestWithParam<Row> {};

TEST_P(ErrorDocumentTest, IsRead) {
    const auto& row = GetParam();
    httpclient::HttpReply reply{.status = 400, .headers = {}, .body = row.body};
    if (*row.header != '\0') reply.headers.emplace_back("x-amzn-errortype", row.header);
    const auto document = read_error(reply);
    EXPECT_EQ(document.code, row.code);
    EXPECT_EQ(document.message, row.message);
}

INSTANTIATE_TEST_SUITE_P(
    Of, ErrorDocumentTest,
    ::testing::Values(
        Row{"DynamoDb", "",
            R"({"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"no table"})",
            "ResourceNotFoundException", "no table"},
        Row{"CapitalMessage", "", R"({"__type":"ThrottlingException","Message":"slow"})",
            "ThrottlingException", "slow"},
        Row{"Header", "ValidationException:http://internal.example/", R"({"message":"bad"})",
            "ValidationException", "bad"},
        Row{"S3", "",
            "<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>",
            "NoSuchKey", "gone"},
        Row{"Sts", "",
            "<ErrorResponse "
            "xmlns=\"x\"><Error><Type>Sender</Type><Code>ExpiredTokenException</Code>"
            "<Message>old</Message></Error></ErrorResponse>",
            "ExpiredTokenException", "old"},
        Row{"NothingAtAll", "", "", "", "status 400"},
        Row{"BrokenJson", "", "{\"__type\":", "", "status 400"},
        Row{"BrokenXml", "", "<Error><Code>", "", "status 400"},
        Row{"Html", "", "<html><body>Bad gateway</body></html>", "", "status 400"},
        Row{"OtherTypes", "", R"({"__type":7,"message":[]})", "", "status 400"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(HoldsError, LooksAtTheRoot) {
    const auto holds = [](const char* body) {
        return holds_error({.status = 200, .headers = {}, .body = body});
    };
    EXPECT_TRUE(holds("<?xml version=\"1.0\"?><Error><Code>InternalError</Code></Error>"));
    EXPECT_FALSE(holds("<CompleteMultipartUploadResult><Error/></CompleteMultipartUploadResult>"));
    EXPECT_FALSE(holds("an <Error>"));
    EXPECT_FALSE(holds(""));
}

}  // namespace
}  // namespace ingestor::aws
