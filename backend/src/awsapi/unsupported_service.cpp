#include "awsapi/unsupported_service.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "awsapi/xml.hpp"

namespace ingestor::awsapi {
namespace {

constexpr std::string_view kCode = "UnknownOperationException";

/// The fourth part of `Credential=KEY/DATE/REGION/SERVICE/aws4_request`; empty: there is none.
std::string_view service_of(std::string_view authorization) {
    const auto credential = authorization.find("Credential=");
    if (!authorization.starts_with("AWS4-") || credential == authorization.npos) return {};
    auto scope = authorization.substr(credential);
    scope = scope.substr(0, scope.find_first_of(", "));
    const auto end = scope.rfind('/');
    if (end == scope.npos || end == 0) return {};
    const auto begin = scope.rfind('/', end - 1);
    if (begin == scope.npos) return {};
    return scope.substr(begin + 1, end - begin - 1);
}

/// `AWSEvents.ListRules`: the operation behind its service's version.
std::string_view operation_of(std::string_view target) {
    return target.substr(target.rfind('.') + 1);
}

}  // namespace

bool is_for_unsupported_service(const http::Request& request) {
    if (!request.header("x-amz-target").empty()) return true;
    const auto service = service_of(request.header("authorization"));
    return !service.empty() && service != "s3";
}

http::Response unsupported_service(const http::Request& request) {
    const auto service = service_of(request.header("authorization"));
    const auto operation = operation_of(request.header("x-amz-target"));
    const auto what = operation.empty() ? fmt::format("{} {}", request.method_text, request.path())
                                        : std::string(operation);
    const auto message = fmt::format(
        "{}{}{} is not served here: of AWS's protocols this server speaks S3, EventBridge, SQS, "
        "CloudWatch Logs and Lambda, and the rest of what it can do is described at /docs",
        service, service.empty() ? "" : ": ", what);

    http::Response response;
    response.status = 400;
    response.route = "aws";
    response.set("x-amzn-requestid", request.request_id);
    if (request.header("content-type").starts_with("application/x-www-form-urlencoded")) {
        response.set("content-type", "text/xml");
        response.body = fmt::format(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error>"
            "<RequestId>{}</RequestId></ErrorResponse>",
            kCode, xml_escape(message), xml_escape(request.request_id));
        return response;
    }
    response.set("content-type", "application/x-amz-json-1.1");
    response.set("x-amzn-errortype", std::string(kCode));
    response.body =
        boost::json::serialize(boost::json::object{{"__type", kCode}, {"message", message}});
    return response;
}

}  // namespace ingestor::awsapi
