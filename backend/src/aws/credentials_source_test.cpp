#include "aws/credentials_source.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <gmock/gmock.h>

#include "aws/testing/aws_fixture.hpp"
#include "base/uuid.hpp"

namespace ingestor::aws {

using namespace testing;
namespace {

using ::testing::HasSubstr;
using Variables = std::map<std::string, std::string>;

class CredentialsSourceTest : public AwsFixture {
protected:
    using Make = std::unique_ptr<CredentialsSource> (*)(CredentialsSurroundings);

    CredentialsSourceTest() { std::filesystem::create_directories(directory_); }
    ~CredentialsSourceTest() override { std::filesystem::remove_all(directory_); }

    Result<CredentialsSource::Found> fetch(Make make, Variables variables) {
        const auto source = make(
            {.environment = environment_of(std::move(variables)), .http = http_, .pool = pool_});
        return run(source->fetch());
    }
    ExpiringCredentials found(Make make, Variables variables) {
        auto fetched = fetch(make, std::move(variables));
        if (!fetched) throw std::runtime_error(fetched.error().message);
        return std::get<ExpiringCredentials>(*fetched);
    }
    std::string absent(Make make, Variables variables) {
        auto fetched = fetch(make, std::move(variables));
        if (!fetched) throw std::runtime_error(fetched.error().message);
        return std::get<CredentialsSource::Absent>(*fetched).reason;
    }
    std::string file(const std::string& name, const std::string& content) {
        std::ofstream(directory_ / name) << content;
        return directory_ / name;
    }
    void answer_with(Answer answer) {
        serve([answer = std::move(answer)](const Request&) { return answer; });
    }

    static constexpr const char* kDocument =
        R"({"Code":"Success","AccessKeyId":"ASIA1","SecretAccessKey":"s","Token":"t",
            "Expiration":"2026-01-02T09:04:05Z"})";

    std::filesystem::path directory_ =
        std::filesystem::temp_directory_path() / ("credentials-" + uuid_v4());
    boost::asio::thread_pool pool_{1};
};

using EnvironmentSourceTest = CredentialsSourceTest;
using WebIdentitySourceTest = CredentialsSourceTest;
using ProfileSourceTest = CredentialsSourceTest;
using ContainerSourceTest = CredentialsSourceTest;
using InstanceMetadataSourceTest = CredentialsSourceTest;

TEST_F(EnvironmentSourceTest, GivesKeysThatDoNotExpire) {
    const auto keys = found(environment_source, {{"AWS_ACCESS_KEY_ID", "id"},
                                                 {"AWS_SECRET_ACCESS_KEY", "secret"},
                                                 {"AWS_SESSION_TOKEN", "token"}});
    EXPECT_EQ(keys.keys.access_key_id, "id");
    EXPECT_EQ(keys.keys.secret_access_key, "secret");
    EXPECT_EQ(keys.keys.session_token, "token");
    EXPECT_EQ(keys.expires_at, std::nullopt);
}

TEST_F(EnvironmentSourceTest, HalfOfAKeyIsAMistake) {
    EXPECT_THAT(absent(environment_source, {}), HasSubstr("AWS_ACCESS_KEY_ID"));
    const auto half = fetch(environment_source, {{"AWS_ACCESS_KEY_ID", "id"}});
    EXPECT_EQ(half.error().code, Errc::invalid_argument);
    EXPECT_EQ(half.error().field, "AWS_SECRET_ACCESS_KEY");
}

TEST_F(WebIdentitySourceTest, TradesTheTokenForTheKeysOfTheRole) {
    answer_with(
        {.body =
             R"(<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
        <AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIA1</AccessKeyId>
        <SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
        <Expiration>2026-01-02T09:04:05Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
        </AssumeRoleWithWebIdentityResponse>)"});
    const auto keys =
        found(web_identity_source, {{"AWS_WEB_IDENTITY_TOKEN_FILE", file("token", "a+b=\n")},
                                    {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"},
                                    {"AWS_REGION", "us-east-1"},
                                    {"AWS_ENDPOINT_URL_STS", server_->url()}});
    EXPECT_EQ(keys.keys.access_key_id, "ASIA1");
    EXPECT_EQ(keys.keys.session_token, "t");
    EXPECT_EQ(keys.expires_at, parse_rfc3339("2026-01-02T09:04:05Z").value());
    const auto request = server_->requests().at(0);
    EXPECT_EQ(request.body,
              "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1"
              "%3Arole%2Fr&RoleSessionName=agent2-ingestor&WebIdentityToken=a%2Bb%3D");
    EXPECT_EQ(request.header("authorization"), "");
}

TEST_F(WebIdentitySourceTest, TellsWhyTheRoleIsRefused) {
    answer_with({.status = 403,
                 .body = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you"
                         "</Message></Error></ErrorResponse>"});
    const auto refused =
        fetch(web_identity_source, {{"AWS_WEB_IDENTITY_TOKEN_FILE", file("token", "t")},
                                    {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"},
                                    {"AWS_REGION", "us-east-1"},
                                    {"AWS_ENDPOINT_URL_STS", server_->url()}});
    EXPECT_EQ(refused.error().code, Errc::permission_denied);
    EXPECT_THAT(refused.error().message, HasSubstr("role/r: AccessDenied not you"));
}

TEST_F(WebIdentitySourceTest, NamesWhatIsMissing) {
    EXPECT_THAT(absent(web_identity_source, {}), HasSubstr("AWS_WEB_IDENTITY_TOKEN_FILE"));
    Variables variables{{"AWS_WEB_IDENTITY_TOKEN_FILE", directory_ / "nowhere"}};
    EXPECT_EQ(fetch(web_identity_source, variables).error().field, "AWS_ROLE_ARN");
    variables["AWS_ROLE_ARN"] = "arn";
    EXPECT_EQ(fetch(web_identity_source, variables).error().field, "AWS_REGION");
    variables["AWS_REGION"] = "us-east-1";
    EXPECT_EQ(fetch(web_identity_source, variables).error().field, "AWS_WEB_IDENTITY_TOKEN_FILE");
}

TEST_F(ProfileSourceTest, GivesTheKeysOfTheProfile) {
    const auto path = file("credentials",
                           "[default]\naws_access_key_id=d\naws_secret_access_key=s\n"
                           "[work]\naws_access_key_id=w\naws_secret_access_key=s\n"
                           "aws_session_token=t\n");
    Variables variables{{"AWS_SHARED_CREDENTIALS_FILE", path}, {"AWS_CONFIG_FILE", "/nowhere"}};
    EXPECT_EQ(found(profile_source, variables).keys.access_key_id, "d");
    variables["AWS_PROFILE"] = "work";
    EXPECT_EQ(found(profile_source, variables).keys.access_key_id, "w");
    EXPECT_EQ(found(profile_source, variables).keys.session_token, "t");
    variables["AWS_PROFILE"] = "play";
    const auto unknown = fetch(profile_source, variables);
    EXPECT_EQ(unknown.error().field, "AWS_PROFILE");
    EXPECT_THAT(unknown.error().message, HasSubstr("profile 'play' of " + path));
}

TEST_F(ProfileSourceTest, WithoutFilesThereAreNoKeys) {
    const Variables variables{{"AWS_SHARED_CREDENTIALS_FILE", "/nowhere/c"},
                              {"AWS_CONFIG_FILE", "/nowhere/f"}};
    EXPECT_THAT(absent(profile_source, variables), HasSubstr("/nowhere/c and /nowhere/f"));
}

TEST_F(ProfileSourceTest, AFurtherStepIsRefusedWithTheRemedy) {
    for (const auto* step : {"role_arn", "sso_session", "credential_process"}) {
        const auto path = file("config", std::string("[profile work]\n") + step + " = x\n");
        const auto refused = fetch(profile_source, {{"AWS_SHARED_CREDENTIALS_FILE", "/nowhere"},
                                                    {"AWS_CONFIG_FILE", path},
                                                    {"AWS_PROFILE", "work"}});
        EXPECT_EQ(refused.error().code, Errc::invalid_argument);
        EXPECT_THAT(refused.error().message, HasSubstr(step));
        EXPECT_THAT(refused.error().message, HasSubstr("export-credentials --profile work"));
    }
}

TEST_F(ContainerSourceTest, AsksWithTheTokenOfTheMoment) {
    answer_with({.body = kDocument});
    const auto token = file("token", "first\n");
    const Variables variables{{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server_->url() + "/role"},
                              {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "unused"},
                              {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token}};
    const auto keys = found(container_source, variables);
    EXPECT_EQ(keys.keys.access_key_id, "ASIA1");
    EXPECT_EQ(keys.expires_at, parse_rfc3339("2026-01-02T09:04:05Z").value());
    file("token", "second");
    found(container_source, variables);
    const auto requests = server_->requests();
    EXPECT_EQ(requests.at(0).target, "/role");
    EXPECT_EQ(requests.at(0).header("authorization"), "first");
    EXPECT_EQ(requests.at(1).header("authorization"), "second");
}

TEST_F(ContainerSourceTest, ShowsItsTokenToNobodyElse) {
    for (const auto* url : {"http://a.example/", "http://169.254.170.3/", "http://10.0.0.1/",
                            "http://localhost.a.example/", "ftp://127.0.0.1/", "nonsense"}) {
        const auto refused = fetch(container_source, {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}});
        ASSERT_FALSE(refused) << url;
        EXPECT_EQ(refused.error().field, "AWS_CONTAINER_CREDENTIALS_FULL_URI") << url;
    }
}

TEST_F(ContainerSourceTest, ATokenMayHoldNoLineEnd) {
    const auto refused =
        fetch(container_source, {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1/"},
                                 {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\r\nx-more: b"}});
    EXPECT_EQ(refused.error().field, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
}

TEST_F(ContainerSourceTest, AnAnswerWithoutKeysIsUnavailable) {
    answer_with({.body = R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"no trust"})"});
    const auto refused =
        fetch(container_source, {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", server_->url()}});
    EXPECT_EQ(refused.error().code, Errc::unavailable);
    EXPECT_THAT(refused.error().message, HasSubstr("no trust"));
    EXPECT_THAT(absent(container_source, {}), HasSubstr("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"));
}

TEST_F(InstanceMetadataSourceTest, AsksForTheTokenTheRoleAndItsKeys) {
    serve([](const Request& request) {
        const std::string role = "/latest/meta-data/iam/security-credentials/";
        if (request.method == "PUT" && request.target == "/latest/api/token") {
            return Answer{.body = "TOKEN"};
        }
        if (request.header("x-aws-ec2-metadata-token") != "TOKEN") return Answer{.status = 401};
        if (request.target == role) return Answer{.body = "the-role"};
        return Answer{.body = request.target == role + "the-role" ? kDocument : ""};
    });
    const auto keys = found(instance_metadata_source,
                            {{"AWS_EC2_METADATA_SERVICE_ENDPOINT", server_->url() + "/"}});
    EXPECT_EQ(keys.keys.access_key_id, "ASIA1");
    EXPECT_EQ(server_->requests().at(0).header("x-aws-ec2-metadata-token-ttl-seconds"), "21600");
}

TEST_F(InstanceMetadataSourceTest, MayBeSwitchedOffOrAbsent) {
    EXPECT_THAT(absent(instance_metadata_source, {{"AWS_EC2_METADATA_DISABLED", "True"}}),
                HasSubstr("AWS_EC2_METADATA_DISABLED"));
    const auto nobody = ingestor::httpclient::testing::url_of_nobody();
    EXPECT_THAT(absent(instance_metadata_source, {{"AWS_EC2_METADATA_SERVICE_ENDPOINT", nobody}}),
                HasSubstr(nobody));
    serve([](const Request& request) {
        return request.method == "PUT" ? Answer{.body = "TOKEN"} : Answer{.status = 404};
    });
    EXPECT_THAT(
        absent(instance_metadata_source, {{"AWS_EC2_METADATA_SERVICE_ENDPOINT", server_->url()}}),
        HasSubstr("no role"));
}

}  // namespace
}  // namespace ingestor::aws
