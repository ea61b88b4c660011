#include "sqlite/migrations.hpp"

#include <array>

#include <gtest/gtest.h>

#include "sqlite/testing.hpp"

namespace ingestor::sqlite {
namespace {

constexpr std::array kOne = {"CREATE TABLE notes (n INTEGER PRIMARY KEY)"};
constexpr std::array kTwo = {kOne[0],
                             "ALTER TABLE notes ADD COLUMN text TEXT NOT NULL DEFAULT 'none'"};
constexpr std::array kBroken = {kOne[0], "CREATE TABLE more (n INTEGER); SELECT * FROM nowhere"};

class MigrationsTest : public ::testing::Test {
protected:
    testing::TemporaryDirectory directory_;
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
