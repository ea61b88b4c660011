#include "awsapi/s3/bucket.hpp"

#include <array>

#include <fmt/format.h>

#include "awsapi/s3/document.hpp"
#include "awsapi/s3/list.hpp"
#include "awsapi/xml.hpp"
#include "awsapi/xml_document.hpp"

namespace ingestor::awsapi::s3 {
namespace {

/// The oldest region has no name here.
constexpr std::string_view kOldestRegion = "us-east-1";
constexpr std::array<std::string_view, 4> kListParameters = {"max-buckets", "prefix",
                                                             "continuation-token", "bucket-region"};
constexpr std::array<std::string_view, 1> kLocationParameters = {"location"};
constexpr std::array<std::string_view, 2> kCreateHeaders = {"x-amz-acl", "x-amz-object-ownership"};

S3Result<std::string> wanted_region(std::string_view document) {
    if (document.empty()) return std::string(kOldestRegion);
    const auto root = parse_xml(document);
    if (!root || root->name != "CreateBucketConfiguration") return refuse(malformed_xml());
    const auto region = root->text_of("LocationConstraint");
    return std::string(region.empty() ? kOldestRegion : region);
}

}  // namespace

S3Result<http::Response> list_buckets(const S3Request& request, const Bucket& bucket,
                                      std::string_view owner) {
    const auto known = refuse_unknown(request, kListParameters, {});
    if (!known) return std::unexpected(known.error());
    const auto* prefix = request.parameter("prefix");
    const auto* region = request.parameter("bucket-region");
    const bool shown = (prefix == nullptr || bucket.name.starts_with(*prefix)) &&
                       (region == nullptr || bucket.region == *region);
    std::string out(kXmlHead);
    out += fmt::format(
        "<ListAllMyBucketsResult xmlns=\"{0}\"><Owner><ID>{1}</ID><DisplayName>{1}</DisplayName>"
        "</Owner><Buckets>",
        kXmlNamespace, xml_escape(owner));
    if (shown) {
        out += fmt::format(
            "<Bucket><Name>{}</Name><CreationDate>{}</CreationDate><BucketRegion>{}</BucketRegion>"
            "</Bucket>",
            xml_escape(bucket.name), to_rfc3339(bucket.created_at), xml_escape(bucket.region));
    }
    out += "</Buckets></ListAllMyBucketsResult>";
    return xml_response(std::move(out));
}

S3Result<http::Response> head_bucket(const S3Request& request, const Bucket& bucket) {
    const auto known = refuse_unknown(request, {}, {});
    if (!known) return std::unexpected(known.error());
    http::Response response;
    response.set("x-amz-bucket-region", bucket.region);
    return response;
}

S3Result<http::Response> get_bucket_location(const S3Request& request, const Bucket& bucket) {
    const auto known = refuse_unknown(request, kLocationParameters, {});
    if (!known) return std::unexpected(known.error());
    const auto region = bucket.region == kOldestRegion ? std::string() : bucket.region;
    return xml_response(fmt::format("{}<LocationConstraint xmlns=\"{}\">{}</LocationConstraint>",
                                    kXmlHead, kXmlNamespace, xml_escape(region)));
}

S3Result<http::Response> create_bucket(const S3Request& request, const Bucket& bucket,
                                       std::string_view document) {
    const auto known = refuse_unknown(request, {}, kCreateHeaders);
    if (!known) return std::unexpected(known.error());
    const auto region = wanted_region(document);
    if (!region) return std::unexpected(region.error());
    if (*region != bucket.region) {
        return refuse({.status = 400,
                       .code = "IllegalLocationConstraintException",
                       .message = fmt::format(
                           "The {} location constraint is incompatible for the region specific "
                           "endpoint this request was sent to.",
                           document.empty() ? "unspecified" : *region)});
    }
    if (request.bucket != bucket.name) {
        return refuse({.status = 400,
                       .code = "TooManyBuckets",
                       .message = fmt::format("There is one bucket here, and no other can be made: "
                                              "use {}",
                                              bucket.name)});
    }
    if (bucket.region != kOldestRegion) {
        return refuse({.status = 409,
                       .code = "BucketAlreadyOwnedByYou",
                       .message = "Your previous request to create the named bucket succeeded and "
                                  "you already own it.",
                       .details = {{"BucketName", bucket.name}}});
    }
    http::Response response;
    response.set("Location", '/' + bucket.name);
    return response;
}

}  // namespace ingestor::awsapi::s3
