#include "api/problem.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace ingestor::api {
namespace {

std::string body_of(const http::Response& response) {
    return std::get<std::string>(response.body);
}

TEST(Problem, ATextBecomesTheDetail) {
    const auto response = problem({.code = Errc::conflict, .message = "it has ended"});
    EXPECT_EQ(response.status, 409U);
    EXPECT_EQ(body_of(response), R"({"detail":"it has ended"})");
}

TEST(Problem, AWrongFieldBecomesFastApisList) {
    const auto response = problem(
        {.code = Errc::invalid_argument, .message = "too long", .field = "files.3.file_key"});
    EXPECT_EQ(response.status, 422U);
    EXPECT_EQ(
        body_of(response),
        R"({"detail":[{"loc":["body","files",3,"file_key"],"msg":"too long","type":"value_error"}]})");
}

TEST(Problem, FaultsOfOursAreForTheLogAlone) {
    const auto response =
        problem({.code = Errc::internal, .message = "sqlite: no such column: secret"});
    EXPECT_EQ(response.status, 500U);
    EXPECT_EQ(body_of(response),
              R"({"detail":"the service failed at this, and its log says why"})");
    EXPECT_EQ(response.failure, "sqlite: no such column: secret");
    const auto unavailable =
        problem({.code = Errc::unavailable, .message = "SQLITE_FULL: /var/lib/jobs.db"});
    EXPECT_EQ(unavailable.status, 503U);
    EXPECT_EQ(body_of(unavailable).find("SQLITE"), std::string::npos);
    EXPECT_EQ(unavailable.failure, "SQLITE_FULL: /var/lib/jobs.db");
    EXPECT_EQ(problem({.code = Errc::not_found, .message = "no such job"}).failure, "");
}

TEST(Problem, NoRoomIsInsufficientStorageWithTheRemedy) {
    const auto response =
        problem({.code = Errc::out_of_space, .message = "write /srv/data/x: No space left"});
    EXPECT_EQ(response.status, 507U);
    EXPECT_NE(body_of(response).find("make room"), std::string::npos);
    EXPECT_EQ(body_of(response).find("/srv"), std::string::npos);
    EXPECT_EQ(response.failure, "write /srv/data/x: No space left");
}

TEST(Problem, NamesAHundredFaultsAndCountsTheRest) {
    for (const std::size_t count : {Faults::kNamedMax, Faults::kNamedMax + 1, std::size_t{5000}}) {
        Faults faults;
        for (std::size_t i = 0; i < count; ++i) faults.add(Place::body, "a.0", "wrong", "type");
        const auto response = validation_problem(std::move(faults));
        const auto list = boost::json::parse(body_of(response)).at("detail").as_array();
        EXPECT_EQ(list.size(), std::min(count, Faults::kNamedMax + 1));
        if (count == Faults::kNamedMax) continue;
        EXPECT_EQ(list.back().at("msg").as_string(),
                  "and " + std::to_string(count - Faults::kNamedMax) + " more faults");
    }
}

TEST(Problem, SaysHowToComeBack) {
    const auto has = [](const http::Response& response, std::string_view name) {
        for (const auto& [header, value] : response.headers) {
            if (header == name) return true;
        }
        return false;
    };
    EXPECT_TRUE(has(problem({.code = Errc::unauthenticated, .message = "m"}), "www-authenticate"));
    EXPECT_TRUE(has(problem({.code = Errc::unavailable, .message = "m"}), "retry-after"));
    EXPECT_TRUE(has(problem({.code = Errc::out_of_space, .message = "m"}), "retry-after"));
    EXPECT_TRUE(has(problem({.code = Errc::rate_limited, .message = "m"}), "retry-after"));
}

}  // namespace
}  // namespace ingestor::api
