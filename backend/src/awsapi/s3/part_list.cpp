#include "awsapi/s3/part_list.hpp"

#include <charconv>
#include <string>

#include <fmt/format.h>

#include "awsapi/s3/read.hpp"
#include "awsapi/s3/request.hpp"
#include "awsapi/xml_document.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {
namespace {

constexpr std::string_view kChecksumElement = "Checksum";

bool is_part_element(std::string_view name) {
    if (name == "PartNumber" || name == "ETag") return true;
    return name.starts_with(kChecksumElement) &&
           checksum_algorithm(name.substr(kChecksumElement.size())) != nullptr;
}

}  // namespace

S3Result<std::uint32_t> read_part_number(std::string_view text) {
    const auto digits = trimmed(text);
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc{} && end == digits.data() + digits.size() && number >= 1 &&
        number <= objects::kPartNumberMax) {
        return number;
    }
    return refuse(
        invalid_argument(fmt::format("Part number must be an integer between 1 and {}, inclusive",
                                     objects::kPartNumberMax),
                         "partNumber", std::string(text)));
}

S3Result<std::vector<objects::NamedPart>> read_part_list(std::string_view document,
                                                         std::string_view checksum) {
    if (document.empty()) {
        return refuse(invalid_request("You must specify at least one part"));
    }
    const auto root = parse_xml(document);
    if (!root || root->name != "CompleteMultipartUpload" ||
        root->children.size() > objects::kPartNumberMax) {
        return refuse(malformed_xml());
    }
    const auto checksum_element =
        std::string(kChecksumElement) + std::string(checksum_title(checksum));
    std::vector<objects::NamedPart> parts;
    for (const auto& element : root->children) {
        if (element.name != "Part" || element.child("PartNumber") == nullptr ||
            element.child("ETag") == nullptr) {
            return refuse(malformed_xml());
        }
        for (const auto& child : element.children) {
            if (!is_part_element(child.name)) return refuse(malformed_xml());
        }
        const auto number = read_part_number(element.text_of("PartNumber"));
        if (!number) return std::unexpected(number.error());
        objects::NamedPart part{.number = *number, .etag = unquoted_etag(element.text_of("ETag"))};
        if (!checksum.empty()) part.checksum = trimmed(element.text_of(checksum_element));
        parts.push_back(std::move(part));
    }
    if (parts.empty()) return refuse(invalid_request("You must specify at least one part"));
    return parts;
}

S3Error parts_error(const objects::PartsFault& fault, const ports::MultipartUpload& upload) {
    using Kind = objects::PartsFault::Kind;
    const auto number = std::to_string(fault.part.number);
    switch (fault.kind) {
        case Kind::missing:
            break;
        case Kind::not_ascending:
            return {.status = 400,
                    .code = "InvalidPartOrder",
                    .message =
                        "The list of parts was not in ascending order. The parts list must "
                        "be specified in order by part number.",
                    .details = {{"UploadId", upload.upload_id}}};
        case Kind::too_small:
            return {.status = 400,
                    .code = "EntityTooSmall",
                    .message = "Your proposed upload is smaller than the minimum allowed size",
                    .details = {{"ProposedSize", std::to_string(fault.size_bytes)},
                                {"MinSizeAllowed", std::to_string(objects::kPartBytesMin)},
                                {"PartNumber", number},
                                {"ETag", fault.part.etag.value()}}};
        case Kind::no_checksum:
            return invalid_request(fmt::format(
                "The upload was created using a {} checksum. The complete request must include the "
                "checksum for each part. It was missing for part {} in the request.",
                upload.checksum, number));
    }
    return {.status = 400,
            .code = "InvalidPart",
            .message =
                "One or more of the specified parts could not be found.  The part may not "
                "have been uploaded, or the specified entity tag may not match the part's "
                "entity tag.",
            .details = {{"UploadId", upload.upload_id},
                        {"PartNumber", number},
                        {"ETag", fault.part.etag.value()}}};
}

}  // namespace ingestor::awsapi::s3
