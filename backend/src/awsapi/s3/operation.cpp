#include "awsapi/s3/operation.hpp"

#include <array>

namespace ingestor::awsapi::s3 {
namespace {

enum class Scope { service, bucket, object };

struct Row {
    Scope scope;
    std::string_view method;
    std::string_view parameter;  ///< That must be there; empty: none.
    std::string_view value;      ///< That it must have; empty: any.
    Operation operation;
};

/// The first that fits is it. What a row does not name is refused where the request is read.
constexpr std::array kRows = {
    Row{Scope::service, "GET", "", "", Operation::list_buckets},
    Row{Scope::bucket, "HEAD", "", "", Operation::head_bucket},
    Row{Scope::bucket, "GET", "location", "", Operation::get_bucket_location},
    Row{Scope::bucket, "GET", "uploads", "", Operation::list_multipart_uploads},
    Row{Scope::bucket, "GET", "list-type", "2", Operation::list_objects_v2},
    Row{Scope::bucket, "GET", "", "", Operation::list_objects},
    Row{Scope::bucket, "PUT", "", "", Operation::create_bucket},
    Row{Scope::bucket, "POST", "delete", "", Operation::delete_objects},
    Row{Scope::object, "GET", "attributes", "", Operation::get_object_attributes},
    Row{Scope::object, "GET", "tagging", "", Operation::get_object_tagging},
    Row{Scope::object, "GET", "uploadId", "", Operation::list_parts},
    Row{Scope::object, "GET", "", "", Operation::get_object},
    Row{Scope::object, "HEAD", "", "", Operation::head_object},
    Row{Scope::object, "PUT", "tagging", "", Operation::put_object_tagging},
    Row{Scope::object, "PUT", "uploadId", "", Operation::upload_part},
    Row{Scope::object, "PUT", "", "", Operation::put_object},
    Row{Scope::object, "POST", "uploads", "", Operation::create_multipart_upload},
    Row{Scope::object, "POST", "uploadId", "", Operation::complete_multipart_upload},
    Row{Scope::object, "DELETE", "tagging", "", Operation::delete_object_tagging},
    Row{Scope::object, "DELETE", "uploadId", "", Operation::abort_multipart_upload},
    Row{Scope::object, "DELETE", "", "", Operation::delete_object},
};

/// Of an operation that may take its bytes from an object: what it is then.
Operation with_source(Operation operation) {
    if (operation == Operation::put_object) return Operation::copy_object;
    if (operation == Operation::upload_part) return Operation::upload_part_copy;
    return operation;
}

Scope scope_of(const S3Request& request) {
    if (request.bucket.empty()) return Scope::service;
    return request.key.empty() ? Scope::bucket : Scope::object;
}

}  // namespace

std::optional<Operation> operation_of(const S3Request& request) {
    const auto scope = scope_of(request);
    for (const auto& row : kRows) {
        if (row.scope != scope || row.method != request.head.method) continue;
        if (!row.parameter.empty()) {
            const auto* value = request.parameter(row.parameter);
            if (value == nullptr || (!row.value.empty() && *value != row.value)) continue;
        }
        return request.field(kCopySourceHeader) ? with_source(row.operation) : row.operation;
    }
    return std::nullopt;
}

}  // namespace ingestor::awsapi::s3
