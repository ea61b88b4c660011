#include "lambda/http_answer.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "async/testing/spawned_task.hpp"
#include "base/encoding.hpp"
#include "lambda/runtime_client.hpp"

namespace ingestor::lambda {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using testing::HasSubstr;

class HttpAnswerTest : public testing::Test {
protected:
    HttpAnswerTest() { request.request_id = "r-1"; }

    json::object answer(http::Response& response, PayloadFormat format = PayloadFormat::v1) {
        last = async::testing::run_to_end(io, answer_http(format, request, response));
        EXPECT_LE(last.json.size(), kAnswerBytesMax);
        return json::parse(last.json).as_object();
    }

    asio::io_context io;
    http::Request request;
    HttpAnswer last;
};

http::Response text_response(std::string type, std::string body) {
    http::Response response;
    response.set("content-type", std::move(type));
    response.body = std::move(body);
    return response;
}

TEST_F(HttpAnswerTest, ARestApiGetsOnlyMembersThatItKnows) {
    auto response = text_response("application/json", "{}");
    response.set("Set-Cookie", "a=1").set("set-cookie", "b=2").set("Connection", "close");
    EXPECT_EQ(answer(response), json::parse(R"({
        "statusCode": 200,
        "headers": {"content-type": "application/json", "x-request-id": "r-1"},
        "multiValueHeaders": {"set-cookie": ["a=1", "b=2"]},
        "body": "{}", "isBase64Encoded": false})")
                                    .as_object());
}

TEST_F(HttpAnswerTest, AnHttpApiGetsItsCookiesApart) {
    auto response = text_response("text/plain; charset=utf-8", "hi");
    response.status = 202;
    response.set("set-cookie", "a=1").set("vary", "accept").set("Vary", "origin");
    EXPECT_EQ(answer(response, PayloadFormat::v2), json::parse(R"({
        "statusCode": 202,
        "headers": {"content-type": "text/plain; charset=utf-8", "vary": "accept, origin",
                    "x-request-id": "r-1"},
        "cookies": ["a=1"], "body": "hi", "isBase64Encoded": false})")
                                                       .as_object());
}

struct EncodingCase {
    const char* name;
    const char* type;
    std::string_view body;
    bool base64;
};
constexpr EncodingCase kEncodings[] = {
    {"Json", "application/json", "{}", false},
    {"Html", "text/html; charset=utf-8", "<p>", false},
    {"Problem", "application/problem+json", "{}", false},
    {"Svg", "image/svg+xml", "<svg/>", false},
    {"JsonLines", "application/jsonl", "{}\n", false},
    {"Pdf", "application/pdf", "%PDF", true},
    {"Octets", "application/octet-stream", "abc", true},
    {"TextThatIsNoUtf8", "text/plain; charset=iso-8859-1", "Gr\xFC\xDF", true},
};
class BodyOfAnswer : public HttpAnswerTest, public testing::WithParamInterface<EncodingCase> {};
TEST_P(BodyOfAnswer, IsEncodedByItsType) {
    auto response = text_response(GetParam().type, std::string(GetParam().body));
    const auto sent = answer(response);
    EXPECT_EQ(sent.at("isBase64Encoded"), GetParam().base64);
    const std::string body(GetParam().body);
    EXPECT_EQ(sent.at("body"), json::value(GetParam().base64 ? to_base64(body) : body));
}
INSTANTIATE_TEST_SUITE_P(HttpAnswer, BodyOfAnswer, testing::ValuesIn(kEncodings),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(HttpAnswerTest, ACompressedBodyGoesAsBase64) {
    auto response = text_response("text/css", "abc");
    response.set("content-encoding", "br");
    const auto sent = answer(response);
    EXPECT_EQ(sent.at("body"), "YWJj");
    EXPECT_EQ(sent.at("isBase64Encoded"), true);
}

TEST_F(HttpAnswerTest, AFileIsReadFromItsOffset) {
    const int fd = memfd_create("answer", MFD_CLOEXEC);
    ASSERT_GE(fd, 0);
    ASSERT_EQ(write(fd, "0123456789", 10), 10);
    auto response = text_response("text/plain", "");
    response.status = 206;
    response.body = http::FileBody{.fd = fd, .offset = 2, .length = 5, .owner = nullptr};
    EXPECT_EQ(answer(response).at("body"), "23456");
    close(fd);
}

TEST_F(HttpAnswerTest, AFileThatBecameShorterIsAFaultWithItsCause) {
    const int fd = memfd_create("answer", MFD_CLOEXEC);
    ASSERT_GE(fd, 0);
    http::Response response;
    response.body = http::FileBody{.fd = fd, .offset = 0, .length = 5, .owner = nullptr};
    EXPECT_EQ(answer(response).at("statusCode"), 500);
    EXPECT_EQ(response.status, 500U);
    EXPECT_THAT(last.failure, HasSubstr("shorter"));
    close(fd);
}

TEST_F(HttpAnswerTest, AStreamIsCollected) {
    auto response = text_response("text/csv", "");
    response.body = http::StreamBody([](http::ResponseWriter& writer) -> asio::awaitable<void> {
        co_await writer.write("a,b\n");
        co_await writer.write("1,2\n");
    });
    EXPECT_EQ(answer(response).at("body"), "a,b\n1,2\n");
}

TEST_F(HttpAnswerTest, AStreamThatThrowsIsAFaultWithItsCause) {
    auto response = text_response("text/csv", "");
    response.body = http::StreamBody([](http::ResponseWriter& writer) -> asio::awaitable<void> {
        co_await writer.write("a,b\n");
        throw std::runtime_error("the disk is gone");
    });
    EXPECT_EQ(answer(response).at("statusCode"), 500);
    EXPECT_EQ(last.failure, "the disk is gone");
}

TEST_F(HttpAnswerTest, AnEndlessStreamIsStoppedAtTheLimit) {
    auto response = text_response("text/plain", "");
    response.body = http::StreamBody([](http::ResponseWriter& writer) -> asio::awaitable<void> {
        const std::string piece(std::size_t{1} << 20, 'x');
        while (co_await writer.write(piece)) {
        }
    });
    EXPECT_EQ(answer(response).at("statusCode"), 413);
    EXPECT_EQ(last.failure, "");
}

TEST_F(HttpAnswerTest, WhatIsTooLargeOnceItIsEncodedSaysWhatToDo) {
    auto response = text_response("application/pdf", std::string(std::size_t{5} << 20, 'x'));
    response.set("access-control-allow-origin", "https://page.example");
    const auto sent = answer(response);
    EXPECT_EQ(sent.at("statusCode"), 413);
    EXPECT_EQ(response.status, 413U);
    EXPECT_EQ(sent.at("headers").at("access-control-allow-origin"), "https://page.example");
    const auto detail = json::parse(sent.at("body").as_string()).at("detail");
    EXPECT_THAT(std::string(detail.as_string()), HasSubstr("Range"));
}

TEST_F(HttpAnswerTest, FourAndAHalfMegabytesOfBytesFit) {
    auto response = text_response("application/pdf", std::string(4'500'000, '\xFF'));
    EXPECT_EQ(answer(response).at("statusCode"), 200);
}

TEST_F(HttpAnswerTest, AnEventStreamIsRefusedWithoutBeingRun) {
    auto response = text_response("text/event-stream", "");
    response.body = http::StreamBody([](http::ResponseWriter&) -> asio::awaitable<void> {
        ADD_FAILURE() << "the stream was run";
        co_return;
    });
    const auto sent = answer(response);
    EXPECT_EQ(sent.at("statusCode"), 501);
    EXPECT_THAT(std::string(sent.at("body").as_string()), HasSubstr("detail"));
}

TEST_F(HttpAnswerTest, HeadAndNoContentHaveNoBody) {
    auto no_content = text_response("text/plain", "x");
    no_content.status = 204;
    EXPECT_EQ(answer(no_content).at("body"), "");
    request.method = boost::beast::http::verb::head;
    auto head = text_response("text/plain", "x");
    EXPECT_EQ(answer(head).at("body"), "");
}

TEST_F(HttpAnswerTest, AHeaderThatCannotBeSentIsAFaultWithItsCause) {
    auto response = text_response("text/plain", "x");
    response.set("x-name", "a\r\nb: c");
    EXPECT_EQ(answer(response).at("statusCode"), 500);
    EXPECT_THAT(last.failure, HasSubstr("x-name"));
}

}  // namespace
}  // namespace ingestor::lambda
