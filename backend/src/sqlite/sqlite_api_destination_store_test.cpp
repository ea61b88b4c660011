#include "sqlite/sqlite_api_destination_store.hpp"

#include <gmock/gmock.h>

#include "sqlite/testing/test_database.hpp"

namespace ingestor::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::run;

class NoClock final : public ports::Clock {
public:
    [[nodiscard]] TimePoint now() const override { return {}; }
};

constexpr TimePoint kNoon{std::chrono::hours(12)};

ports::Connection connection(const std::string& name, ports::Authorization authorization) {
    return {.name = name,
            .id = "id-" + name,
            .description = "Müller's \"key\"",
            .authorization = std::move(authorization),
            .parameters = {.headers = {{"X-A", "1"}, {"X-B", "s\n", true}},
                           .query = {{"q", ""}},
                           .body = {{"b", "\"2\"", true}}},
            .state = ports::ConnectionState::deauthorized,
            .state_reason = "refused",
            .created_at = kNoon,
            .modified_at = kNoon + std::chrono::seconds(1)};
}

class SqliteApiDestinationStoreTest : public ::testing::Test {
protected:
    void reopen() {
        store_.reset();
        database_.reset();
        database_ = testing::open_database(directory_.path(), clock_);
        store_.emplace(*database_);
    }

    TemporaryDirectory directory_;
    boost::asio::io_context io_;
    NoClock clock_;
    std::unique_ptr<Database> database_ = testing::open_database(directory_.path(), clock_);
    std::optional<SqliteApiDestinationStore> store_ = SqliteApiDestinationStore(*database_);
};

TEST_F(SqliteApiDestinationStoreTest, KeepsEveryKindOfConnection) {
    const auto basic = connection("a", ports::BasicAuthorization{"ada", "p\"w"});
    const auto key = connection("b", ports::ApiKeyAuthorization{"X-Key", "k"});
    auto oauth = connection("c", ports::OAuthAuthorization{.client_id = "id",
                                                           .client_secret = "s",
                                                           .endpoint = "https://i.example",
                                                           .method = "GET",
                                                           .parameters = {.body = {{"x", "y"}}}});
    oauth.has_secrets = false;
    oauth.authorized_at = kNoon;
    for (const auto& each : {oauth, basic, key}) {
        ASSERT_TRUE(run(io_, store_->put_connection(each)));
    }
    reopen();
    EXPECT_THAT(run(io_, store_->connections()).value(), ElementsAre(basic, key, oauth));
    auto changed = basic;
    changed.authorization = ports::ApiKeyAuthorization{"X-Other", "v"};
    ASSERT_TRUE(run(io_, store_->put_connection(changed)));
    ASSERT_TRUE(run(io_, store_->delete_connection("b")));
    ASSERT_TRUE(run(io_, store_->delete_connection("none")));
    EXPECT_THAT(run(io_, store_->connections()).value(), ElementsAre(changed, oauth));
}

TEST_F(SqliteApiDestinationStoreTest, KeepsDestinations) {
    const ports::ApiDestination destination{.name = "d",
                                            .id = "i",
                                            .description = "of the depot",
                                            .connection_arn = "arn:c",
                                            .endpoint = "https://hooks.example/*",
                                            .method = "PATCH",
                                            .rate_max = 4'000'000'000U,
                                            .created_at = kNoon,
                                            .modified_at = kNoon + std::chrono::seconds(2)};
    ASSERT_TRUE(run(io_, store_->put_destination(destination)));
    reopen();
    EXPECT_THAT(run(io_, store_->destinations()).value(), ElementsAre(destination));
    ASSERT_TRUE(run(io_, store_->delete_destination("d")));
    EXPECT_THAT(run(io_, store_->destinations()).value(), IsEmpty());
}

}  // namespace
}  // namespace ingestor::sqlite
