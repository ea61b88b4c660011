#include "awsapi/s3/tagging.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "awsapi/s3/body.hpp"
#include "awsapi/s3/document.hpp"
#include "awsapi/xml.hpp"
#include "awsapi/xml_document.hpp"
#include "base/encoding.hpp"
#include "sigv4/canonical.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::array<std::string_view, 1> kParameters = {"tagging"};
constexpr std::array<std::string_view, 2> kPutHeaders = {"x-amz-checksum-",
                                                         "x-amz-sdk-checksum-algorithm"};
/// Ten tags of the largest size, every character written as a reference.
constexpr std::size_t kDocumentBytesMax = std::size_t{64} << 10;

S3Error invalid_tag(std::string message) {
    return {.status = 400, .code = "InvalidTag", .message = std::move(message)};
}

S3Result<std::monostate> add_tag(std::string key, std::string value, Tags& tags) {
    const auto key_length = count_characters(key);
    if (!is_utf8(key) || key_length < 1 || key_length > kTagKeyCharactersMax ||
        lower_case(key).starts_with("aws:")) {
        return refuse(invalid_tag("The TagKey you have provided is invalid"));
    }
    if (!is_utf8(value) || count_characters(value) > kTagValueCharactersMax) {
        return refuse(invalid_tag("The TagValue you have provided is invalid"));
    }
    if (!tags.emplace(std::move(key), std::move(value)).second) {
        return refuse(invalid_tag("Cannot provide multiple Tags with the same key"));
    }
    if (tags.size() <= kTagsMax) return std::monostate{};
    return refuse({.status = 400,
                   .code = "BadRequest",
                   .message = fmt::format("Object tags cannot be greater than {}", kTagsMax)});
}

Answer change(objects::IndexedObjects& objects, std::string key, Tags tags, unsigned status) {
    auto parsed = object_key_of(key);
    if (!parsed) co_return std::unexpected(parsed.error());
    const auto changed = co_await objects.set_tags(std::move(*parsed), std::move(tags));
    if (!changed && changed.error().code == Errc::conflict) co_return refuse(operation_aborted());
    if (!changed) co_return refuse(s3_error(changed.error(), key));
    http::Response response;
    response.status = status;
    co_return response;
}

}  // namespace

S3Result<Tags> read_tag_header(std::string_view header) {
    Tags tags;
    auto text = std::string(header);
    std::ranges::replace(text, '+', ' ');
    for (auto& parameter : sigv4::parse_query(text)) {
        const auto added = add_tag(std::move(parameter.name), std::move(parameter.value), tags);
        if (!added) return std::unexpected(added.error());
    }
    return tags;
}

S3Result<Tags> read_tag_document(std::string_view document) {
    const auto root = parse_xml(document);
    const auto* set = root && root->name == "Tagging" ? root->child("TagSet") : nullptr;
    if (set == nullptr) return refuse(malformed_xml());
    Tags tags;
    for (const auto& tag : set->children) {
        if (tag.name != "Tag" || tag.child("Key") == nullptr || tag.child("Value") == nullptr) {
            return refuse(malformed_xml());
        }
        const auto added =
            add_tag(std::string(tag.text_of("Key")), std::string(tag.text_of("Value")), tags);
        if (!added) return std::unexpected(added.error());
    }
    return tags;
}

Answer get_object_tagging(objects::IndexedObjects& objects, Asked asked) {
    const auto& request = asked.request;
    const auto known = refuse_unknown(request, kParameters, {});
    if (!known) co_return std::unexpected(known.error());
    auto key = object_key_of(request.key);
    if (!key) co_return std::unexpected(key.error());
    const auto info = co_await objects.head(std::move(*key));
    if (!info) co_return refuse(s3_error(info.error(), request.key));
    std::string out(kXmlHead);
    out += fmt::format("<Tagging xmlns=\"{}\"><TagSet>", kXmlNamespace);
    for (const auto& [name, value] : info->attributes.tags) {
        out += "<Tag>";
        append_element(out, "Key", xml_escape(name));
        append_element(out, "Value", xml_escape(value));
        out += "</Tag>";
    }
    out += "</TagSet></Tagging>";
    co_return xml_response(std::move(out));
}

Answer put_object_tagging(objects::IndexedObjects& objects, Asked asked) {
    const auto& request = asked.request;
    const auto known = refuse_unknown(request, kParameters, kPutHeaders);
    if (!known) co_return std::unexpected(known.error());
    const auto plan = plan_body(request, asked.proof.payload_hash, asked.body.content_length(),
                                kDocumentBytesMax);
    if (!plan) co_return std::unexpected(plan.error());
    const auto document = co_await receive_document(*plan, std::move(asked.proof), asked.body);
    if (!document) co_return std::unexpected(document.error());
    auto tags = read_tag_document(*document);
    if (!tags) co_return std::unexpected(tags.error());
    co_return co_await change(objects, request.key, std::move(*tags), 200);
}

Answer delete_object_tagging(objects::IndexedObjects& objects, Asked asked) {
    const auto known = refuse_unknown(asked.request, kParameters, {});
    if (!known) co_return std::unexpected(known.error());
    Tags none;
    co_return co_await change(objects, asked.request.key, std::move(none), 204);
}

}  // namespace ingestor::awsapi::s3
