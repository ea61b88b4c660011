#include "awsapi/s3/testing/fixture.hpp"

namespace ingestor::awsapi::s3 {

using namespace testing;
namespace {

struct Row {
    const char* name;
    const char* method;
    std::string key;  ///< Within the bucket; empty: the bucket itself.
    const sigv4::Credentials& by;
    unsigned status;
};

std::string output_of(std::string_view job, const char* prefix = "documents/") {
    return prefix + std::string(job) + "/0-a.md";
}

/// No object is there: who may look gets 404, who may not must not learn even that.
std::vector<Row> rows() {
    return {
        {"OwnUploadIsWritten", "PUT", "uploads/ann/x/a.txt", kUserKey, 200},
        {"OwnUploadIsRead", "GET", "uploads/ann/x/gone", kUserKey, 404},
        {"OwnUploadIsDescribed", "HEAD", "uploads/ann/x/gone", kUserKey, 404},
        {"OwnUploadIsDeleted", "DELETE", "uploads/ann/x/a.txt", kUserKey, 204},
        {"OwnOutputIsRead", "GET", output_of(kJobOfAnn), kUserKey, 404},
        {"OwnSidecarIsRead", "GET", output_of(kJobOfAnn, "sidecars/"), kUserKey, 404},
        {"OwnOutputIsNotWritten", "PUT", output_of(kJobOfAnn), kUserKey, 403},
        {"OwnOutputIsNotDeleted", "DELETE", output_of(kJobOfAnn), kUserKey, 403},
        {"AnothersUploadIsNotWritten", "PUT", "uploads/bob/x/a.txt", kUserKey, 403},
        {"AnothersUploadIsNotRead", "GET", "uploads/bob/x/a.txt", kUserKey, 403},
        {"AnothersUploadIsNotDescribed", "HEAD", "uploads/bob/x/a.txt", kUserKey, 403},
        {"AnothersUploadIsNotDeleted", "DELETE", "uploads/bob/x/a.txt", kUserKey, 403},
        {"AnothersOutputIsNotRead", "GET", output_of(kJobOfBob), kUserKey, 403},
        {"AnOutputOfNoJobIsNotRead", "GET", output_of("nonsense"), kUserKey, 403},
        {"WhatCannotBeToldIsNotGuessed", "GET", output_of(kJobNobodyCanTell), kUserKey, 503},
        {"APrefixOfTheNameIsAnother", "PUT", "uploads/annabel/a.txt", kUserKey, 403},
        {"ThePrefixItselfIsNoUpload", "PUT", "uploads/ann/", kUserKey, 403},
        {"TheRestOfTheBucketIsNotWritten", "PUT", "a.txt", kUserKey, 403},
        {"TheRestOfTheBucketIsNotRead", "GET", "a.txt", kUserKey, 403},
        {"TheBucketIsDescribed", "HEAD", "", kUserKey, 200},
        {"TheOperatorWritesEverything", "PUT", output_of(kJobOfBob), kKey, 200},
        {"TheOperatorReadsEverything", "GET", "uploads/bob/gone", kKey, 404},
        {"TheLinksKeySignsNoRequests", "GET", "uploads/bob/gone", kLinksKey, 403},
        {"TheLinksKeyPutsNothingByItself", "PUT", "uploads/ann/x/a.txt", kLinksKey, 403},
        {"TheLinksKeyDeletesNothing", "DELETE", "uploads/ann/x/a.txt", kLinksKey, 403},
    };
}

class S3AccessTest : public S3Fixture {};

TEST_F(S3AccessTest, SignedRequestsMatchTable) {
    for (const auto& row : rows()) {
        Call call{.method = row.method, .path = row.key.empty() ? "/docs" : "/docs/" + row.key};
        if (call.method == "PUT") call.body = "x";
        const auto reply = send(sign(std::move(call), {}, row.by));
        EXPECT_EQ(reply.status, row.status) << row.name << ": " << reply.body;
        if (row.status == 403 && std::string_view(row.method) != "HEAD") {
            EXPECT_EQ(reply.element("Code"), "AccessDenied") << row.name;
        }
    }
}

/// A link is no more than what its signer may do.
TEST_F(S3AccessTest, PresignedLinksGrantWhatTheirSignerMay) {
    const auto put = [this](const sigv4::Credentials& by, const char* key) {
        const auto link = links_.with(by).presign_put(key, "", std::chrono::seconds{60}, kNow);
        auto call = call_of("PUT", link.url);
        call.body = "x";
        return send(call).status;
    };
    const auto get = [this](const sigv4::Credentials& by, const char* key) {
        const auto link = links_.with(by).presign_get(key, std::chrono::seconds{60}, kNow);
        return send(call_of("GET", link)).status;
    };
    EXPECT_EQ(put(kUserKey, "uploads/ann/x/a.txt"), 200U);
    EXPECT_EQ(put(kUserKey, "uploads/bob/x/a.txt"), 403U);
    EXPECT_EQ(get(kUserKey, "uploads/bob/x/a.txt"), 403U);
    EXPECT_EQ(put(kLinksKey, "uploads/bob/x/a.txt"), 200U);
    EXPECT_EQ(get(kLinksKey, "uploads/bob/x/a.txt"), 200U);
    EXPECT_EQ(get(kUserKey, "uploads/bob/x/a.txt"), 403U);
}

TEST_F(S3AccessTest, ALinkIsForTheKeyItNames) {
    const auto link = links_.with(kLinksKey).presign_put("uploads/bob/x/a.txt", "",
                                                         std::chrono::seconds{60}, kNow);
    auto call = call_of("PUT", link.url);
    call.body = "x";
    call.path = "/docs/uploads/bob/x/b.txt";
    EXPECT_EQ(send(call).element("Code"), "SignatureDoesNotMatch");
    auto deleting = call_of("DELETE", link.url);
    EXPECT_EQ(send(deleting).element("Code"), "SignatureDoesNotMatch");
}

}  // namespace
}  // namespace ingestor::awsapi::s3
