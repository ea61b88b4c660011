#include "http/multipart.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"

namespace ingestor::http {
namespace {

namespace asio = boost::asio;

/// A body that arrives in pieces of the sizes given (the last one repeats).
class PiecewiseBody final : public Body {
public:
    PiecewiseBody(std::string bytes, std::vector<std::size_t> pieces)
        : bytes_(std::move(bytes)), pieces_(std::move(pieces)) {}

    asio::awaitable<Result<std::size_t>> read_some(std::span<char> buffer) override {
        const auto piece = pieces_[std::min(reads_++, pieces_.size() - 1)];
        const auto count = std::min({piece, buffer.size(), bytes_.size() - at_});
        bytes_.copy(buffer.data(), count, at_);
        at_ += count;
        co_return count;
    }
    [[nodiscard]] std::optional<std::uint64_t> content_length() const override {
        return std::nullopt;
    }
    void set_limit(std::uint64_t) override {}

private:
    std::string bytes_;
    std::vector<std::size_t> pieces_;
    std::size_t reads_ = 0;
    std::size_t at_ = 0;
};

/// The parts as text: `name[(filename)]:type=content;…`, or `error: message`.
asio::awaitable<std::string> describe(Body& body, MultipartLimits limits) {
    MultipartReader reader(body, "XX", limits);
    std::string text;
    while (true) {
        const auto part = co_await reader.next_part();
        if (!part) co_return text + "error: " + part.error().message;
        if (!*part) co_return text;
        text.append((*part)->name);
        if ((*part)->filename) text.append("(").append(*(*part)->filename).append(")");
        text.append(":").append((*part)->content_type).append("=");
        const auto content = co_await reader.read_all(1000);
        if (!content) co_return text + "error: " + content.error().message;
        text.append(*content).append(";");
    }
}

std::string parts_of(std::string bytes, std::vector<std::size_t> pieces = {1 << 20},
                     MultipartLimits limits = {}) {
    asio::io_context io;
    PiecewiseBody body(std::move(bytes), std::move(pieces));
    return async::testing::run_to_end(io, describe(body, limits));
}

std::string part(const std::string& name, const std::string& content) {
    return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content +
           "\r\n";
}

struct BodyCase {
    const char* name;
    std::string body;
    std::string expected;
};

const std::string kHead = "Content-Disposition: form-data; name=\"a\"";

const BodyCase kBodies[] = {
    {"TwoFields", part("a", "1") + part("b", "2") + "--XX--\r\n", "a:text/plain=1;b:text/plain=2;"},
    {"AFileWithItsType",
     "--XX\r\ncontent-disposition: form-data; name=f; filename=\"x.pdf\"\r\n"
     "CONTENT-TYPE: application/pdf\r\n\r\n%PDF\r\n--XX--",
     "f(x.pdf):application/pdf=%PDF;"},
    {"AControlCharacterInAFieldsName", part("a\x13", "1") + "--XX--", "a\x13:text/plain=1;"},
    {"NoParts", "--XX--\r\n", ""},
    {"PreambleAndEpilogueMeanNothing",
     "hello\r\n--X\r\n" + part("a", "1") + "--XX--\r\nbye\r\n--XX", "a:text/plain=1;"},
    {"EmptyContent", part("a", "") + part("b", "") + "--XX--", "a:text/plain=;b:text/plain=;"},
    {"ContentLeftOut", "--XX\r\n" + kHead + "\r\n\r\n--XX\r\n" + kHead + "\r\n\r\n--XX--",
     "a:text/plain=;a:text/plain=;"},
    {"LineBreaksAreContent", part("a", "\r\n1\r\n\r\n") + "--XX--", "a:text/plain=\r\n1\r\n\r\n;"},
    {"NearlyADelimiter",
     part("a", "\r\n-\r\n--\r\n--X\r\n--XY\r\n--XX-\r\n--XX x\r\n\r\r\n--XXX\n--XX\n") + "--XX--",
     "a:text/plain=\r\n-\r\n--\r\n--X\r\n--XY\r\n--XX-\r\n--XX x\r\n\r\r\n--XXX\n--XX\n;"},
    {"ContentThatBeginsLikeADelimiter", part("a", "--XXY") + "--XX--", "a:text/plain=--XXY;"},
    {"PaddingAfterTheBoundary",
     "--XX \t\r\n" + kHead + "\r\n\r\n1\r\n--XX  \r\n" + kHead + "\r\n\r\n2\r\n--XX--",
     "a:text/plain=1;a:text/plain=2;"},
    {"EndsWithinAPart", part("a", "1"),
     "a:text/plain=error: multipart: the body ends within a part"},
    {"EndsBeforeTheClosingHyphens", part("a", "1") + "--XX-",
     "a:text/plain=error: multipart: the body ends within a part"},
    {"NoDelimiterAtAll", "just text", "error: multipart: the body ends within a part"},
    {"PartWithoutHeaders", "--XX\r\n\r\n1\r\n--XX--", "error: multipart: a part without headers"},
    {"PartWithoutDisposition", "--XX\r\nContent-Type: a/b\r\n\r\n1\r\n--XX--",
     "error: multipart: a part without Content-Disposition"},
};

class MultipartBody : public testing::TestWithParam<BodyCase> {};
TEST_P(MultipartBody, GivesThePartsWhereverTheBytesAreSplit) {
    const auto& row = GetParam();
    EXPECT_EQ(parts_of(row.body), row.expected);
    EXPECT_EQ(parts_of(row.body, {1}), row.expected) << "byte by byte";
    for (std::size_t first = 1; first < row.body.size(); ++first) {
        EXPECT_EQ(parts_of(row.body, {first, 1 << 20}), row.expected) << "split at " << first;
    }
}
INSTANTIATE_TEST_SUITE_P(Multipart, MultipartBody, testing::ValuesIn(kBodies),
                         [](const auto& row) { return std::string(row.param.name); });

struct HeadCase {
    const char* name;
    const char* disposition;
    const char* field;     ///< Empty: refused.
    const char* filename;  ///< Null: none.
};

constexpr HeadCase kHeads[] = {
    {"Tokens", "form-data; name=a; filename=b.txt", "a", "b.txt"},
    {"Quoted", "form-data; name=\"a b\"; filename=\"c;d=e.txt\"", "a b", "c;d=e.txt"},
    {"EscapedQuote", R"(form-data; name="a"; filename="b\"c\\d.txt")", "a", "d.txt"},
    {"PercentQuoteOfBrowsers", R"(form-data; name="a%22"; filename="b%22c.txt")", "a\"",
     "b\"c.txt"},
    {"OtherPercentsStay", R"(form-data; name="a"; filename="100%20.txt")", "a", "100%20.txt"},
    {"Utf8", "form-data; name=\"a\"; filename=\"r\xC3\xA9sum\xC3\xA9.pdf\"", "a", "résumé.pdf"},
    {"Extended", "form-data; name=\"a\"; filename=\"x\"; filename*=utf-8'en'r%C3%A9.pdf", "a",
     "ré.pdf"},
    {"ExtendedInAnUnknownSetFallsBack",
     "form-data; name=\"a\"; filename=\"x.pdf\"; filename*=iso-8859-1''r%E9.pdf", "a", "x.pdf"},
    {"UnixPath", R"(form-data; name="a"; filename="../../etc/passwd")", "a", "passwd"},
    {"WindowsPath", R"(form-data; name="a"; filename="C:\docs\b.doc")", "a", "b.doc"},
    {"EmptyFilename", R"(form-data; name="a"; filename="")", "a", ""},
    {"NoFilename", R"(form-data; name="a")", "a", nullptr},
    {"NoName", "form-data; filename=\"b\"", "", nullptr},
    {"NotFormData", "attachment; name=\"a\"", "", nullptr},
    {"OpenQuote", "form-data; name=\"a", "", nullptr},
    {"NameTwice", "form-data; name=a; NAME=b", "", nullptr},
    {"NoEqualsSign", "form-data; name", "", nullptr},
    {"NotUtf8", "form-data; name=\"a\"; filename=\"\xE9.pdf\"", "", nullptr},
    {"ControlCharacter", "form-data; name=\"a\"; filename=\"a\x01.pdf\"", "", nullptr},
};

class MultipartHead : public testing::TestWithParam<HeadCase> {};
TEST_P(MultipartHead, MatchesTable) {
    const auto& row = GetParam();
    const auto head = parse_part_head(std::string("Content-Disposition: ") + row.disposition);
    if (std::string_view(row.field).empty()) {
        ASSERT_FALSE(head);
        EXPECT_EQ(head.error().code, Errc::invalid_argument);
        return;
    }
    ASSERT_TRUE(head) << head.error().message;
    EXPECT_EQ(head->name, row.field);
    EXPECT_EQ(head->filename.has_value(), row.filename != nullptr);
    if (row.filename != nullptr) {
        EXPECT_EQ(head->filename, row.filename);
    }
}
INSTANTIATE_TEST_SUITE_P(Multipart, MultipartHead, testing::ValuesIn(kHeads),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Multipart, RefusesATransferEncoding) {
    const auto head = parse_part_head(kHead + "\r\nContent-Transfer-Encoding: base64");
    ASSERT_FALSE(head);
    EXPECT_EQ(head.error().code, Errc::unsupported);
    EXPECT_TRUE(parse_part_head(kHead + "\r\nContent-Transfer-Encoding: binary"));
}

TEST(Multipart, RefusesFoldedAndMalformedHeaders) {
    EXPECT_FALSE(parse_part_head(kHead + "\r\n folded"));
    EXPECT_FALSE(parse_part_head(kHead + "\r\nno colon"));
    EXPECT_FALSE(parse_part_head(kHead + "\r\n" + kHead));
}

TEST(Multipart, ReadsTheBoundary) {
    EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=a-b"), "a-b");
    EXPECT_EQ(multipart_boundary("Multipart/Form-Data;charset=utf-8; boundary=\"a b\""), "a b");
    EXPECT_EQ(multipart_boundary("multipart/mixed; boundary=a").error().code, Errc::unsupported);
    EXPECT_EQ(multipart_boundary("").error().code, Errc::unsupported);
    const std::vector<std::string> refused = {"", "; boundary=", "; boundary=\"a \"",
                                              "; boundary=a\r\nb",
                                              "; boundary=" + std::string(71, '0')};
    for (const auto& bad : refused) {
        EXPECT_EQ(multipart_boundary("multipart/form-data" + bad).error().code,
                  Errc::invalid_argument)
            << bad;
    }
}

TEST(Multipart, PartsAreLimited) {
    const auto body = part("a", "1") + part("a", "1") + "--XX--";
    EXPECT_EQ(parts_of(body, {7}, {.parts_max = 2}), "a:text/plain=1;a:text/plain=1;");
    EXPECT_EQ(parts_of(body, {7}, {.parts_max = 1}),
              "a:text/plain=1;error: multipart: over 1 parts");
}

TEST(Multipart, HeadersOfAPartAreLimited) {
    const auto body = part("a", "1") + "--XX--";
    EXPECT_EQ(parts_of(body, {3}, {.part_header_bytes_max = kHead.size()}), "a:text/plain=1;");
    EXPECT_EQ(parts_of(body, {3}, {.part_header_bytes_max = kHead.size() - 1}),
              "error: multipart: the headers of a part are over 39 bytes");
}

TEST(Multipart, FieldsReadIntoMemoryAreLimited) {
    EXPECT_EQ(parts_of(part("a", std::string(1000, 'x')) + "--XX--"),
              "a:text/plain=" + std::string(1000, 'x') + ";");
    EXPECT_EQ(parts_of(part("a", std::string(1001, 'x')) + "--XX--"),
              "a:text/plain=error: multipart: field 'a' is over 1000 bytes");
}

TEST(Multipart, AnUnreadPartIsPassedOver) {
    asio::io_context io;
    PiecewiseBody body(part("a", std::string(300'000, 'x')) + part("b", "2") + "--XX--", {4096});
    std::string names;
    const auto read = [](Body& from, std::string& into) -> asio::awaitable<void> {
        MultipartReader reader(from, "XX");
        while (const auto head = co_await reader.next_part()) {
            if (!*head) break;
            into.append((*head)->name);
        }
    };
    auto ended = [](const std::exception_ptr& error) { ASSERT_FALSE(error); };
    async::testing::spawn_for_test(io, read(body, names), ended);
    io.run();
    EXPECT_EQ(names, "ab");
}

}  // namespace
}  // namespace ingestor::http
