#include <string>

#include "awsapi/s3/delete_objects.hpp"
#include "awsapi/s3/part_list.hpp"
#include "awsapi/s3/tagging.hpp"
#include "fuzz.hpp"

namespace {

using namespace ingestor;
using namespace ingestor::awsapi::s3;
using fuzz::require;

void check_error(const S3Error& error) {
    require(error.status == 400 || error.status == 501, "a refusal blames the document");
    require(!error.code.empty() && !error.message.empty(), "and says why");
}

void read_parts(std::string_view document) {
    ports::MultipartUpload upload{.upload_id = "u", .key = domain::ObjectKey("k")};
    upload.checksum = "crc32";
    upload.composite = true;
    const auto parts = read_part_list(document, upload.checksum);
    if (!parts) return check_error(parts.error());
    require(!parts->empty() && parts->size() <= objects::kPartNumberMax, "there are parts");
    for (const auto& part : *parts) {
        require(part.number >= 1 && part.number <= objects::kPartNumberMax, "a part has a number");
    }
    // None of them was uploaded.
    const auto chosen = objects::choose_parts(upload, {}, *parts);
    require(!chosen, "a part that is not there is not chosen");
    check_error(parts_error(chosen.error(), upload));
}

void read_deletions(std::string_view document) {
    const auto deletion = read_deletion(document);
    if (!deletion) return check_error(deletion.error());
    require(!deletion->objects.empty() && deletion->objects.size() <= kDeletedObjectsMax,
            "a batch is bounded");
    for (const auto& object : deletion->objects)
        require(!object.key.empty(), "an object has a key");
}

void read_tags(const S3Result<Tags>& tags) {
    if (!tags) return check_error(tags.error());
    require(tags->size() <= kTagsMax, "tags are few");
}

}  // namespace

/// Documents that requests of S3 have, and the header of tags.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::Input(data, size).rest();
    read_parts(text);
    read_deletions(text);
    read_tags(read_tag_document(text));
    read_tags(read_tag_header(text));
    return 0;
}
