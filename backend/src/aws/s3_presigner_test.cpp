#include "aws/s3_presigner.hpp"

#include <gmock/gmock.h>

#include "aws/testing/aws_fixture.hpp"

namespace ingestor::aws {

namespace {

/// Keys that a test changes at will.
struct ChangingCredentials final : CredentialsProvider {
    boost::asio::awaitable<Result<sigv4::Credentials>> get() override { co_return *keys; }
    [[nodiscard]] std::optional<sigv4::Credentials> last() const override { return keys; }
    std::optional<sigv4::Credentials> keys;
};

class S3PresignerTest : public ::testing::Test {
protected:
    static constexpr std::chrono::seconds kHour{3600};

    /// Who has signed the link, where the bucket believes it.
    std::string signer_of(const std::string& method, const std::string& url,
                          std::vector<sigv4::Header> headers = {}) {
        const auto place = url.substr(std::string("https://").size());
        const auto host = place.substr(0, place.find('/'));
        const auto target = place.substr(host.size());
        const auto mark = target.find('?');
        const auto path = target.substr(0, mark);
        const auto query = target.substr(mark + 1);
        headers.push_back({"host", host});
        const sigv4::Verifier verifier([this](std::string_view) { return credentials_.keys; },
                                       "eu-west-1", "s3");
        const auto proof = verifier.verify(
            {.method = method, .path = path, .query = query, .headers = headers}, clock_.now());
        return proof ? proof->access_key_id : proof.error().message;
    }

    memory::ManualClock clock_;
    ChangingCredentials credentials_;
    const S3Presigner presigner_{
        {.url = "https://s3.eu-west-1.amazonaws.com", .region = "eu-west-1", .service = "s3"},
        "bucket",
        credentials_,
        clock_};
    const domain::ObjectKey key_{"uploads/ä b.pdf"};
};

TEST_F(S3PresignerTest, SignsWithTheKeysOfTheMoment) {
    for (const auto* id : {"ASIAONE", "ASIATWO"}) {
        credentials_.keys = {id, "secret", std::string("token of ") + id};
        const auto put =
            presigner_.presign({.method = "PUT", .content_type = "application/pdf"}, key_, kHour);
        ASSERT_TRUE(put);
        EXPECT_EQ(signer_of("PUT", put->url, {{"content-type", "application/pdf"}}), id);
        const auto get = presigner_.presign_get(key_, kHour, {.content_disposition = "attachment"});
        ASSERT_TRUE(get);
        EXPECT_EQ(signer_of("GET", *get), id);
        EXPECT_THAT(*get, ::testing::HasSubstr("X-Amz-Security-Token="));
        EXPECT_THAT(*get, ::testing::HasSubstr("response-content-disposition=attachment"));
    }
}

TEST_F(S3PresignerTest, WithoutKeysThereIsNoLink) {
    EXPECT_EQ(presigner_.presign({.method = "PUT"}, key_, kHour).error().code, Errc::unavailable);
    EXPECT_EQ(presigner_.presign_get(key_, kHour).error().code, Errc::unavailable);
}

}  // namespace
}  // namespace ingestor::aws
