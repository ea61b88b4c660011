#include "awsapi/s3/document.hpp"

#include <fmt/format.h>

#include "awsapi/s3/request.hpp"
#include "awsapi/xml.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {

http::Response xml_response(std::string document) {
    http::Response response;
    response.set("Content-Type", "application/xml");
    response.body = std::move(document);
    return response;
}

std::string location_of(const http::Request& request, const std::string& bucket,
                        const std::string& key) {
    return fmt::format("http://{}/{}/{}", request.header("host"), bucket, percent_encode(key, "/"));
}

void append_etag(std::string& out, const domain::ETag& etag) {
    append_element(out, "ETag", xml_escape('"' + etag.value() + '"'));
}

void append_checksum(std::string& out, const ports::ObjectInfo& info) {
    const auto& checksum = info.attributes.checksum;
    if (!checksum) return;
    append_element(out, fmt::format("Checksum{}", checksum_title(checksum->first)),
                   checksum->second);
}

}  // namespace ingestor::awsapi::s3
