#include "aws/endpoint.hpp"

#include <cstdlib>

#include <fmt/format.h>

namespace ingestor::aws {
namespace {

struct ServiceNames {
    const char* host;      ///< First label of AWS's own host name.
    const char* scope;     ///< In a signature.
    const char* variable;  ///< Behind AWS_ENDPOINT_URL_.
};

ServiceNames names_of(Service service) {
    switch (service) {
        case Service::dynamodb:
            return {.host = "dynamodb", .scope = "dynamodb", .variable = "DYNAMODB"};
        case Service::s3:
            return {.host = "s3", .scope = "s3", .variable = "S3"};
        case Service::eventbridge:
            return {.host = "events", .scope = "events", .variable = "EVENTBRIDGE"};
        case Service::cognito_idp:
            return {.host = "cognito-idp",
                    .scope = "cognito-idp",
                    .variable = "COGNITO_IDENTITY_PROVIDER"};
        case Service::sts:
            break;
    }
    return {.host = "sts", .scope = "sts", .variable = "STS"};
}

}  // namespace

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        if (value == nullptr || *value == '\0') return std::nullopt;
        return value;
    };
}

Endpoint endpoint_of(Service service, const std::string& region, const Environment& environment) {
    const auto names = names_of(service);
    Endpoint endpoint{.url = {}, .region = region, .service = names.scope};
    if (environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") != "true") {
        const auto own = environment(fmt::format("AWS_ENDPOINT_URL_{}", names.variable));
        endpoint.url = own ? *own : environment("AWS_ENDPOINT_URL").value_or("");
    }
    while (endpoint.url.ends_with('/')) endpoint.url.pop_back();
    if (endpoint.url.empty()) {
        const auto* suffix = region.starts_with("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
        endpoint.url = fmt::format("https://{}.{}.{}", names.host, region, suffix);
    }
    return endpoint;
}

}  // namespace ingestor::aws
