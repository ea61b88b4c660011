#include "awsapi/lambda/lambda_api.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/encoding.hpp"
#include "base/uuid.hpp"

namespace ingestor::awsapi::lambda {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kFunctions = "/2015-03-31/functions";
/// As much of a run's log as an answer bears.
constexpr std::size_t kLogTailBytes = 4'096;
/// "Timeout" of the function in its template.
constexpr std::chrono::seconds kRunTimeMax{900};

std::unexpected<json::ServiceError> refuse(unsigned status, std::string code, std::string message) {
    return std::unexpected(json::ServiceError{
        .status = status, .code = std::move(code), .message = std::move(message)});
}

http::Response json_response(const boost::json::object& object) {
    http::Response response;
    response.set("content-type", "application/json");
    response.body = boost::json::serialize(object);
    return response;
}

asio::awaitable<void> run_alone(Invoke invoke, std::string payload, std::string request_id) {
    static_cast<void>(co_await invoke(std::move(payload), std::move(request_id)));
}

}  // namespace

LambdaApi::LambdaApi(Dependencies dependencies, domain::Names names, std::string version)
    : deps_(std::move(dependencies)),
      names_(std::move(names)),
      version_(std::move(version)),
      caller_("lambda", names_.region, deps_.lookup, deps_.clock) {}

bool LambdaApi::claims(const http::Request& request) {
    return request.path().starts_with(kFunctions);
}

asio::awaitable<http::Response> LambdaApi::handle(http::Request& request) const {
    auto given = co_await answer(request);
    http::Response response;
    if (given) {
        response = std::move(*given);
    } else {
        const auto& error = given.error();
        response.status = error.status;
        response.failure = error.failure;
        response.set("content-type", "application/json");
        response.set("x-amzn-errortype", error.code);
        response.body = boost::json::serialize(boost::json::object{
            {"Type", error.status < 500 ? "User" : "Service"}, {"Message", error.message}});
    }
    response.route = "aws";
    response.set("x-amzn-requestid", request.request_id);
    co_return response;
}

auto LambdaApi::answer(http::Request& request) const -> asio::awaitable<Answer> {
    if (auto stranger = caller_.refuse_stranger(request)) co_return std::unexpected(*stranger);
    const bool event = request.header("x-amz-invocation-type") == "Event";
    auto body = co_await request.body->read_all(event ? kEventBytesMax : kPayloadBytesMax);
    if (!body && body.error().code == Errc::too_large) {
        co_return refuse(413, "RequestTooLargeException",
                         fmt::format("Request must be smaller than {} bytes for the InvokeFunction "
                                     "operation",
                                     event ? kEventBytesMax : kPayloadBytesMax));
    }
    if (!body) co_return refuse(400, "InvalidRequestContentException", body.error().message);
    const auto caller = caller_.verify(request, *body);
    if (!caller) co_return std::unexpected(caller.error());
    if (!caller->is_operator) {
        co_return refuse(403, "AccessDeniedException",
                         "The function is for operators: with the server's own sign-in, the user "
                         "'local'.");
    }

    auto path = request.path().substr(kFunctions.size());
    while (path.starts_with('/')) path.remove_prefix(1);
    const bool reads = request.method == boost::beast::http::verb::get;
    if (path.empty() && reads) {
        co_return json_response({{"Functions", boost::json::array{configuration()}}});
    }
    const auto slash = path.find('/');
    const auto name = percent_decode(path.substr(0, slash));
    const auto part = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    if (!is_ours(name)) {
        co_return refuse(404, "ResourceNotFoundException",
                         fmt::format("Function not found: {}",
                                     name.starts_with("arn:")
                                         ? name
                                         : fmt::format("arn:aws:lambda:{}:{}:function:{}",
                                                       names_.region, names_.account, name)));
    }
    if (reads) co_return find(request, name, part);
    if (part == "invocations" && request.method == boost::beast::http::verb::post) {
        request.deadline =
            std::max(request.deadline, std::chrono::steady_clock::now() + kRunTimeMax);
        if (body->empty()) *body = "{}";
        co_return co_await invoke(request, std::move(*body));
    }
    co_return refuse(400, "UnknownOperationException",
                     fmt::format("{} {} is not served here: of Lambda that is Invoke, GetFunction, "
                                 "GetFunctionConfiguration and ListFunctions",
                                 request.method_text, request.path()));
}

auto LambdaApi::invoke(const http::Request& request, std::string payload) const
    -> asio::awaitable<Answer> {
    boost::system::error_code error;
    static_cast<void>(boost::json::parse(payload, error));
    if (error) {
        co_return refuse(
            400, "InvalidRequestContentException",
            fmt::format("Could not parse request body into json: {}", error.message()));
    }
    const auto type = request.header("x-amz-invocation-type");
    http::Response response;
    if (type == "DryRun") {
        response.status = 204;
        co_return response;
    }
    auto request_id = uuid_v4();
    if (type == "Event") {
        deps_.spawn(run_alone(deps_.invoke, std::move(payload), std::move(request_id)));
        response.status = 202;
        co_return response;
    }
    if (!type.empty() && type != "RequestResponse") {
        co_return refuse(400, "InvalidParameterValueException",
                         fmt::format("The invocation type {} is none of Event, RequestResponse and "
                                     "DryRun",
                                     type));
    }
    auto run = co_await deps_.invoke(std::move(payload), std::move(request_id));
    response.set("content-type", "application/json");
    response.set("x-amz-executed-version", "$LATEST");
    if (run.failed) response.set("x-amz-function-error", "Unhandled");
    if (request.header("x-amz-log-type") == "Tail") {
        const auto skipped = run.log.size() - std::min(run.log.size(), kLogTailBytes);
        response.set("x-amz-log-result", to_base64(std::string_view(run.log).substr(skipped)));
    }
    response.body = std::move(run.payload);
    co_return response;
}

bool LambdaApi::is_ours(std::string_view name) const {
    constexpr std::string_view kLatest = ":$LATEST";
    if (name.ends_with(kLatest)) name.remove_suffix(kLatest.size());
    return name == names_.function() || name == names_.function_arn() ||
           name == fmt::format("{}:function:{}", names_.account, names_.function());
}

auto LambdaApi::find(const http::Request& request, std::string_view name,
                     std::string_view part) const -> Answer {
    if (part == "configuration") return json_response(configuration());
    if (part.empty()) {
        return json_response({{"Configuration", configuration()},
                              {"Code", {{"RepositoryType", "Local"}}},
                              {"Tags", boost::json::object{}}});
    }
    return refuse(
        400, "UnknownOperationException",
        fmt::format("{} {} is not served here for {}", request.method_text, request.path(), name));
}

boost::json::object LambdaApi::configuration() const {
    return {{"FunctionName", names_.function()},
            {"FunctionArn", names_.function_arn()},
            {"Runtime", "provided.al2023"},
            {"Handler", "bootstrap"},
            {"Description", fmt::format("agent2-ingestor {}, in this process", version_)},
            {"Timeout", kRunTimeMax.count()},
            {"Version", "$LATEST"},
            {"State", "Active"},
            {"LastUpdateStatus", "Successful"},
            {"PackageType", "Zip"},
            {"LoggingConfig", {{"LogFormat", "Text"}, {"LogGroup", names_.log_group()}}}};
}

}  // namespace ingestor::awsapi::lambda
