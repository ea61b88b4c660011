#include "awsapi/s3/api.hpp"

#include <array>
#include <memory>

#include <fmt/format.h>

#include "awsapi/s3/copy_object.hpp"
#include "awsapi/s3/delete_objects.hpp"
#include "awsapi/s3/document.hpp"
#include "awsapi/s3/list.hpp"
#include "awsapi/s3/object_attributes.hpp"
#include "awsapi/s3/post_form.hpp"
#include "awsapi/s3/post_policy.hpp"
#include "awsapi/s3/put.hpp"
#include "awsapi/s3/read.hpp"
#include "awsapi/s3/tagging.hpp"
#include "awsapi/xml.hpp"
#include "base/encoding.hpp"
#include "http/multipart.hpp"
#include "jobs/file_keys.hpp"

namespace ingestor::awsapi::s3 {
namespace {

using boost::beast::http::verb;

constexpr std::array<std::string_view, 6> kReadParameters = {
    "response-content-type",     "response-content-language", "response-content-disposition",
    "response-content-encoding", "response-cache-control",    "response-expires"};
constexpr std::array<std::string_view, 1> kReadHeaders = {"x-amz-checksum-mode"};
constexpr std::size_t kCreateBucketBytesMax = 4'096;

sigv4::CredentialsLookup credentials_of(S3KeyLookup lookup) {
    return [lookup = std::move(lookup)](
               std::string_view access_key_id) -> std::optional<sigv4::Credentials> {
        auto key = lookup(access_key_id);
        if (!key) return std::nullopt;
        return std::move(key->credentials);
    };
}

S3Action action_of(Operation operation) {
    switch (operation) {
        case Operation::list_buckets:
        case Operation::head_bucket:
        case Operation::get_bucket_location:
        case Operation::create_bucket:
        // Each object is asked about on its own.
        case Operation::delete_objects:
            return S3Action::describe_bucket;
        case Operation::list_objects:
        case Operation::list_objects_v2:
            return S3Action::list_objects;
        case Operation::get_object:
        case Operation::get_object_attributes:
        case Operation::get_object_tagging:
            return S3Action::get_object;
        case Operation::head_object:
            return S3Action::head_object;
        case Operation::list_multipart_uploads:
            return S3Action::list_uploads;
        case Operation::list_parts:
            return S3Action::list_parts;
        case Operation::abort_multipart_upload:
            return S3Action::abort_upload;
        case Operation::put_object:
        case Operation::copy_object:
        case Operation::put_object_tagging:
        case Operation::delete_object_tagging:
        case Operation::create_multipart_upload:
        case Operation::upload_part:
        case Operation::upload_part_copy:
        case Operation::complete_multipart_upload:
            return S3Action::put_object;
        case Operation::delete_object:
            return S3Action::delete_object;
    }
    return S3Action::put_object;
}

http::Response late_answer(const http::Request& request) {
    const Error error{.code = Errc::unavailable,
                      .message = "no answer within the request's deadline"};
    return error_response(s3_error(error, {}), request);
}

/// Whether it is signed in the fields of a form.
bool is_form(const http::Request& request) {
    return request.method == verb::post && request.query().empty() &&
           request.header("authorization").empty() &&
           http::multipart_boundary(request.header("content-type")).has_value();
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace

S3Api::S3Api(objects::IndexedObjects& objects, objects::Multipart& multipart,
             const ports::Clock& clock, S3KeyLookup lookup, JobsOfUsers jobs, S3Options options)
    : objects_(objects),
      clock_(clock),
      lookup_(std::move(lookup)),
      access_(std::move(jobs.owns_job)),
      visible_objects_(objects, std::move(jobs.own_jobs)),
      options_(std::move(options)),
      uploads_(multipart, objects,
               {.bucket = options_.bucket.name,
                .part_bytes_max = options_.object_bytes_max,
                .quick_bytes_max = options_.quick_bytes_max}),
      verifier_(credentials_of(lookup_), options_.bucket.region, "s3"),
      cors_(options_.allowed_origins) {}

bool S3Api::claims(const http::Request& request) const {
    auto path = request.path();
    if (path.starts_with('/')) {
        path.remove_prefix(1);
        const auto& bucket = options_.bucket.name;
        if (path.starts_with(bucket) &&
            (path.size() == bucket.size() || path[bucket.size()] == '/')) {
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

Answer S3Api::dispatch(http::Request& request) {
    if (request.method == verb::options) co_return cors_.preflight(request);
    if (is_form(request)) co_return co_await post_object(request);
    const auto s3 = read_s3_request(request);
    auto proof = verifier_.verify(s3.head, clock_.now());
    if (!proof) co_return refuse(s3_error(proof.error()));
    const auto operation = operation_of(s3);
    if (!operation) co_return refuse(not_implemented());
    if (!s3.bucket.empty() && *operation != Operation::create_bucket) {
        const auto there = check_bucket(s3.bucket);
        if (!there) co_return std::unexpected(there.error());
    }
    const auto key = co_await allow(*proof, action_of(*operation), s3.key);
    if (!key) co_return std::unexpected(key.error());
    const Asked asked{
        .http = request, .request = s3, .key = *key, .proof = *proof, .body = *request.body};
    co_return co_await perform(*operation, asked);
}

S3Result<std::monostate> S3Api::check_bucket(const std::string& name) const {
    if (name == options_.bucket.name) return std::monostate{};
    return refuse({.status = 404,
                   .code = "NoSuchBucket",
                   .message = "The specified bucket does not exist",
                   .details = {{"BucketName", name}}});
}

boost::asio::awaitable<S3Result<S3Key>> S3Api::allow(const sigv4::Proof& proof, S3Action action,
                                                     const std::string& object) const {
    auto key = lookup_(proof.access_key_id);
    // It was there when the signature was checked.
    if (!key) co_return refuse({.status = 403, .code = "AccessDenied", .message = "Access Denied"});
    const auto allowed = co_await access_.check(*key, proof.kind, action, object);
    if (!allowed) co_return std::unexpected(allowed.error());
    if (action == S3Action::put_object) {
        const auto room = co_await check_room(object);
        if (!room) co_return std::unexpected(room.error());
    }
    co_return std::move(*key);
}

Answer S3Api::perform(Operation operation, Asked asked) {
    switch (operation) {
        case Operation::list_buckets:
            co_return list_buckets(asked.request, options_.bucket, asked.key.user.value());
        case Operation::head_bucket:
            co_return head_bucket(asked.request, options_.bucket);
        case Operation::get_bucket_location:
            co_return get_bucket_location(asked.request, options_.bucket);
        case Operation::create_bucket:
            co_return co_await create_bucket(asked);
        case Operation::list_objects:
            co_return co_await list_objects(asked, false);
        case Operation::list_objects_v2:
            co_return co_await list_objects(asked, true);
        case Operation::get_object:
            co_return co_await get_object(asked.request);
        case Operation::head_object:
            co_return co_await head_object(asked.request);
        case Operation::put_object:
            co_return co_await put_object(asked);
        case Operation::delete_object:
            co_return co_await delete_object(asked.request);
        case Operation::delete_objects:
            co_return co_await delete_objects(objects_, access_, asked);
        case Operation::get_object_attributes:
            co_return co_await get_object_attributes(objects_, asked);
        case Operation::get_object_tagging:
            co_return co_await get_object_tagging(objects_, asked);
        case Operation::put_object_tagging:
            co_return co_await put_object_tagging(objects_, asked);
        case Operation::delete_object_tagging:
            co_return co_await delete_object_tagging(objects_, asked);
        case Operation::copy_object:
        case Operation::upload_part_copy:
            co_return co_await perform_copy(operation, asked);
        case Operation::create_multipart_upload:
            co_return co_await uploads_.create(asked);
        case Operation::upload_part:
            co_return co_await uploads_.put_part(asked);
        case Operation::complete_multipart_upload:
            co_return co_await uploads_.complete(asked);
        case Operation::abort_multipart_upload:
            co_return co_await uploads_.abort(asked);
        case Operation::list_parts:
            co_return co_await uploads_.list_parts(asked);
        case Operation::list_multipart_uploads:
            co_return co_await list_uploads(asked);
    }
    co_return refuse(not_implemented());
}

Answer S3Api::perform_copy(Operation operation, Asked asked) {
    auto source = read_copy_source(asked.request);
    if (!source) co_return std::unexpected(source.error());
    if (!*source) co_return refuse(not_implemented());
    const auto there = check_bucket((*source)->bucket);
    if (!there) co_return std::unexpected(there.error());
    const auto readable = co_await access_.check(asked.key, asked.proof.kind, S3Action::get_object,
                                                 (*source)->key.value());
    if (!readable) co_return std::unexpected(readable.error());
    if (operation == Operation::upload_part_copy) {
        co_return co_await uploads_.copy_part(asked, std::move(**source));
    }
    co_return co_await copy_object(objects_, asked, std::move(**source));
}

Answer S3Api::list_uploads(Asked asked) {
    std::optional<std::vector<std::string>> within;
    // Others' uploads are nobody's business.
    if (asked.key.grant != S3Grant::whole_bucket) {
        within.emplace();
        within->push_back(jobs::inbox_prefix(asked.key.user));
        within->push_back(jobs::upload_prefix(asked.key.user));
    }
    co_return co_await uploads_.list(asked, std::move(within));
}

Answer S3Api::create_bucket(Asked asked) {
    std::string document;
    // A body that is not there has no length either.
    if (asked.body.content_length().value_or(0) > 0) {
        const auto plan = plan_body(asked.request, asked.proof.payload_hash,
                                    asked.body.content_length(), kCreateBucketBytesMax);
        if (!plan) co_return std::unexpected(plan.error());
        auto received = co_await receive_document(*plan, std::move(asked.proof), asked.body);
        if (!received) co_return std::unexpected(received.error());
        document = std::move(*received);
    }
    co_return s3::create_bucket(asked.request, options_.bucket, document);
}

Answer S3Api::list_objects(Asked asked, bool v2) {
    const auto list = read_list_request(asked.request, v2);
    if (!list) co_return std::unexpected(list.error());
    ports::ListPage page;
    if (list->query.count > 0) {
        auto found = asked.key.grant == S3Grant::whole_bucket
                         ? objects_.list(list->query)
                         : visible_objects_.list(asked.key.user, list->query);
        auto listed = co_await std::move(found);
        if (!listed) co_return refuse(s3_error(listed.error(), {}));
        page = std::move(*listed);
    }
    co_return xml_response(
        list_document(*list, page, options_.bucket.name, asked.key.user.value()));
}

boost::asio::awaitable<S3Result<std::monostate>> S3Api::check_room(const std::string& key) const {
    auto parsed = object_key_of(key);
    if (!parsed) co_return std::unexpected(parsed.error());
    if (!options_.check_room) co_return std::monostate{};
    const auto room = co_await options_.check_room(std::move(*parsed));
    if (room) co_return std::monostate{};
    if (room.error().code != Errc::out_of_space) co_return refuse(s3_error(room.error(), key));
    S3Error full{.status = 507, .code = "QuotaExceeded", .message = room.error().message};
    co_return refuse(std::move(full));
}

Answer S3Api::put_object(Asked asked) {
    const auto& request = asked.request;
    auto plan = plan_put(request, asked.proof.payload_hash, asked.body.content_length(),
                         options_.object_bytes_max);
    if (!plan) co_return std::unexpected(plan.error());
    auto key = object_key_of(request.key);
    if (!key) co_return std::unexpected(key.error());
    auto origin = origin_of(asked.http, "PutObject");
    const auto stored =
        co_await receive_object(objects_, std::move(*key), std::move(*plan), std::move(origin),
                                std::move(asked.proof), asked.body);
    if (!stored) co_return std::unexpected(stored.error());
    http::Response response;
    response.set("ETag", '"' + stored->etag.value() + '"');
    if (const auto& checksum = stored->attributes.checksum) {
        response.set(std::string(kChecksumPrefix) + checksum->first, checksum->second);
        response.set("x-amz-checksum-type", std::string(checksum_type(checksum->second)));
    }
    co_return response;
}

Answer S3Api::post_object(http::Request& request) {
    const auto s3 = read_s3_request(request);
    const auto there = check_bucket(s3.bucket);
    if (!there) co_return std::unexpected(there.error());
    if (!s3.key.empty()) co_return refuse(method_not_allowed("POST", "OBJECT"));
    request.body->set_limit(options_.object_bytes_max + 2 * kFormFieldsBytesMax);
    const auto boundary = http::multipart_boundary(request.header("content-type"));
    const http::MultipartLimits limits{.parts_max = kFormPartsMax};
    http::MultipartReader reader(*request.body, *boundary, limits);
    const auto form = co_await read_post_form(reader);
    if (!form) co_return std::unexpected(form.error());

    const auto proof = verifier_.verify_form(form->signature());
    if (!proof) co_return refuse(s3_error(proof.error()));
    const auto policy_text = from_base64(form->field("policy"));
    const auto policy = PostPolicy::parse(policy_text ? *policy_text : std::string());
    if (!policy) co_return std::unexpected(policy.error());
    const auto fitting = policy->check(form->fields, options_.bucket.name, clock_.now());
    if (!fitting) co_return std::unexpected(fitting.error());
    const auto name = form->field("key");
    const auto allowed = co_await allow(*proof, S3Action::put_object, name);
    if (!allowed) co_return std::unexpected(allowed.error());
    auto options = put_options_of(*form);
    if (!options) co_return std::unexpected(options.error());
    auto key = object_key_of(name);
    if (!key) co_return std::unexpected(key.error());

    const auto writer = objects_.begin_put_of(std::move(*key), std::move(*options),
                                              origin_of(request, "POST Object"));
    const auto received = co_await receive_file(reader, *policy, *writer, name);
    if (!received) co_return std::unexpected(received.error());
    const auto stored = co_await writer->commit();
    if (!stored) co_return refuse(s3_error(stored.error(), name));
    co_return posted_answer(*form, *stored, options_.bucket.name,
                            location_of(request, options_.bucket.name, name));
}

Answer S3Api::get_object(const S3Request& request) {
    const auto known = refuse_unknown(request, kReadParameters, kReadHeaders);
    if (!known) co_return std::unexpected(known.error());
    auto key = object_key_of(request.key);
    if (!key) co_return std::unexpected(key.error());
    auto object = co_await objects_.open(std::move(*key));
    if (!object) co_return refuse(s3_error(object.error(), request.key));
    auto answer = answer_read(request, object->info);
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->response.status == 304) co_return std::move(answer->response);
    if (answer->part.length == object->info.size_bytes) {
        const auto sound = co_await objects_.verify(*object);
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

Answer S3Api::head_object(const S3Request& request) {
    const auto known = refuse_unknown(request, kReadParameters, kReadHeaders);
    if (!known) co_return std::unexpected(known.error());
    auto key = object_key_of(request.key);
    if (!key) co_return std::unexpected(key.error());
    const auto info = co_await objects_.head(std::move(*key));
    if (!info) co_return refuse(s3_error(info.error(), request.key));
    auto answer = answer_read(request, *info);
    if (!answer) co_return std::unexpected(answer.error());
    co_return std::move(answer->response);
}

Answer S3Api::delete_object(const S3Request& request) {
    const auto known = refuse_unknown(request, {}, {});
    if (!known) co_return std::unexpected(known.error());
    auto key = object_key_of(request.key);
    if (!key) co_return std::unexpected(key.error());
    const auto match = request.header("if-match");
    if (match && trimmed(*match) == "*") co_return refuse(not_implemented("If-Match"));
    auto removal = match ? objects_.remove_if(std::move(*key), unquoted_etag(*match))
                         : objects_.remove(std::move(*key));
    const auto removed = co_await std::move(removal);
    if (!removed && removed.error().code == Errc::conflict) {
        co_return refuse(precondition_failed("If-Match"));
    }
    if (!removed) co_return refuse(s3_error(removed.error(), request.key));
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace ingestor::awsapi::s3
