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

std::string_view access_key_of(const http::Request& request) {
    constexpr std::string_view kCredential = "Credential=";
    auto header = request.header("authorization");
    const auto begin = header.find(kCredential);
    if (begin == std::string_view::npos) return {};
    header.remove_prefix(begin + kCredential.size());
    return header.substr(0, header.find('/'));
}

}  // namespace ingestor::awsapi::auth
