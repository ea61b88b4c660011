#include "awsapi/auth/request_head.hpp"

namespace ingestor::awsapi::auth {

sigv4::RequestHead head_of(const http::Request& request) {
    sigv4::RequestHead head{.method = request.method_text,
                            .path = request.path(),
                            .query = request.query(),
                            .headers = {}};
    for (const auto& field : request.headers) {
        head.headers.push_back({.name = field.name_string(), .value = field.value()});
    }
    return head;
}

}  // namespace ingestor::awsapi::auth
