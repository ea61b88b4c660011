#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/digest.hpp"
#include "documents/helper_pool.hpp"

namespace ingestor {
namespace {

namespace asio = boost::asio;
using formats::OutputKind;
using testing::HasSubstr;

using Answer = std::expected<ports::Extraction, ports::ExtractionError>;

asio::awaitable<void> extract_all(documents::HelperPool& pool, std::vector<std::string> documents,
                                  std::vector<OutputKind> outputs, std::vector<Answer>& answers) {
    EXPECT_TRUE(co_await pool.start());
    for (const auto& bytes : documents) {
        FileDescriptor file(::memfd_create("document", MFD_CLOEXEC));
        EXPECT_EQ(::write(file.get(), bytes.data(), bytes.size()),
                  static_cast<ssize_t>(bytes.size()));
        ports::ExtractionRequest request{.file = std::move(file),
                                         .size_bytes = bytes.size(),
                                         .filename = "notes.md",
                                         .source_uri = "s3://bucket/notes.md",
                                         .outputs = outputs,
                                         .limits = {}};
        answers.push_back(co_await pool.extract(std::move(request), {}, {}));
    }
    co_await pool.stop();
}

/// One answer a document, from the program that the server starts.
std::vector<Answer> extract_all(std::vector<std::string> documents,
                                std::vector<OutputKind> outputs = formats::stored_outputs()) {
    asio::io_context io;
    asio::thread_pool blocking(1);
    telemetry::Log log(telemetry::LogFormat::json, telemetry::LogLevel::error);
    telemetry::Metrics metrics;
    documents::HelperPool pool({.program = EXTRACT_PROGRAM, .slots = 1}, io.get_executor(),
                               blocking, log, metrics);
    std::vector<Answer> answers;
    asio::co_spawn(io, extract_all(pool, std::move(documents), std::move(outputs), answers),
                   [](const std::exception_ptr& failure) { EXPECT_FALSE(failure); });
    io.run();
    return answers;
}

TEST(RealHelper, TurnsAMarkdownFileIntoAllThreeOutputs) {
    const std::string document = "# Reisebericht\n\nDie *Anreise* war lang.\n";
    const auto answers = extract_all({document});
    ASSERT_EQ(answers.size(), 1U);
    const auto& extraction = answers.at(0);
    ASSERT_TRUE(extraction) << extraction.error().file_error.message;
    EXPECT_EQ(extraction->format, "markdown");
    EXPECT_THAT(std::string(extraction->of(OutputKind::markdown)), HasSubstr("# Reisebericht"));
    EXPECT_THAT(std::string(extraction->of(OutputKind::markdown)),
                HasSubstr("Die *Anreise* war lang."));
    EXPECT_THAT(std::string(extraction->of(OutputKind::sidecar)),
                HasSubstr("agent2-ingestor.sidecar/2"));
    EXPECT_THAT(std::string(extraction->of(OutputKind::chunks)), HasSubstr("s3://bucket/notes.md"));
    EXPECT_EQ(extraction->words, 5U);
    EXPECT_EQ(extraction->sha256, sha256_hex(document));
}

TEST(RealHelper, MakesWhatItIsAskedForAndNothingElse) {
    const auto answers = extract_all({"# Title\n"}, {OutputKind::text, OutputKind::html});
    ASSERT_TRUE(answers.at(0)) << answers.at(0).error().file_error.message;
    const auto& outputs = answers.at(0)->outputs;
    ASSERT_EQ(outputs.size(), 2U);
    EXPECT_EQ(outputs[0].kind, OutputKind::text);
    EXPECT_EQ(outputs[0].bytes, "Title\n");
    EXPECT_EQ(outputs[1].kind, OutputKind::html);
    EXPECT_THAT(outputs[1].bytes, HasSubstr("<h1>Title</h1>"));
}

TEST(RealHelper, NamesWhatIsWrongAndGoesOn) {
    const auto answers = extract_all({"", "%PDF-1.4\nno more", "Sound text.\n"});
    ASSERT_EQ(answers.size(), 3U);
    EXPECT_EQ(answers.at(0).error().file_error.code, "empty");
    EXPECT_EQ(answers.at(1).error().file_error.code, "corrupt");
    EXPECT_EQ(answers.at(2).value().of(OutputKind::markdown), "Sound text.\n");
}

TEST(RealHelper, HasTheTablesOfEveryEncodingInItsSandbox) {
    const auto answers =
        extract_all({"Gr\xF6\xDF"
                     "e und H\xF6he\n",
                     "\xF0\xD2\xC9\xD7\xC5\xD4, \xCD\xC9\xD2!\n",
                     "\xC6\xFC\xCB\xDC\xB8\xEC\xA4\xC7\xA4\xB9\xA1\xA3\n", "\x1B$BF|K\\8l\x1B(B\n",
                     "Caf\x8E na\x95ve\n", "\xBE\xC8\xB3\xE7\xC7\xCF\xBC\xBC\xBF\xE4\n",
                     "\xC4\xC5\xC1\xD9\x40\xC3\xE4\xE2\xE3\xD6\xD4\xC5\xD9\x40\xC1\xC2\xC3\x40\xC4"
                     "\xC5\xC6\x15"});
    const std::vector<std::string> texts = {
        "Größe und Höhe\n", "Привет, мир!\n", "日本語です。\n",         "日本語\n",
        "Café naïve\n",     "안녕하세요\n",   "DEAR CUSTOMER ABC DEF\n"};
    ASSERT_EQ(answers.size(), texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) {
        ASSERT_TRUE(answers.at(i)) << answers.at(i).error().file_error.message;
        EXPECT_EQ(answers.at(i)->of(OutputKind::markdown), texts.at(i));
    }
}

}  // namespace
}  // namespace ingestor
