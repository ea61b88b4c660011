#include "awsapi/s3/delete_objects.hpp"

#include <array>

#include <fmt/format.h>

#include "awsapi/s3/body.hpp"
#include "awsapi/s3/document.hpp"
#include "awsapi/s3/read.hpp"
#include "awsapi/xml.hpp"
#include "awsapi/xml_document.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::array<std::string_view, 1> kParameters = {"delete"};
constexpr std::array<std::string_view, 4> kHeaders = {
    "x-amz-checksum-", "x-amz-decoded-content-length", "x-amz-sdk-checksum-algorithm",
    "x-amz-trailer"};
/// 1,000 keys of the largest size, a good part of them written as references.
constexpr std::size_t kDocumentBytesMax = std::size_t{4} << 20;

/// What became of each object.
struct Outcome {
    std::string key;
    std::optional<S3Error> error = {};
};

std::string outcome_document(const std::vector<Outcome>& outcomes, bool quiet) {
    std::string out(kXmlHead);
    out += fmt::format("<DeleteResult xmlns=\"{}\">", kXmlNamespace);
    for (const auto& [key, error] : outcomes) {
        if (!error && quiet) continue;
        out += error ? "<Error>" : "<Deleted>";
        append_element(out, "Key", xml_escape(key));
        if (error) {
            append_element(out, "Code", error->code);
            append_element(out, "Message", xml_escape(error->message));
        }
        out += error ? "</Error>" : "</Deleted>";
    }
    out += "</DeleteResult>";
    return out;
}

S3Error no_such_version() {
    return {
        .status = 404, .code = "NoSuchVersion", .message = "The specified version does not exist."};
}

/// Whether it may be removed, as it is.
boost::asio::awaitable<std::optional<S3Error>> find_objection(objects::IndexedObjects& objects,
                                                              const S3Access& access,
                                                              const Asked& asked,
                                                              const Deletion::Object& object) {
    const auto allowed =
        co_await access.check(asked.key, asked.proof.kind, S3Action::delete_object, object.key);
    if (!allowed) co_return allowed.error();
    auto key = object_key_of(object.key);
    if (!key) co_return key.error();
    if (object.other_version) co_return no_such_version();
    if (!object.etag) co_return std::nullopt;
    const auto removed = co_await objects.remove_if(std::move(*key), *object.etag);
    if (removed) co_return std::nullopt;
    if (removed.error().code == Errc::conflict) co_return precondition_failed("If-Match");
    co_return s3_error(removed.error(), object.key);
}

S3Result<BodyPlan> plan_deletion(Asked asked) {
    const auto known = refuse_unknown(asked.request, kParameters, kHeaders);
    if (!known) return std::unexpected(known.error());
    auto plan = plan_body(asked.request, asked.proof.payload_hash, asked.body.content_length(),
                          kDocumentBytesMax);
    if (plan && !plan->md5 && plan->checksum == nullptr) {
        return refuse(invalid_request(
            "Missing required header for this request: Content-MD5 OR x-amz-checksum-*"));
    }
    return plan;
}

}  // namespace

S3Result<Deletion> read_deletion(std::string_view document) {
    const auto root = parse_xml(document);
    if (!root || root->name != "Delete") return refuse(malformed_xml());
    Deletion deletion;
    for (const auto& element : root->children) {
        if (element.name == "Quiet") {
            deletion.quiet = element.text == "true";
            continue;
        }
        const auto key = element.text_of("Key");
        if (element.name != "Object" || key.empty()) return refuse(malformed_xml());
        Deletion::Object object{.key = std::string(key)};
        for (const auto& child : element.children) {
            if (child.name == "ETag") {
                object.etag = unquoted_etag(child.text);
            } else if (child.name == "VersionId") {
                object.other_version = child.text != "null";
            } else if (child.name == "Size" || child.name == "LastModifiedTime") {
                return refuse(not_implemented());
            } else if (child.name != "Key") {
                return refuse(malformed_xml());
            }
        }
        deletion.objects.push_back(std::move(object));
    }
    if (deletion.objects.empty() || deletion.objects.size() > kDeletedObjectsMax) {
        return refuse(malformed_xml());
    }
    return deletion;
}

Answer delete_objects(objects::IndexedObjects& objects, const S3Access& access, Asked asked) {
    const auto plan = plan_deletion(asked);
    if (!plan) co_return std::unexpected(plan.error());
    const auto document = co_await receive_document(*plan, std::move(asked.proof), asked.body);
    if (!document) co_return std::unexpected(document.error());
    const auto deletion = read_deletion(*document);
    if (!deletion) co_return std::unexpected(deletion.error());

    std::vector<Outcome> outcomes;
    std::vector<domain::ObjectKey> keys;
    for (const auto& object : deletion->objects) {
        auto objection = co_await find_objection(objects, access, asked, object);
        if (!objection && !object.etag) keys.emplace_back(object.key);
        outcomes.push_back({.key = object.key, .error = std::move(objection)});
    }
    const auto removed = co_await objects.remove_all(std::move(keys));
    if (!removed) co_return refuse(s3_error(removed.error(), {}));
    co_return xml_response(outcome_document(outcomes, deletion->quiet));
}

}  // namespace ingestor::awsapi::s3
