#include "aws/credentials_source.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <optional>

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "async/offload.hpp"
#include "aws/error_document.hpp"
#include "aws/profile.hpp"
#include "aws/xml.hpp"
#include "base/encoding.hpp"
#include "httpclient/url.hpp"

namespace ingestor::aws {

namespace asio = boost::asio;
namespace {

namespace json = boost::json;
using Found = CredentialsSource::Found;
using Absent = CredentialsSource::Absent;

constexpr std::uint64_t kAnswerBytesMax = 64 * 1024;

Result<std::string> read_token(const std::string& path, const char* variable) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    if (text.empty()) {
        return fail(Errc::unavailable,
                    fmt::format("the file of {} cannot be read or is empty: {}", variable, path),
                    variable);
    }
    return text;
}

asio::awaitable<Result<std::string>> read_token_file(asio::thread_pool& pool, std::string path,
                                                     const char* variable) {
    auto work = [path = std::move(path), variable] { return read_token(path, variable); };
    co_return co_await async::offload(pool, std::move(work));
}

std::optional<TimePoint> expiry_of(const std::string& text) {
    const auto time = parse_rfc3339(text);
    if (!time) return std::nullopt;
    return *time;
}

std::string text_of(const json::object& document, std::string_view name) {
    const auto* value = document.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

/// The document that containers and instances answer with.
Result<Found> read_document(const httpclient::HttpReply& reply, const std::string& asked) {
    boost::system::error_code malformed;
    const auto parsed = json::parse(reply.body, malformed);
    if (reply.status != 200 || malformed || !parsed.is_object()) {
        return fail(Errc::unavailable, fmt::format("{} answered with status {} and no credentials",
                                                   asked, reply.status));
    }
    const auto& document = parsed.as_object();
    ExpiringCredentials found{.keys = {.access_key_id = text_of(document, "AccessKeyId"),
                                       .secret_access_key = text_of(document, "SecretAccessKey"),
                                       .session_token = text_of(document, "Token")},
                              .expires_at = expiry_of(text_of(document, "Expiration"))};
    if (found.keys.access_key_id.empty() || found.keys.secret_access_key.empty()) {
        return fail(Errc::unavailable,
                    fmt::format("{} answered without credentials: {} {}", asked,
                                text_of(document, "Code"), text_of(document, "Message")));
    }
    return found;
}

class EnvironmentSource final : public CredentialsSource {
public:
    explicit EnvironmentSource(CredentialsSurroundings around) : around_(std::move(around)) {}

    asio::awaitable<Result<Found>> fetch() override {
        const auto& variable = around_.environment;
        const auto id = variable("AWS_ACCESS_KEY_ID");
        const auto secret = variable("AWS_SECRET_ACCESS_KEY");
        if (!id && !secret) co_return Absent{"AWS_ACCESS_KEY_ID is not set"};
        if (!id || !secret) {
            co_return fail(Errc::invalid_argument,
                           "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together: set both",
                           id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
        }
        ExpiringCredentials found{.keys = {*id, *secret}};
        found.keys.session_token = variable("AWS_SESSION_TOKEN").value_or("");
        co_return found;
    }

private:
    CredentialsSurroundings around_;
};

class WebIdentitySource final : public CredentialsSource {
public:
    explicit WebIdentitySource(CredentialsSurroundings around) : around_(std::move(around)) {}

    asio::awaitable<Result<Found>> fetch() override {
        const auto& variable = around_.environment;
        const auto file = variable("AWS_WEB_IDENTITY_TOKEN_FILE");
        if (!file) co_return Absent{"AWS_WEB_IDENTITY_TOKEN_FILE is not set"};
        const auto role = variable("AWS_ROLE_ARN");
        if (!role) {
            co_return fail(Errc::invalid_argument,
                           "AWS_WEB_IDENTITY_TOKEN_FILE is set without the role: set AWS_ROLE_ARN",
                           "AWS_ROLE_ARN");
        }
        auto look = [variable] { return region_of(variable); };
        const auto region = co_await async::offload(around_.pool, std::move(look));
        if (!region) co_return std::unexpected(region.error());
        const auto token =
            co_await read_token_file(around_.pool, *file, "AWS_WEB_IDENTITY_TOKEN_FILE");
        if (!token) co_return std::unexpected(token.error());

        const auto session = variable("AWS_ROLE_SESSION_NAME").value_or("agent2-ingestor");
        httpclient::HttpCall call{
            .method = "POST",
            .url = endpoint_of(Service::sts, *region, variable).url + "/",
            .headers = {{"content-type", "application/x-www-form-urlencoded"}},
            .body =
                fmt::format("Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
                            "&RoleArn={}&RoleSessionName={}&WebIdentityToken={}",
                            percent_encode(*role), percent_encode(session), percent_encode(*token)),
            .total_timeout = std::chrono::seconds(10),
            .answer_bytes_max = kAnswerBytesMax};
        const auto reply = co_await around_.http.send(std::move(call));
        if (!reply) co_return std::unexpected(reply.error());
        co_return read_answer(*reply, *role);
    }

private:
    static Result<Found> read_answer(const httpclient::HttpReply& reply, const std::string& role) {
        if (reply.status != 200) {
            const auto refusal = read_error(reply);
            return fail(reply.status < 500 ? Errc::permission_denied : Errc::unavailable,
                        fmt::format("STS does not give the role {}: {} {}", role, refusal.code,
                                    refusal.message));
        }
        const auto tree = parse_xml(reply.body);
        const auto keys = tree ? tree->get_child_optional(
                                     "AssumeRoleWithWebIdentityResponse."
                                     "AssumeRoleWithWebIdentityResult.Credentials")
                               : boost::none;
        if (!keys) return fail(Errc::unavailable, "STS answered without credentials");
        ExpiringCredentials found{.keys = {.access_key_id = keys->get("AccessKeyId", ""),
                                           .secret_access_key = keys->get("SecretAccessKey", ""),
                                           .session_token = keys->get("SessionToken", "")},
                                  .expires_at = expiry_of(keys->get("Expiration", ""))};
        return found;
    }

    CredentialsSurroundings around_;
};

class ProfileSource final : public CredentialsSource {
public:
    explicit ProfileSource(CredentialsSurroundings around) : around_(std::move(around)) {}

    asio::awaitable<Result<Found>> fetch() override {
        const auto files = profile_files(around_.environment);
        auto work = [files] { return load_profile(files); };
        const auto profile = co_await async::offload(around_.pool, std::move(work));
        co_return read_profile(files, profile);
    }

private:
    static Result<Found> read_profile(const ProfileFiles& files,
                                      const std::optional<Profile>& profile) {
        const auto place = fmt::format("the profile '{}' of {} and {}", files.name,
                                       files.credentials_path, files.config_path);
        if (!profile) {
            if (!files.named) return Absent{"there is no " + place.substr(4)};
            return fail(Errc::invalid_argument,
                        fmt::format("AWS_PROFILE: there is no {}", place.substr(4)), "AWS_PROFILE");
        }
        const auto value = [&](std::string_view name) {
            const auto found = profile->find(name);
            return found == profile->end() ? std::string() : found->second;
        };
        ExpiringCredentials found{.keys = {.access_key_id = value("aws_access_key_id"),
                                           .secret_access_key = value("aws_secret_access_key"),
                                           .session_token = value("aws_session_token")}};
        if (!found.keys.access_key_id.empty() && !found.keys.secret_access_key.empty()) {
            return found;
        }
        for (const auto* step :
             {"role_arn", "sso_session", "sso_start_url", "credential_process", "login_session"}) {
            if (value(step).empty()) continue;
            return fail(Errc::invalid_argument,
                        fmt::format("{} uses {}, which is not done here: put the keys into the "
                                    "environment with eval \"$(aws configure export-credentials "
                                    "--profile {} --format env)\"",
                                    place, step, files.name),
                        "AWS_PROFILE");
        }
        return Absent{place + " holds no keys"};
    }

    CredentialsSurroundings around_;
};

class ContainerSource final : public CredentialsSource {
public:
    explicit ContainerSource(CredentialsSurroundings around) : around_(std::move(around)) {}

    asio::awaitable<Result<Found>> fetch() override {
        const auto url = address();
        if (!url) co_return std::unexpected(url.error());
        if (url->empty()) {
            co_return Absent{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and _FULL_URI are not set"};
        }
        const auto token = co_await authorization();
        if (!token) co_return std::unexpected(token.error());
        httpclient::HttpCall call{.url = *url,
                                  .headers = {{"accept", "application/json"}},
                                  .connect_timeout = std::chrono::seconds(2),
                                  .total_timeout = std::chrono::seconds(2),
                                  .answer_bytes_max = kAnswerBytesMax};
        if (!token->empty()) call.headers.emplace_back("authorization", *token);
        const auto reply = co_await around_.http.send(std::move(call));
        if (!reply) co_return std::unexpected(reply.error());
        co_return read_document(*reply, "the container's credentials endpoint");
    }

private:
    /// Empty: none is set. Errors: invalid_argument.
    [[nodiscard]] Result<std::string> address() const {
        const auto& variable = around_.environment;
        if (const auto path = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
            return "http://169.254.170.2" + *path;
        }
        const auto full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        if (!full) return std::string();
        const auto url = httpclient::parse_url(*full);
        // What is fetched are keys, and what is shown is a token: over plain HTTP to nobody else.
        constexpr std::array kHosts = {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};
        const bool good =
            url &&
            (url->scheme == "https" ||
             (url->scheme == "http" && (httpclient::is_loopback_host(url->host) ||
                                        std::ranges::find(kHosts, url->host) != kHosts.end())));
        if (!good) {
            return fail(Errc::invalid_argument,
                        "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or http to this machine "
                        "or to the addresses of ECS and EKS",
                        "AWS_CONTAINER_CREDENTIALS_FULL_URI");
        }
        return *full;
    }

    /// Read each time: whoever runs the container renews the file.
    [[nodiscard]] asio::awaitable<Result<std::string>> authorization() const {
        std::string token = around_.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
        if (auto file = around_.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
            auto read = co_await read_token_file(around_.pool, std::move(*file),
                                                 "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
            if (!read) co_return read;
            token = std::move(*read);
        }
        if (token.find_first_of("\r\n") != token.npos) {
            co_return fail(Errc::invalid_argument,
                           "AWS_CONTAINER_AUTHORIZATION_TOKEN(_FILE) holds a line end, which no "
                           "header can carry",
                           "AWS_CONTAINER_AUTHORIZATION_TOKEN");
        }
        co_return token;
    }

    CredentialsSurroundings around_;
};

class InstanceMetadataSource final : public CredentialsSource {
public:
    explicit InstanceMetadataSource(CredentialsSurroundings around) : around_(std::move(around)) {}

    asio::awaitable<Result<Found>> fetch() override {
        const auto& variable = around_.environment;
        auto disabled = variable("AWS_EC2_METADATA_DISABLED").value_or("");
        if (equal_ignoring_case(disabled, "true")) {
            co_return Absent{"AWS_EC2_METADATA_DISABLED is true"};
        }
        auto base =
            variable("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or("http://169.254.169.254");
        while (base.ends_with('/')) base.pop_back();
        auto ask_token = call_to("PUT", base + "/latest/api/token");
        ask_token.headers = {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}};
        const auto token = co_await around_.http.send(std::move(ask_token));
        if (!token || token->status != 200) {
            co_return Absent{"no instance metadata service answers at " + base};
        }
        auto ask_role = call_to("GET", base + kPath);
        ask_role.headers = {{"x-aws-ec2-metadata-token", token->body}};
        const auto role = co_await around_.http.send(std::move(ask_role));
        if (!role) co_return std::unexpected(role.error());
        if (role->status == 404) co_return Absent{"the instance has no role"};
        const auto name = role->body.substr(0, role->body.find('\n'));
        auto ask_keys = call_to("GET", base + kPath + percent_encode(name));
        ask_keys.headers = {{"x-aws-ec2-metadata-token", token->body}};
        const auto keys = co_await around_.http.send(std::move(ask_keys));
        if (!keys) co_return std::unexpected(keys.error());
        co_return read_document(*keys, "the instance metadata service");
    }

private:
    static constexpr const char* kPath = "/latest/meta-data/iam/security-credentials/";

    static httpclient::HttpCall call_to(std::string method, std::string url) {
        return {.method = std::move(method),
                .url = std::move(url),
                .connect_timeout = std::chrono::seconds(1),
                .total_timeout = std::chrono::seconds(1),
                .answer_bytes_max = kAnswerBytesMax};
    }

    CredentialsSurroundings around_;
};

}  // namespace

std::unique_ptr<CredentialsSource> environment_source(CredentialsSurroundings around) {
    return std::make_unique<EnvironmentSource>(std::move(around));
}

std::unique_ptr<CredentialsSource> web_identity_source(CredentialsSurroundings around) {
    return std::make_unique<WebIdentitySource>(std::move(around));
}

std::unique_ptr<CredentialsSource> profile_source(CredentialsSurroundings around) {
    return std::make_unique<ProfileSource>(std::move(around));
}

std::unique_ptr<CredentialsSource> container_source(CredentialsSurroundings around) {
    return std::make_unique<ContainerSource>(std::move(around));
}

std::unique_ptr<CredentialsSource> instance_metadata_source(CredentialsSurroundings around) {
    return std::make_unique<InstanceMetadataSource>(std::move(around));
}

std::vector<std::unique_ptr<CredentialsSource>> credentials_sources(
    const CredentialsSurroundings& around) {
    std::vector<std::unique_ptr<CredentialsSource>> sources;
    sources.push_back(environment_source(around));
    sources.push_back(web_identity_source(around));
    sources.push_back(profile_source(around));
    sources.push_back(container_source(around));
    sources.push_back(instance_metadata_source(around));
    return sources;
}

}  // namespace ingestor::aws
