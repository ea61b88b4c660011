#include "http/router.hpp"

#include <optional>
#include <stdexcept>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "async/testing/spawned_task.hpp"

namespace ingestor::http {
namespace {

namespace asio = boost::asio;
using boost::beast::http::verb;

/// A router whose every handler answers with its own template and what the parameters hold.
Router example_router() {
    Router router;
    const auto add = [&router](verb method, const std::string& path) {
        router.add(method, path,
                   [path](Request&, const PathParameters& parameters) -> asio::awaitable<Response> {
                       std::string text = path;
                       for (const auto& [name, value] : parameters.all()) {
                           text.append("|").append(name).append("=").append(value);
                       }
                       Response response;
                       response.body = std::move(text);
                       co_return response;
                   });
    };
    add(verb::get, "/");
    add(verb::get, "/health");
    add(verb::get, "/jobs");
    add(verb::get, "/jobs/counts");
    add(verb::post, "/jobs/retry");
    add(verb::get, "/jobs/{job_id}");
    add(verb::post, "/jobs/{job_id}/retry");
    add(verb::delete_, "/jobs/{id}");
    add(verb::get, "/jobs/{job_id}/documents/{n}/markdown");
    add(verb::get, "/app/");
    add(verb::get, "/files/{key:path}");
    return router;
}

struct Answer {
    unsigned status = 0;
    std::string body;
    std::string route;
    std::string allow;
    std::string location;
};

Answer ask(const Router& router, verb method, std::string target) {
    asio::io_context io;
    Request request;
    request.method = method;
    request.target = std::move(target);
    Answer answer;
    const auto response = async::testing::run_to_end(io, router.dispatch(request));
    answer.status = response.status;
    answer.body = std::get<std::string>(response.body);
    for (const auto& [name, value] : response.headers) {
        if (name == "allow") answer.allow = value;
        if (name == "location") answer.location = value;
    }
    answer.route = request.route;
    return answer;
}

struct MatchCase {
    const char* name;
    verb method;
    const char* target;
    const char* body;
};

constexpr MatchCase kMatches[] = {
    {"Root", verb::get, "/", "/"},
    {"Literal", verb::get, "/health", "/health"},
    {"QueryIsNoPartOfThePath", verb::get, "/jobs?limit=1/2", "/jobs"},
    {"LiteralBeforeParameter", verb::get, "/jobs/counts", "/jobs/counts"},
    {"Parameter", verb::get, "/jobs/7", "/jobs/{job_id}|job_id=7"},
    {"NamesAreThoseOfTheRoute", verb::delete_, "/jobs/7", "/jobs/{id}|id=7"},
    {"TwoParameters", verb::get, "/jobs/a/documents/0/markdown",
     "/jobs/{job_id}/documents/{n}/markdown|job_id=a|n=0"},
    {"ParametersAreDecoded", verb::get, "/jobs/a%20b+c%C3%A9", "/jobs/{job_id}|job_id=a b+c\u00e9"},
    {"AnEncodedSlashDoesNotSeparate", verb::get, "/jobs/a%2Fb", "/jobs/{job_id}|job_id=a/b"},
    {"LiteralsAreComparedDecoded", verb::get, "/he%61lth", "/health"},
    {"HeadIsServedFromGet", verb::head, "/jobs/7", "/jobs/{job_id}|job_id=7"},
    {"TrailingSlashInTheTemplate", verb::get, "/app/", "/app/"},
    {"RestTakesSlashes", verb::get, "/files/a/b%20c/d", "/files/{key:path}|key=a/b c/d"},
    {"RestMayBeEmpty", verb::get, "/files/", "/files/{key:path}|key="},
};

class RouterMatch : public testing::TestWithParam<MatchCase> {};
TEST_P(RouterMatch, MatchesTable) {
    const auto& row = GetParam();
    const auto router = example_router();
    const auto answer = ask(router, row.method, row.target);
    EXPECT_EQ(answer.status, 200U);
    EXPECT_EQ(answer.body, row.body);
    EXPECT_EQ(answer.route, answer.body.substr(0, answer.body.find('|')));
}
INSTANTIATE_TEST_SUITE_P(Router, RouterMatch, testing::ValuesIn(kMatches),
                         [](const auto& row) { return std::string(row.param.name); });

struct RefusalCase {
    const char* name;
    verb method;
    const char* target;
    unsigned status;
    const char* allow;
    const char* location;
};

constexpr RefusalCase kRefusals[] = {
    {"UnknownPath", verb::get, "/nothing", 404, "", ""},
    {"UnknownBelowAParameter", verb::get, "/jobs/7/nothing", 404, "", ""},
    {"EmptyParameter", verb::get, "/jobs//documents/0/markdown", 404, "", ""},
    {"CaseMatters", verb::get, "/Jobs", 404, "", ""},
    {"NotOriginForm", verb::get, "jobs", 404, "", ""},
    {"OtherMethod", verb::put, "/jobs/7", 405, "GET, HEAD, DELETE", ""},
    {"UnknownMethod", verb::unknown, "/health", 405, "GET, HEAD", ""},
    {"ALiteralHidesAParameterForEveryMethod", verb::get, "/jobs/retry", 405, "POST", ""},
    {"HeadWhereThereIsNoGet", verb::head, "/jobs/7/retry", 405, "POST", ""},
    {"SlashTooMany", verb::get, "/jobs/?limit=2", 307, "", "/jobs?limit=2"},
    {"SlashTooFew", verb::get, "/app", 307, "", "/app/"},
    {"SlashTooManyWithAnotherMethod", verb::put, "/jobs/", 307, "", "/jobs"},
    {"NoRedirectToAnotherHost", verb::get, "//files/x", 404, "", ""},
};

class RouterRefusal : public testing::TestWithParam<RefusalCase> {};
TEST_P(RouterRefusal, MatchesTable) {
    const auto& row = GetParam();
    const auto answer = ask(example_router(), row.method, row.target);
    EXPECT_EQ(answer.status, row.status);
    EXPECT_EQ(answer.allow, row.allow);
    EXPECT_EQ(answer.location, row.location);
    EXPECT_EQ(answer.route, "unmatched");
    if (row.status == 404) {
        EXPECT_EQ(answer.body, R"({"detail":"Not Found"})");
    } else if (row.status == 405) {
        EXPECT_EQ(answer.body, R"({"detail":"Method Not Allowed"})");
    }
}
INSTANTIATE_TEST_SUITE_P(Router, RouterRefusal, testing::ValuesIn(kRefusals),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Router, RefusesTemplatesThatCannotWork) {
    for (const std::string path : {"jobs", "/a{b}", "/{a", "/{}", "/{a:path}/b", "/{a:int}", "/%20",
                                   "/a?b", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}"}) {
        Router router;
        EXPECT_THROW(router.add(verb::get, path, {}), std::invalid_argument) << path;
    }
}

TEST(Router, RefusesARouteTwice) {
    Router router;
    router.add(verb::get, "/jobs/{a}", {});
    router.add(verb::post, "/jobs/{a}", {});
    EXPECT_THROW(router.add(verb::get, "/jobs/{b}", {}), std::invalid_argument);
}

}  // namespace
}  // namespace ingestor::http
