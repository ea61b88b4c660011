#include "sqlite/migrations.hpp"

#include <array>

#include <gtest/gtest.h>

#include "sqlite/queries.hpp"
#include "sqlite/testing/test_database.hpp"

namespace ingestor::sqlite {
namespace {

constexpr std::array kOne = {"CREATE TABLE notes (n INTEGER PRIMARY KEY)"};
constexpr std::array kTwo = {kOne[0],
                             "ALTER TABLE notes ADD COLUMN text TEXT NOT NULL DEFAULT 'none'"};
constexpr std::array kBroken = {kOne[0], "CREATE TABLE more (n INTEGER); SELECT * FROM nowhere"};

class MigrationsTest : public ::testing::Test {
protected:
    TemporaryDirectory directory_;
    Connection connection_ = Connection::open(directory_.path() / "m.db", Access::write).value();
};

TEST_F(MigrationsTest, AnEmptyFileGetsAllTables) {
    ASSERT_TRUE(migrate(connection_));
    EXPECT_EQ(connection_.number("PRAGMA user_version"),
              static_cast<std::int64_t>(schema_steps().size()));
    EXPECT_EQ(connection_.number("SELECT count(*) FROM jobs"), 0);
    EXPECT_TRUE(migrate(connection_));
}

TEST_F(MigrationsTest, AnOlderFileKeepsItsRows) {
    ASSERT_TRUE(migrate(connection_, kOne));
    connection_.execute("INSERT INTO notes VALUES (7)");
    ASSERT_TRUE(migrate(connection_, kTwo));
    EXPECT_EQ(connection_.number("SELECT n FROM notes WHERE text = 'none'"), 7);
    EXPECT_EQ(connection_.number("PRAGMA user_version"), 2);
}

TEST_F(MigrationsTest, DocumentsOfTheFirstVersionAreKeptAndNotYetFoundByContent) {
    ASSERT_TRUE(migrate(connection_, schema_steps().first(1)));
    connection_.execute(
        "INSERT INTO jobs (job_id, user_id, job_name, status, total_documents, created_at, "
        "updated_at) VALUES (x'01', 'ada', 'old', 2, 1, 5, 5)");
    connection_.execute(
        "INSERT INTO job_files (job_id, n, status, file_key, filename, content_type, size_bytes) "
        "VALUES (x'01', 0, 2, 'k', 'old.pdf', 'application/pdf', 7)");
    ASSERT_TRUE(migrate(connection_));
    EXPECT_EQ(connection_.text("SELECT filename FROM job_files WHERE sha256 IS NULL AND user_id IS "
                               "NULL"),
              "old.pdf");
    connection_.execute("UPDATE job_files SET sha256 = x'ff', user_id = 'ada'");
    auto found = connection_.query(kDocumentsOfContent, std::string("ada"), Blob{"\xff"}, 1);
    ASSERT_TRUE(found.next());
    EXPECT_EQ(found.text(2), "old.pdf");
}

TEST_F(MigrationsTest, OfAnOlderDocumentItIsNotKnownWhichUploadItIs) {
    ASSERT_TRUE(migrate(connection_, schema_steps().first(5)));
    connection_.execute(
        "INSERT INTO job_files (job_id, n, status, file_key, filename, content_type, size_bytes) "
        "VALUES (x'01', 0, 0, 'k', 'old.pdf', 'application/pdf', 7)");
    ASSERT_TRUE(migrate(connection_));
    EXPECT_EQ(connection_.number("SELECT count(*) FROM job_files WHERE upload_etag IS NULL"), 1);
}

TEST_F(MigrationsTest, OfTheDeadLettersThatAJobMadeEachMinuteTheNewestIsLeft) {
    ASSERT_TRUE(migrate(connection_, schema_steps().first(2)));
    connection_.execute(
        "INSERT INTO rules (bus, name, description, event_pattern, enabled) "
        "VALUES ('b', 'r', '', '{}', 1);"
        // Two jobs, three events each; and two events of none.
        "INSERT INTO events (seq, stored_at, job_id, time, event_id, source, detail_type, account, "
        "region, resources, detail) VALUES (1, 0, x'01', 0, 'e', '', '', '', '', '', ''), "
        "(2, 0, x'01', 0, 'e', '', '', '', '', '', ''), (3, 0, x'01', 0, 'e', '', '', '', '', '', "
        "''), (4, 0, x'02', 0, 'e', '', '', '', '', '', ''), (5, 0, NULL, 0, 'e', '', '', '', '', "
        "'', ''), (6, 0, NULL, 0, 'e', '', '', '', '', '', '');"
        "INSERT INTO dead_letters (id, route, stage, attempts, created_at, next_at, dead_at, "
        "fairness_group, error_code, error_message, exhausted) "
        "SELECT seq << 12, 1, 0, 1, 0, 0, seq * 60, 'ada', 'NO_RESOURCE', '', '' FROM events");
    ASSERT_TRUE(migrate(connection_));
    EXPECT_EQ(connection_.number("SELECT count(*) FROM dead_letters"), 4);
    EXPECT_EQ(connection_.number("SELECT id >> 12 FROM dead_letters WHERE job_id = x'01'"), 3);
    EXPECT_EQ(connection_.number("SELECT first_dead_at FROM dead_letters WHERE job_id = x'01'"),
              180);
    EXPECT_EQ(connection_.number("SELECT count(*) FROM rules WHERE managed = 1"), 1);
}

TEST_F(MigrationsTest, ANewerFileIsRefused) {
    ASSERT_TRUE(migrate(connection_, kTwo));
    const auto refused = migrate(connection_, kOne);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    EXPECT_NE(refused.error().message.find("newer program"), std::string::npos);
}

TEST_F(MigrationsTest, AStepThatFailsIsTakenBackWhole) {
    ASSERT_FALSE(migrate(connection_, kBroken));
    EXPECT_EQ(connection_.number("PRAGMA user_version"), 1);
    EXPECT_EQ(connection_.number("SELECT count(*) FROM sqlite_schema WHERE name = 'more'"), 0);
    EXPECT_TRUE(migrate(connection_, kTwo));
}

}  // namespace
}  // namespace ingestor::sqlite
