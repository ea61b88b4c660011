#include "http/request_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor::http {
namespace {

struct HeadCase {
    const char* name;
    std::string head;
    unsigned status;  ///< 0: accepted.
};

std::string with(const std::string& headers) {
    return "POST /x HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}

std::string of_size(std::size_t bytes) {
    const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    return begin + std::string(bytes - begin.size() - 4, 'x') + "\r\n\r\n";
}

std::string with_target(std::size_t bytes) {
    return "GET /" + std::string(bytes - 1, 't') + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

const HeadCase kHeads[] = {
    // Framing: what a server in front could read differently.
    {"OneLength", with("Content-Length: 5\r\n"), 0},
    {"LengthTwice", with("Content-Length: 5\r\nContent-Length: 6\r\n"), 400},
    {"SameLengthTwice", with("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
    {"ListOfLengths", with("Content-Length: 5, 5\r\n"), 400},
    {"SignedLength", with("Content-Length: +5\r\n"), 400},
    {"NegativeLength", with("Content-Length: -1\r\n"), 400},
    {"HexLength", with("Content-Length: 0x10\r\n"), 400},
    {"FractionalLength", with("Content-Length: 5.0\r\n"), 400},
    {"EmptyLength", with("Content-Length:\r\n"), 400},
    {"LengthBeyond64Bits", with("Content-Length: 18446744073709551616\r\n"), 400},
    {"LengthWithABlankInIt", with("Content-Length: 1 0\r\n"), 400},
    {"Chunked", with("Transfer-Encoding: chunked\r\n"), 0},
    {"ChunkedInAnyCase", with("transfer-encoding: ChUnKeD\r\n"), 0},
    {"LengthThenChunked", with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"ChunkedThenLength", with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
    {"ChunkedTwice", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"ChunkedTwiceInOne", with("Transfer-Encoding: chunked, chunked\r\n"), 501},
    {"GzipChunked", with("Transfer-Encoding: gzip, chunked\r\n"), 501},
    {"ChunkedNotLast", with("Transfer-Encoding: chunked, identity\r\n"), 501},
    {"Identity", with("Transfer-Encoding: identity\r\n"), 400},
    {"IdentityWithLength", with("Transfer-Encoding: identity\r\nContent-Length: 5\r\n"), 400},
    {"ObscuredChunked", with("Transfer-Encoding: xchunked\r\n"), 400},
    {"QuotedChunked", with("Transfer-Encoding: \"chunked\"\r\n"), 400},
    {"VerticalTabBeforeChunked",
     with("Transfer-Encoding:\x0B"
          "chunked\r\n"),
     400},
    {"EmptyCoding", with("Transfer-Encoding:\r\n"), 400},
    {"CodingInHttp10", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    // Lines.
    {"BlankBeforeTheColon", with("Content-Length : 5\r\n"), 400},
    {"TabBeforeTheColon", with("Transfer-Encoding\t: chunked\r\n"), 400},
    {"FoldedHeader", with("X: a\r\n b\r\n"), 400},
    {"FoldedWithATab", with("X: a\r\n\tb\r\n"), 400},
    {"BlankBeforeTheFirstHeader", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
    {"LineWithoutColon", with("nonsense\r\n"), 400},
    {"EmptyName", with(": x\r\n"), 400},
    {"NameThatIsNoToken", with("X(y): 1\r\n"), 400},
    {"NulInAValue", with(std::string("X: a\0b\r\n", 8)), 400},
    {"NulInAName", with(std::string("X\0: a\r\n", 7)), 400},
    {"ControlInAValue",
     with("X: a\x01"
          "b\r\n"),
     400},
    {"BareLineFeedInAHeader", with("X: a\nContent-Length: 5\r\n"), 400},
    {"BareCarriageReturnInAHeader", with("X: a\rContent-Length: 5\r\n"), 400},
    {"BareLineFeedsOnly", "GET / HTTP/1.1\nHost: a\n\n", 400},
    {"LatinOneInAValue", with("X: caf\xE9\r\n"), 0},
    // Host.
    {"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
    {"NoHostInHttp10", "GET / HTTP/1.0\r\n\r\n", 0},
    {"EmptyHost", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 0},
    {"HostTwice", with("Host: b\r\n"), 400},
    {"SameHostTwice", with("Host: a\r\n"), 400},
    {"HostWithAPath", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
    {"HostWithAUser", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
    {"HostWithABlank", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
    {"HostWithPort", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", 0},
    // The request line.
    {"UnknownMethod", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    {"MethodThatIsNoToken", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"TwoBlanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"NoVersion", "GET /\r\nHost: a\r\n\r\n", 400},
    {"BlankInTheTarget", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 505},
    {"FragmentInTheTarget", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"NulInTheTarget", std::string("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 28), 400},
    {"TabInTheTarget", "GET /\t HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"Http2Preface", "PRI * HTTP/2.0\r\n\r\n", 505},
    {"Http09", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
    {"Http12", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
    {"LowerCaseHttp", "GET / http/1.1\r\nHost: a\r\n\r\n", 505},
    {"BlankAfterTheVersion", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 505},
    {"AbsoluteForm", "GET http://b/x HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    {"AbsoluteFormWithoutHost", "GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"AbsoluteFormWithAUser", "GET http://u@b/x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"OtherScheme", "GET ftp://b/x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"AuthorityForm", "CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\n\r\n", 400},
    {"AsteriskForm", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    {"AsteriskFormOfAnotherMethod", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"RelativeTarget", "GET x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    // Expectations.
    {"ExpectContinue", with("Expect: 100-Continue\r\nContent-Length: 1\r\n"), 0},
    {"OtherExpectation", with("Expect: a-miracle\r\n"), 417},
    // Limits, at their edge.
    {"HeadAtItsLimit", of_size(std::size_t{16} << 10), 0},
    {"HeadOverItsLimit", of_size((std::size_t{16} << 10) + 1), 431},
    {"HeadWithoutEnd", of_size((std::size_t{16} << 10) + 4).substr(0, std::size_t{16} << 10), 431},
    {"TargetAtItsLimit", with_target(std::size_t{8} << 10), 0},
    {"TargetOverItsLimit", with_target((std::size_t{8} << 10) + 1), 414},
    {"TargetWithoutEnd", with_target(std::size_t{20} << 10).substr(0, std::size_t{16} << 10), 414},
};

class RequestHead : public testing::TestWithParam<HeadCase> {};
TEST_P(RequestHead, MatchesTable) {
    const auto& row = GetParam();
    Request request;
    const ServerLimits limits;
    RequestParser parser(request, limits);
    const auto taken = parser.parse_head(row.head + "rest");
    if (row.status == 0) {
        ASSERT_TRUE(taken) << taken.error().status << taken.error().detail;
        EXPECT_EQ(*taken, row.head.size());
    } else {
        ASSERT_FALSE(taken);
        EXPECT_EQ(taken.error().status, row.status) << taken.error().detail;
    }
}
INSTANTIATE_TEST_SUITE_P(RequestParser, RequestHead, testing::ValuesIn(kHeads),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RequestParser, AsksForMoreUntilTheHeadIsThere) {
    const auto head = with("Content-Length: 5\r\nX-Y: z\r\n");
    Request request;
    const ServerLimits limits;
    RequestParser parser(request, limits);
    for (std::size_t size = 1; size < head.size(); ++size) {
        ASSERT_EQ(parser.parse_head(head.substr(0, size)), 0U) << size;
    }
    EXPECT_EQ(parser.parse_head(head), head.size());
    EXPECT_EQ(parser.content_length(), 5U);
    EXPECT_EQ(request.header("x-y"), "z");
}

struct ChunkCase {
    const char* name;
    std::string body;
    const char* expected;  ///< Null: refused.
};

const ChunkCase kChunks[] = {
    {"OneChunk", "5\r\nhello\r\n0\r\n\r\n", "hello"},
    {"TwoChunks", "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", "hello!"},
    {"NoChunks", "0\r\n\r\n", ""},
    {"UpperCaseSize", "A\r\n0123456789\r\n0\r\n\r\n", "0123456789"},
    {"LeadingZeroes", "0005\r\nhello\r\n000\r\n\r\n", "hello"},
    {"Extensions", "5;a=b;c=\"d;e\"\r\nhello\r\n0;last\r\n\r\n", "hello"},
    {"TrailersAreDropped", "5\r\nhello\r\n0\r\nX-Trailer: 1\r\nHost: evil\r\n\r\n", "hello"},
    {"SizeThatIsNoNumber", "x\r\nhello\r\n0\r\n\r\n", nullptr},
    {"NoSize", "\r\nhello\r\n0\r\n\r\n", nullptr},
    {"PrefixedSize", "0x5\r\nhello\r\n0\r\n\r\n", nullptr},
    {"NegativeSize", "-5\r\nhello\r\n0\r\n\r\n", nullptr},
    {"SignedSize", "+5\r\nhello\r\n0\r\n\r\n", nullptr},
    {"BlankBeforeTheSize", " 5\r\nhello\r\n0\r\n\r\n", nullptr},
    {"SizeBeyond64Bits", "10000000000000000\r\nhello\r\n0\r\n\r\n", nullptr},
    {"BareLineFeedAfterTheSize", "5\nhello\r\n0\r\n\r\n", nullptr},
    {"NoLineBreakAfterTheData", "5\r\nhello0\r\n\r\n", nullptr},
    {"DataLongerThanItsSize", "5\r\nhello!\r\n0\r\n\r\n", nullptr},
    {"BareLineFeedAfterTheData", "5\r\nhello\n0\r\n\r\n", nullptr},
    {"MalformedExtension", "5;=\r\nhello\r\n0\r\n\r\n", nullptr},
    {"MalformedTrailer", "5\r\nhello\r\n0\r\nbad trailer\r\n\r\n", nullptr},
};

class ChunkedBody : public testing::TestWithParam<ChunkCase> {};
TEST_P(ChunkedBody, DecodesHoweverItIsSplit) {
    const auto& row = GetParam();
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 1000U}) {
        for (const std::size_t room : {1U, 4U, 1000U}) {
            Request request;
            const ServerLimits limits;
            RequestParser parser(request, limits);
            const auto head = with("Transfer-Encoding: chunked\r\n");
            ASSERT_EQ(parser.parse_head(head), head.size());
            std::string waiting;
            std::string decoded;
            std::string left = row.body + "next";
            std::string out(room, '\0');
            bool refused = false;
            for (bool ended = false; !ended && !refused;) {
                const auto chunks = parser.decode_chunks(waiting, out);
                refused = !chunks;
                if (refused) break;
                ended = chunks->ended;
                decoded.append(out, 0, chunks->produced);
                waiting.erase(0, chunks->taken);
                if (chunks->produced > 0 || chunks->taken > 0 || ended) continue;
                ASSERT_FALSE(left.empty()) << "asks for more than there is";
                waiting.append(left, 0, piece);
                left.erase(0, piece);
            }
            EXPECT_EQ(refused, row.expected == nullptr);
            if (row.expected != nullptr) {
                EXPECT_EQ(decoded, row.expected);
                EXPECT_EQ(waiting + left, "next") << "nothing of the next request is taken";
                EXPECT_EQ(request.header("host"), "a");
                EXPECT_EQ(request.header("x-trailer"), "");
            }
        }
    }
}
INSTANTIATE_TEST_SUITE_P(RequestParser, ChunkedBody, testing::ValuesIn(kChunks),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RequestParser, ChunkExtensionsAreLimited) {
    Request request;
    const ServerLimits limits;
    RequestParser parser(request, limits);
    const auto head = with("Transfer-Encoding: chunked\r\n");
    ASSERT_EQ(parser.parse_head(head), head.size());
    const auto chunk = "1;" + std::string(1000, 'e') + "\r\nx\r\n";
    std::string out(100, '\0');
    int accepted = 0;
    std::string waiting;
    while (true) {
        waiting += chunk;
        const auto chunks = parser.decode_chunks(waiting, out);
        if (!chunks) break;
        waiting.erase(0, chunks->taken);
        ASSERT_LT(++accepted, 100);
    }
    EXPECT_EQ(accepted, 16);
}

}  // namespace
}  // namespace ingestor::http
