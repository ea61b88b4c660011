#include "aws_settings.hpp"

#include <charconv>

#include <fmt/format.h>

#include "aws/profile.hpp"

namespace ingestor {

namespace {

constexpr std::uint32_t kKeepDaysMax = 36'500;

}  // namespace

Result<AwsSettings> AwsSettings::read(const aws::Environment& environment) {
    auto text = [&environment](const char* name) { return environment(name).value_or(""); };
    AwsSettings settings;
    auto& names = settings.names;
    const auto region = aws::region_of(environment);
    if (!region) return std::unexpected(region.error());
    names.region = *region;
    if (const auto given = environment("ENVIRONMENT")) names.environment = *given;
    if (names.environment != "dev" && names.environment != "test" && names.environment != "main") {
        return fail(Errc::invalid_argument,
                    fmt::format("ENVIRONMENT is '{}': give dev, test or main", names.environment),
                    "ENVIRONMENT");
    }
    names.bucket_name = text("S3_BUCKET");
    settings.event_bus = environment("EVENT_BUS_NAME").value_or(names.event_bus());
    settings.jobs_table =
        environment("JOBS_TABLE").value_or("agent2-ingestor-jobs-" + names.environment);
    settings.user_pool = text("COGNITO_USER_POOL_ID");
    settings.client_id = text("COGNITO_CLIENT_ID");
    settings.oidc_issuer = text("OIDC_ISSUER");
    settings.base_path = text("BASE_PATH");
    settings.allowed_origin = text("AGENT2_INGESTOR_ALLOWED_ORIGIN");
    settings.ca_file = text("SSL_CERT_FILE");
    if (settings.user_pool.empty() && settings.oidc_issuer.empty()) {
        return fail(Errc::invalid_argument,
                    "nothing says whose tokens are good: give COGNITO_USER_POOL_ID, or OIDC_ISSUER "
                    "and COGNITO_CLIENT_ID",
                    "COGNITO_USER_POOL_ID");
    }
    if (const auto days = environment("KEEP_JOBS_DAYS")) {
        const auto* end = days->data() + days->size();
        const auto read = std::from_chars(days->data(), end, settings.keep_jobs_days);
        if (read.ec != std::errc{} || read.ptr != end || settings.keep_jobs_days > kKeepDaysMax) {
            return fail(
                Errc::invalid_argument,
                fmt::format("KEEP_JOBS_DAYS is '{}': give 0 to {} days", *days, kKeepDaysMax),
                "KEEP_JOBS_DAYS");
        }
    }
    return settings;
}

}  // namespace ingestor
