#include "awsapi/s3/api.hpp"

#include <array>
#include <memory>

#include <fmt/format.h>

#include "awsapi/s3/put.hpp"
#include "awsapi/s3/read.hpp"
#include "awsapi/xml.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {
namespace {

using boost::beast::http::verb;

constexpr std::array<std::string_view, 6> kReadParameters = {
    "response-content-type",     "response-content-language", "response-content-disposition",
    "response-content-encoding", "response-cache-control",    "response-expires"};
constexpr std::array<std::string_view, 1> kReadHeaders = {"x-amz-checksum-mode"};
constexpr std::array<std::string_view, 1> kBucketParameters = {"location"};

sigv4::CredentialsLookup credentials_of(S3KeyLookup lookup) {
    return [lookup = std::move(lookup)](
               std::string_view access_key_id) -> std::optional<sigv4::Credentials> {
        auto key = lookup(access_key_id);
        if (!key) return std::nullopt;
        return std::move(key->credentials);
    };
}

/// nullopt: nothing that is served.
std::optional<S3Action> action_of(verb method, bool names_object) {
    if (!names_object) return S3Action::describe_bucket;
    if (method == verb::put) return S3Action::put_object;
    if (method == verb::get) return S3Action::get_object;
    if (method == verb::head) return S3Action::head_object;
    if (method == verb::delete_) return S3Action::delete_object;
    return std::nullopt;
}

http::Response late_answer(const http::Request& request) {
    const Error error{.code = Errc::unavailable,
                      .message = "no answer within the request's deadline"};
    return error_response(s3_error(error, {}), request);
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace

S3Api::S3Api(ports::ObjectStore& store, const ports::Clock& clock, S3KeyLookup lookup,
             JobOwnership owns_job, S3Options options)
    : store_(store),
      clock_(clock),
      lookup_(std::move(lookup)),
      access_(std::move(owns_job)),
      options_(std::move(options)),
      verifier_(credentials_of(lookup_), options_.region, "s3"),
      cors_(options_.allowed_origins) {}

bool S3Api::claims(const http::Request& request) const {
    auto path = request.path();
    if (path.starts_with('/')) {
        path.remove_prefix(1);
        if (path.starts_with(options_.bucket) &&
            (path.size() == options_.bucket.size() || path[options_.bucket.size()] == '/')) {
            return true;
        }
    }
    const auto authorization = request.header("authorization");
    if (authorization.starts_with("AWS ")) return true;
    if (authorization.starts_with("AWS4-")) return contains(authorization, "/s3/aws4_request");
    const auto query = request.query();
    return contains(query, "AWSAccessKeyId=") ||
           (contains(query, "X-Amz-Credential=") &&
            (contains(query, "%2Fs3%2Faws4_request") || contains(query, "/s3/aws4_request")));
}

boost::asio::awaitable<http::Response> S3Api::handle(http::Request& request) {
    request.late_answer = late_answer;
    auto result = co_await dispatch(request);
    auto response = result ? std::move(*result) : error_response(result.error(), request);
    response.set("x-amz-request-id", request.request_id);
    response.set("x-amz-id-2", to_base64(request.request_id));
    cors_.decorate(request, response);
    response.route = "s3";
    co_return response;
}

S3Api::Answer S3Api::dispatch(http::Request& request) {
    if (request.method == verb::options) co_return cors_.preflight(request);
    const auto s3 = read_s3_request(request);
    auto proof = verifier_.verify(s3.head, clock_.now());
    if (!proof) co_return refuse(s3_error(proof.error()));
    if (s3.bucket.empty()) co_return refuse(not_implemented());
    if (s3.bucket != options_.bucket) {
        co_return refuse({.status = 404,
                          .code = "NoSuchBucket",
                          .message = "The specified bucket does not exist",
                          .details = {{"BucketName", s3.bucket}}});
    }
    const auto action = action_of(request.method, !s3.key.empty());
    if (!action) co_return refuse(not_implemented());
    const auto allowed = co_await authorize(s3, *proof, *action);
    if (!allowed) co_return std::unexpected(allowed.error());
    switch (*action) {
        case S3Action::describe_bucket:
            co_return describe_bucket(s3);
        case S3Action::put_object:
            co_return co_await put_object(s3, std::move(*proof), *request.body);
        case S3Action::get_object:
            co_return co_await get_object(s3);
        case S3Action::head_object:
            co_return co_await head_object(s3);
        case S3Action::delete_object:
            co_return co_await delete_object(s3);
    }
    co_return refuse(not_implemented());
}

boost::asio::awaitable<S3Result<std::monostate>> S3Api::authorize(const S3Request& request,
                                                                  const sigv4::Proof& proof,
                                                                  S3Action action) const {
    auto key = lookup_(proof.access_key_id);
    // It was there when the signature was checked.
    if (!key) co_return refuse({.status = 403, .code = "AccessDenied", .message = "Access Denied"});
    co_return co_await access_.check(std::move(*key), proof.kind, action, request.key);
}

S3Result<http::Response> S3Api::describe_bucket(const S3Request& request) const {
    const auto known = refuse_unknown(request, kBucketParameters, {});
    if (!known) return std::unexpected(known.error());
    http::Response response;
    if (request.head.method == "HEAD") {
        response.set("x-amz-bucket-region", options_.region);
        return response;
    }
    if (request.head.method != "GET" || !request.parameter("location")) {
        return refuse(not_implemented());
    }
    // The oldest region has no name here.
    const auto region = options_.region == "us-east-1" ? std::string() : options_.region;
    response.set("Content-Type", "application/xml");
    response.body = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint "
        "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{}</LocationConstraint>",
        xml_escape(region));
    return response;
}

S3Api::Answer S3Api::put_object(const S3Request& request, sigv4::Proof proof, http::Body& body) {
    auto plan =
        plan_put(request, proof.payload_hash, body.content_length(), options_.object_bytes_max);
    if (!plan) co_return std::unexpected(plan.error());
    auto key = object_key_of(request.key);
    if (!key) co_return std::unexpected(key.error());
    if (options_.check_room) {
        const auto room = co_await options_.check_room(*key);
        if (!room && room.error().code == Errc::out_of_space) {
            S3Error full{.status = 507, .code = "QuotaExceeded", .message = room.error().message};
            co_return refuse(std::move(full));
        }
        if (!room) co_return refuse(s3_error(room.error(), request.key));
    }
    const auto stored =
        co_await receive_object(store_, std::move(*key), std::move(*plan), std::move(proof), body);
    if (!stored) co_return std::unexpected(stored.error());
    http::Response response;
    response.set("ETag", '"' + stored->etag.value() + '"');
    if (const auto& checksum = stored->attributes.checksum) {
        response.set(std::string(kChecksumPrefix) + checksum->first, checksum->second);
        response.set("x-amz-checksum-type", "FULL_OBJECT");
    }
    co_return response;
}

S3Api::Answer S3Api::get_object(const S3Request& request) {
    const auto known = refuse_unknown(request, kReadParameters, kReadHeaders);
    if (!known) co_return std::unexpected(known.error());
    auto key = object_key_of(request.key);
    if (!key) co_return std::unexpected(key.error());
    auto object = co_await store_.open(std::move(*key));
    if (!object) co_return refuse(s3_error(object.error(), request.key));
    auto answer = answer_read(request, object->info);
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->response.status == 304) co_return std::move(answer->response);
    if (answer->part.length == object->info.size_bytes) {
        const auto sound = co_await store_.verify(*object);
        if (!sound) co_return refuse(s3_error(sound.error(), request.key));
    }
    auto file = std::make_shared<FileDescriptor>(std::move(object->file));
    http::FileBody content;
    content.fd = file->get();
    content.offset = answer->part.first;
    content.length = answer->part.length;
    content.owner = std::move(file);
    answer->response.body = std::move(content);
    co_return std::move(answer->response);
}

S3Api::Answer S3Api::head_object(const S3Request& request) {
    const auto known = refuse_unknown(request, kReadParameters, kReadHeaders);
    if (!known) co_return std::unexpected(known.error());
    auto key = object_key_of(request.key);
    if (!key) co_return std::unexpected(key.error());
    const auto info = co_await store_.head(std::move(*key));
    if (!info) co_return refuse(s3_error(info.error(), request.key));
    auto answer = answer_read(request, *info);
    if (!answer) co_return std::unexpected(answer.error());
    co_return std::move(answer->response);
}

S3Api::Answer S3Api::delete_object(const S3Request& request) {
    const auto known = refuse_unknown(request, {}, {});
    if (!known) co_return std::unexpected(known.error());
    if (request.header("if-match")) co_return refuse(not_implemented("If-Match"));
    auto key = object_key_of(request.key);
    if (!key) co_return std::unexpected(key.error());
    const auto removed = co_await store_.remove(std::move(*key));
    if (!removed) co_return refuse(s3_error(removed.error(), request.key));
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace ingestor::awsapi::s3
