#include "api/job_json.hpp"

#include <set>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "api/schemas.hpp"

namespace ingestor::api {
namespace {

namespace json = boost::json;

/// The members of a schema: those it describes, which are all required and all there is.
std::set<std::string> members_of(const std::string& schema) {
    const auto schemas = json::parse(kSchemas).as_object();
    const auto& object = schemas.at(schema).as_object();
    std::set<std::string> described;
    for (const auto& [name, value] : object.at("properties").as_object()) described.insert(name);
    std::set<std::string> required;
    for (const auto& name : object.at("required").as_array()) {
        required.insert(std::string(name.as_string()));
    }
    EXPECT_EQ(described, required) << schema;
    EXPECT_FALSE(object.at("additionalProperties").as_bool()) << schema;
    return described;
}

std::set<std::string> members_of(const json::object& object) {
    std::set<std::string> names;
    for (const auto& [name, value] : object) names.insert(name);
    return names;
}

jobs::JobView finished_job() {
    jobs::JobView view;
    auto& job = view.job;
    job.job_id = domain::JobId("01890a5d-ac96-774b-bcce-b302099a8057");
    job.user_id = domain::UserId("ada");
    job.job_name = "a \"name\"";
    job.status = domain::JobStatus::failed;
    job.total_documents = 2;
    job.documents_processed = 2;
    job.error = "one of 2 documents failed";
    job.created_at = TimePoint{std::chrono::milliseconds{1'000}};
    job.attempts.push_back({.number = 1,
                            .started_at = job.created_at,
                            .ended_at = job.created_at,
                            .error = "crash",
                            .interrupted = true});
    domain::JobFile good{.file_key = domain::ObjectKey("uploads/ada/x/a.pdf")};
    good.status = domain::FileStatus::completed;
    good.pages = 3;
    good.duration = std::chrono::milliseconds{12};
    domain::JobFile bad{.file_key = domain::ObjectKey("uploads/ada/x/b.pdf")};
    bad.status = domain::FileStatus::failed;
    bad.error = domain::FileError{.code = "encrypted", .message = "needs a password"};
    job.files = {good, bad};
    return view;
}

TEST(JobJson, WritesWhatTheSchemaDescribesAndNothingElse) {
    const auto job = to_json(finished_job());
    EXPECT_EQ(members_of(job), members_of("Job"));
    EXPECT_EQ(members_of(to_summary(finished_job().job)), members_of("JobSummary"));
    EXPECT_EQ(members_of(job.at("files").at(0).as_object()), members_of("JobFile"));
    EXPECT_EQ(members_of(job.at("files").at(0).at("links").as_object()), members_of("OutputLinks"));
    EXPECT_EQ(members_of(job.at("files").at(1).at("error").as_object()), members_of("FileError"));
    EXPECT_EQ(members_of(job.at("attempts").at(0).as_object()), members_of("Attempt"));
}

TEST(JobJson, LinksOnlyWhatIsThere) {
    const auto job = to_json(finished_job());
    EXPECT_EQ(job.at("files").at(0).at("links").at("markdown").as_string(),
              "/jobs/01890a5d-ac96-774b-bcce-b302099a8057/documents/0/markdown");
    EXPECT_TRUE(job.at("files").at(1).at("links").is_null());
    EXPECT_EQ(job.at("files").at(1).at("error").at("code").as_string(), "encrypted");
}

TEST(JobJson, TimesAreRfc3339OrNull) {
    const auto job = to_json(finished_job());
    EXPECT_EQ(job.at("created_at").as_string(), "1970-01-01T00:00:01.000Z");
    EXPECT_TRUE(job.at("finished_at").is_null());
}

}  // namespace
}  // namespace ingestor::api
