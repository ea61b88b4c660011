#include "awsapi/s3/access.hpp"

#include <fmt/format.h>

#include "jobs/file_keys.hpp"

namespace ingestor::awsapi::s3 {
namespace {

std::string_view name_of(S3Action action) {
    switch (action) {
        case S3Action::get_object:
        case S3Action::head_object:
            return "s3:GetObject";
        case S3Action::put_object:
            return "s3:PutObject";
        case S3Action::delete_object:
            return "s3:DeleteObject";
        case S3Action::describe_bucket:
            return "s3:GetBucketLocation";
        case S3Action::list_objects:
            return "s3:ListBucket";
        case S3Action::abort_upload:
            return "s3:AbortMultipartUpload";
        case S3Action::list_parts:
            return "s3:ListMultipartUploadParts";
        case S3Action::list_uploads:
            return "s3:ListBucketMultipartUploads";
    }
    return "s3:GetObject";
}

std::unexpected<S3Error> deny(const S3Key& key, S3Action action, std::string_view object) {
    return refuse({.status = 403,
                   .code = "AccessDenied",
                   .message = fmt::format(
                       "User: {} is not authorized to perform: {} on resource: \"{}\" because the "
                       "access key grants the user's own uploads and outputs only; an operator's "
                       "key grants more (agent2-ingestor env --operator)",
                       key.user.value(), name_of(action), object)});
}

}  // namespace

boost::asio::awaitable<S3Result<std::monostate>> S3Access::check(S3Key key, sigv4::AuthKind kind,
                                                                 S3Action action,
                                                                 std::string object) const {
    const bool is_link = kind == sigv4::AuthKind::query_v4 || kind == sigv4::AuthKind::query_v2;
    switch (key.grant) {
        case S3Grant::whole_bucket:
            co_return std::monostate{};
        case S3Grant::links:
            if (is_link &&
                (action == S3Action::get_object || action == S3Action::head_object ||
                 action == S3Action::put_object || action == S3Action::abort_upload ||
                 action == S3Action::list_parts || action == S3Action::describe_bucket)) {
                co_return std::monostate{};
            }
            co_return deny(key, action, object);
        case S3Grant::own_files:
            break;
    }
    switch (action) {
        case S3Action::describe_bucket:
        case S3Action::list_objects:
        case S3Action::list_uploads:
            co_return std::monostate{};
        case S3Action::put_object:
        case S3Action::delete_object:
        case S3Action::abort_upload:
        case S3Action::list_parts:
            if (jobs::owns_key(key.user, object)) co_return std::monostate{};
            co_return deny(key, action, object);
        case S3Action::get_object:
        case S3Action::head_object:
            break;
    }
    if (jobs::owns_key(key.user, object)) co_return std::monostate{};
    const auto own = co_await is_output_of(key.user, object);
    if (!own) co_return std::unexpected(own.error());
    if (*own) co_return std::monostate{};
    co_return deny(key, action, object);
}

boost::asio::awaitable<S3Result<bool>> S3Access::is_output_of(domain::UserId user,
                                                              std::string object) const {
    const auto job_id = jobs::job_of_output(object);
    if (!job_id) co_return false;
    const auto owned = co_await owns_job_(std::move(user), *job_id);
    if (!owned) co_return refuse(s3_error(owned.error(), object));
    co_return *owned;
}

}  // namespace ingestor::awsapi::s3
