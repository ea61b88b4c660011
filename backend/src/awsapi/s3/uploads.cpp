#include "awsapi/s3/uploads.hpp"

#include <array>
#include <charconv>
#include <memory>

#include <fmt/format.h>

#include "awsapi/s3/body.hpp"
#include "awsapi/s3/document.hpp"
#include "awsapi/s3/part_list.hpp"
#include "awsapi/s3/put.hpp"
#include "awsapi/s3/slow_answer.hpp"
#include "awsapi/s3/upload_lists.hpp"
#include "awsapi/xml.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::array<std::string_view, 2> kCreateParameters = {"uploads", "content-type"};
constexpr std::array<std::string_view, 6> kCreateHeaders = {
    "x-amz-acl",   "x-amz-checksum-algorithm", "x-amz-checksum-type",
    "x-amz-meta-", "x-amz-storage-class",      "x-amz-tagging"};
constexpr std::array<std::string_view, 3> kPartParameters = {"uploadid", "partnumber",
                                                             "content-md5"};
constexpr std::array<std::string_view, 4> kPartHeaders = {
    "x-amz-checksum-", "x-amz-decoded-content-length", "x-amz-sdk-checksum-algorithm",
    "x-amz-trailer"};
constexpr std::array<std::string_view, 6> kCopyHeaders = {"x-amz-copy-source",
                                                          "x-amz-copy-source-range",
                                                          "x-amz-copy-source-if-match",
                                                          "x-amz-copy-source-if-none-match",
                                                          "x-amz-copy-source-if-modified-since",
                                                          "x-amz-copy-source-if-unmodified-since"};
constexpr std::array<std::string_view, 1> kUploadParameter = {"uploadid"};
constexpr std::array<std::string_view, 2> kCompleteHeaders = {"x-amz-checksum-",
                                                              "x-amz-mp-object-size"};

/// The checksum that an upload is begun with.
struct Checksum {
    std::string name;
    bool composite = false;
};

S3Result<Checksum> read_checksum(const S3Request& request) {
    const auto name = request.field("x-amz-checksum-algorithm");
    const auto type = request.field("x-amz-checksum-type");
    if (!name) {
        if (!type) return Checksum{};
        return refuse(
            invalid_request("The x-amz-checksum-type header can only be used with the "
                            "x-amz-checksum-algorithm header."));
    }
    const auto* algorithm = checksum_algorithm(*name);
    if (algorithm == nullptr) {
        return refuse(
            invalid_request("Checksum algorithm provided is unsupported. Please try again with any "
                            "of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"));
    }
    const bool always_whole = algorithm->name == "crc64nvme";
    const bool never_whole = algorithm->name.starts_with("sha");
    if (type && *type != "COMPOSITE" && *type != "FULL_OBJECT") {
        return refuse(invalid_request("Value for x-amz-checksum-type header is invalid."));
    }
    const bool composite = type ? *type == "COMPOSITE" : !always_whole;
    if (composite ? always_whole : never_whole) {
        return refuse(invalid_request(
            fmt::format("The {} checksum type cannot be used with the {} checksum algorithm.",
                        composite ? "COMPOSITE" : "FULL_OBJECT", algorithm->name)));
    }
    return Checksum{.name = std::string(algorithm->name), .composite = composite};
}

S3Result<std::monostate> check_part_checksum(const BodyPlan& plan,
                                             const ports::MultipartUpload& upload) {
    if (plan.checksum == nullptr || upload.checksum.empty() ||
        plan.checksum->name == upload.checksum) {
        return std::monostate{};
    }
    return refuse(invalid_request(
        fmt::format("Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum "
                    "Type: {}",
                    upload.checksum, plan.checksum->name)));
}

/// What the head of CompleteMultipartUpload says of the whole object's checksum.
S3Result<std::optional<std::string>> read_whole_checksum(const S3Request& request,
                                                         const ports::MultipartUpload& upload) {
    const auto type = request.field("x-amz-checksum-type");
    const std::string_view own = upload.composite ? "COMPOSITE" : "FULL_OBJECT";
    if (type && (upload.checksum.empty() || *type != own)) {
        return refuse(invalid_request(
            fmt::format("The upload was created using the {} checksum mode. The complete request "
                        "must use the same checksum mode.",
                        upload.checksum.empty() ? "null" : own)));
    }
    for (const auto& algorithm : checksum_algorithms()) {
        auto value = request.field(std::string(kChecksumPrefix) + std::string(algorithm.name));
        if (!value) continue;
        if (algorithm.name == upload.checksum) return value;
        return refuse(invalid_request(fmt::format(
            "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
            upload.checksum.empty() ? "null" : upload.checksum, algorithm.name)));
    }
    return std::nullopt;
}

S3Result<std::monostate> check_object_size(const S3Request& request, std::uint64_t size_bytes) {
    const auto header = request.field("x-amz-mp-object-size");
    if (!header || *header == std::to_string(size_bytes)) return std::monostate{};
    return refuse(invalid_request(
        fmt::format("The provided 'x-amz-mp-object-size' header value {} does not match what was "
                    "computed: {}",
                    *header, size_bytes)));
}

void tell_checksum(http::Response& response, const ports::ObjectInfo& info) {
    if (const auto& checksum = info.attributes.checksum) {
        response.set(std::string(kChecksumPrefix) + checksum->first, checksum->second);
    }
}

}  // namespace

struct Uploads::Completion {
    ports::MultipartUpload upload;
    std::vector<ports::UploadedPart> parts;
    ports::ObjectCondition condition;
    std::optional<std::string> checksum;
    ports::ObjectOrigin origin;
    std::string location;
    std::uint64_t size_bytes = 0;
};

boost::asio::awaitable<S3Result<ports::MultipartUpload>> Uploads::find(const S3Request& request) {
    const auto* id = request.parameter("uploadId");
    const auto upload_id = id == nullptr ? std::string() : *id;
    auto upload = co_await multipart_.uploads().find(upload_id);
    if (upload && upload->key.value() == request.key) co_return std::move(*upload);
    if (upload || upload.error().code == Errc::not_found) {
        co_return refuse(no_such_upload(upload_id));
    }
    co_return refuse(s3_error(upload.error(), request.key));
}

boost::asio::awaitable<std::optional<ports::ObjectInfo>> Uploads::find_completed(
    const S3Request& request, std::string_view document) {
    const auto named = read_part_list(document, "");
    auto key = object_key_of(request.key);
    if (!named || !key) co_return std::nullopt;
    std::vector<domain::ETag> etags;
    for (const auto& part : *named) etags.push_back(part.etag);
    auto info = co_await objects_.head(std::move(*key));
    if (!info || info->etag != objects::etag_of_parts(etags)) co_return std::nullopt;
    co_return std::move(*info);
}

Answer Uploads::create(Asked asked) {
    const auto& request = asked.request;
    auto step = refuse_unknown(request, kCreateParameters, kCreateHeaders);
    if (step) step = check_settings(request);
    if (!step) co_return std::unexpected(step.error());
    auto attributes = read_attributes(request, false);
    if (!attributes) co_return std::unexpected(attributes.error());
    const auto checksum = read_checksum(request);
    if (!checksum) co_return std::unexpected(checksum.error());
    auto key = object_key_of(request.key);
    if (!key) co_return std::unexpected(key.error());
    const auto created =
        co_await multipart_.create(std::move(*key), asked.key.user, std::move(*attributes),
                                   checksum->name, checksum->composite);
    if (!created) co_return refuse(s3_error(created.error(), request.key));

    std::string out(kXmlHead);
    out += fmt::format("<InitiateMultipartUploadResult xmlns=\"{}\">", kXmlNamespace);
    append_element(out, "Bucket", xml_escape(options_.bucket));
    append_element(out, "Key", xml_escape(request.key));
    append_element(out, "UploadId", *created);
    out += "</InitiateMultipartUploadResult>";
    auto response = xml_response(std::move(out));
    if (!checksum->name.empty()) {
        response.set("x-amz-checksum-algorithm", std::string(checksum_title(checksum->name)));
        response.set("x-amz-checksum-type", checksum->composite ? "COMPOSITE" : "FULL_OBJECT");
    }
    co_return response;
}

Answer Uploads::put_part(Asked asked) {
    const auto& request = asked.request;
    const auto known = refuse_unknown(request, kPartParameters, kPartHeaders);
    if (!known) co_return std::unexpected(known.error());
    const auto* text = request.parameter("partNumber");
    const auto number = read_part_number(text == nullptr ? std::string_view() : *text);
    if (!number) co_return std::unexpected(number.error());
    const auto plan = plan_body(request, asked.proof.payload_hash, asked.body.content_length(),
                                options_.part_bytes_max);
    if (!plan) co_return std::unexpected(plan.error());
    const auto upload = co_await find(request);
    if (!upload) co_return std::unexpected(upload.error());
    const auto fitting = check_part_checksum(*plan, *upload);
    if (!fitting) co_return std::unexpected(fitting.error());

    ports::PutOptions options;
    options.digests = plan->digests();
    options.kept_digest = plan->kept_digest();
    const auto writer = co_await multipart_.begin_part(*upload, *number, std::move(options));
    if (!writer) co_return refuse(s3_error(writer.error(), request.key));
    const auto received =
        co_await receive_body(*plan, std::move(asked.proof), asked.body, **writer, request.key);
    if (!received) co_return std::unexpected(received.error());
    const auto stored = co_await (*writer)->commit();
    if (!stored && stored.error().code == Errc::not_found) {
        co_return refuse(no_such_upload(upload->upload_id));
    }
    if (!stored) co_return refuse(s3_error(stored.error(), request.key));
    http::Response response;
    response.set("ETag", '"' + stored->etag.value() + '"');
    tell_checksum(response, *stored);
    co_return response;
}

Answer Uploads::copy_part(Asked asked, CopySource source) {
    const auto& request = asked.request;
    const auto known = refuse_unknown(request, kPartParameters, kCopyHeaders);
    if (!known) co_return std::unexpected(known.error());
    const auto* text = request.parameter("partNumber");
    const auto number = read_part_number(text == nullptr ? std::string_view() : *text);
    if (!number) co_return std::unexpected(number.error());
    auto upload = co_await find(request);
    if (!upload) co_return std::unexpected(upload.error());
    const auto name = source.key.value();
    auto info = co_await objects_.head(std::move(source.key));
    if (!info) co_return refuse(s3_error(info.error(), name));
    const auto wanted = check_copy_conditions(request, *info);
    if (!wanted) co_return std::unexpected(wanted.error());
    const auto range = read_copy_range(request, info->size_bytes);
    if (!range) co_return std::unexpected(range.error());
    const auto size = *range ? (*range)->length : info->size_bytes;
    if (size > options_.part_bytes_max) {
        co_return refuse(invalid_request(
            fmt::format("The specified copy source is larger than the maximum allowable size for a "
                        "copy source: {}",
                        options_.part_bytes_max)));
    }
    if (size > options_.quick_bytes_max) {
        SlowWork work = [this, upload = std::move(*upload), number = *number,
                         info = std::move(*info),
                         range = *range] { return copy(upload, number, info, range); };
        co_return slow_answer(asked.http, std::move(work));
    }
    auto copied = co_await copy(std::move(*upload), *number, std::move(*info), *range);
    if (!copied) co_return std::unexpected(copied.error());
    co_return xml_response(std::string(kXmlHead) + *copied);
}

Uploads::Document Uploads::copy(ports::MultipartUpload upload, std::uint32_t number,
                                ports::ObjectInfo source,
                                std::optional<ports::FilePiece::Range> range) {
    const auto copied =
        co_await multipart_.copy_part(upload, number, source.key, source.etag, range);
    if (!copied && copied.error().code == Errc::not_found) {
        co_return refuse(no_such_upload(upload.upload_id));
    }
    if (!copied && copied.error().code == Errc::conflict) {
        co_return refuse(operation_aborted());
    }
    if (!copied) co_return refuse(s3_error(copied.error(), source.key.value()));
    auto out = fmt::format("<CopyPartResult xmlns=\"{}\">", kXmlNamespace);
    append_element(out, "LastModified", to_rfc3339(copied->last_modified));
    append_etag(out, copied->etag);
    append_checksum(out, *copied);
    out += "</CopyPartResult>";
    co_return out;
}

auto Uploads::read_completion(Asked asked)
    -> boost::asio::awaitable<S3Result<std::variant<Completion, ports::ObjectInfo>>> {
    const auto& request = asked.request;
    const auto known = refuse_unknown(request, kUploadParameter, kCompleteHeaders);
    if (!known) co_return std::unexpected(known.error());
    auto condition = read_write_condition(request);
    if (!condition) co_return std::unexpected(condition.error());
    const auto plan = plan_document(request, asked.proof.payload_hash, asked.body.content_length(),
                                    kPartListBytesMax);
    if (!plan) co_return std::unexpected(plan.error());
    const auto document = co_await receive_document(*plan, std::move(asked.proof), asked.body);
    if (!document) co_return std::unexpected(document.error());
    auto upload = co_await find(request);
    if (!upload) {
        auto done = co_await find_completed(request, *document);
        if (!done) co_return std::unexpected(upload.error());
        co_return std::move(*done);
    }
    auto checksum = read_whole_checksum(request, *upload);
    if (!checksum) co_return std::unexpected(checksum.error());
    const auto named = read_part_list(*document, upload->checksum);
    if (!named) co_return std::unexpected(named.error());
    const auto uploaded =
        co_await multipart_.uploads().parts(upload->upload_id, 0, objects::kPartNumberMax);
    if (!uploaded) co_return refuse(s3_error(uploaded.error(), request.key));
    auto parts = objects::choose_parts(*upload, *uploaded, *named);
    if (!parts) co_return refuse(parts_error(parts.error(), *upload));

    Completion completion{.upload = std::move(*upload),
                          .parts = std::move(*parts),
                          .condition = std::move(*condition),
                          .checksum = std::move(*checksum),
                          .origin = origin_of(asked.http, "CompleteMultipartUpload"),
                          .location = location_of(asked.http, options_.bucket, request.key)};
    for (const auto& part : completion.parts) completion.size_bytes += part.size_bytes;
    const auto as_said = check_object_size(request, completion.size_bytes);
    if (!as_said) co_return std::unexpected(as_said.error());
    if (completion.size_bytes > options_.object_bytes_max) {
        co_return refuse(entity_too_large(completion.size_bytes, options_.object_bytes_max));
    }
    co_return completion;
}

Answer Uploads::complete(Asked asked) {
    auto read = co_await read_completion(asked);
    if (!read) co_return std::unexpected(read.error());
    if (const auto* completed = std::get_if<ports::ObjectInfo>(&*read)) {
        const auto location = location_of(asked.http, options_.bucket, asked.request.key);
        co_return xml_response(std::string(kXmlHead) + result_document(location, *completed));
    }
    auto* completion = std::get_if<Completion>(&*read);
    if (completion->parts.size() > 1 && completion->size_bytes > options_.quick_bytes_max) {
        SlowWork work = [this, completion = std::move(*completion)] {
            return put_together(completion);
        };
        co_return slow_answer(asked.http, std::move(work));
    }
    auto document = co_await put_together(std::move(*completion));
    if (!document) co_return std::unexpected(document.error());
    co_return xml_response(std::string(kXmlHead) + *document);
}

Uploads::Document Uploads::put_together(Completion completion) {
    const auto key = completion.upload.key.value();
    const auto upload_id = completion.upload.upload_id;
    const auto checksum = completion.upload.checksum;
    const auto condition = completion.condition;
    const auto last = completion.parts.back();
    const auto stored = co_await multipart_.complete(
        std::move(completion.upload), std::move(completion.parts), std::move(completion.condition),
        std::move(completion.checksum), std::move(completion.origin));
    if (!stored) {
        const auto& error = stored.error();
        if (error.code == Errc::not_found && error.field.empty()) {
            co_return refuse(no_such_upload(upload_id));
        }
        if (error.code == Errc::conflict && error.field == "parts") {
            co_return refuse(operation_aborted());
        }
        if (error.code == Errc::invalid_argument && error.field == "checksum") {
            co_return refuse(bad_checksum(checksum));
        }
        co_return refuse(write_error(error, condition, key));
    }
    co_return result_document(completion.location, *stored);
}

std::string Uploads::result_document(const std::string& location,
                                     const ports::ObjectInfo& stored) const {
    auto out = fmt::format("<CompleteMultipartUploadResult xmlns=\"{}\">", kXmlNamespace);
    append_element(out, "Location", xml_escape(location));
    append_element(out, "Bucket", xml_escape(options_.bucket));
    append_element(out, "Key", xml_escape(stored.key.value()));
    append_etag(out, stored.etag);
    append_checksum(out, stored);
    if (const auto& kept = stored.attributes.checksum) {
        append_element(out, "ChecksumType", checksum_type(kept->second));
    }
    out += "</CompleteMultipartUploadResult>";
    return out;
}

Answer Uploads::abort(Asked asked) {
    const auto known = refuse_unknown(asked.request, kUploadParameter, {});
    if (!known) co_return std::unexpected(known.error());
    const auto upload = co_await find(asked.request);
    if (!upload) co_return std::unexpected(upload.error());
    const auto aborted = co_await multipart_.uploads().abort(upload->upload_id);
    if (!aborted && aborted.error().code == Errc::not_found) {
        co_return refuse(no_such_upload(upload->upload_id));
    }
    if (!aborted) co_return refuse(s3_error(aborted.error(), asked.request.key));
    http::Response response;
    response.status = 204;
    co_return response;
}

Answer Uploads::list_parts(Asked asked) {
    const auto wanted = read_parts_request(asked.request);
    if (!wanted) co_return std::unexpected(wanted.error());
    const auto upload = co_await find(asked.request);
    if (!upload) co_return std::unexpected(upload.error());
    // One more than fits says whether there are more.
    auto parts =
        co_await multipart_.uploads().parts(upload->upload_id, wanted->after, wanted->count + 1);
    if (!parts) co_return refuse(s3_error(parts.error(), asked.request.key));
    co_return xml_response(parts_document(*wanted, *upload, std::move(*parts), options_.bucket));
}

Answer Uploads::list(Asked asked, std::optional<std::vector<std::string>> within) {
    auto wanted = read_uploads_request(asked.request);
    if (!wanted) co_return std::unexpected(wanted.error());
    wanted->within = std::move(within);
    const auto page = co_await list_uploads(multipart_.uploads(), *wanted);
    if (!page) co_return refuse(s3_error(page.error(), {}));
    co_return xml_response(
        uploads_document(*wanted, *page, options_.bucket, asked.key.user.value()));
}

}  // namespace ingestor::awsapi::s3
