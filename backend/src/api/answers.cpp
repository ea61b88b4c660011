#include "api/answers.hpp"

#include <algorithm>
#include <cctype>

namespace ingestor::api {

std::string media_type_of(const http::Request& request) {
    auto text = request.header("content-type");
    text = text.substr(0, text.find(';'));
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    std::string type(text);
    std::ranges::transform(type, type.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return type;
}

boost::asio::awaitable<Result<std::string>> read_json_text(http::Request& request,
                                                           std::uint64_t bytes_max) {
    const auto type = media_type_of(request);
    if (type != "application/json" && !type.ends_with("+json")) {
        co_return fail(Errc::unsupported, type.empty()
                                              ? "send the header 'Content-Type: application/json'"
                                              : "the body has to be application/json, not " + type);
    }
    co_return co_await request.body->read_all(bytes_max);
}

}  // namespace ingestor::api
