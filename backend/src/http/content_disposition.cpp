#include "http/content_disposition.hpp"

#include "base/encoding.hpp"

namespace ingestor::http {

std::string content_disposition(Disposition disposition, std::string_view filename) {
    std::string value = disposition == Disposition::shown ? "inline" : "attachment";
    // What percent_encode leaves is among RFC 8187's attr-char.
    return value + "; filename*=UTF-8''" + percent_encode(filename);
}

}  // namespace ingestor::http
