#include "api/answers.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "base/uuid.hpp"

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

Result<domain::JobId> job_id_of(const http::PathParameters& path) {
    std::string text(path.get("job_id"));
    if (!is_uuid(text)) {
        return fail(Errc::invalid_argument, "Input should be a valid UUID", "job_id");
    }
    return domain::JobId(std::move(text));
}

Result<std::uint32_t> number_of(std::string_view text, std::string_view name, std::uint32_t least,
                                std::uint32_t most) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < least ||
        number > most) {
        return fail(Errc::invalid_argument,
                    "Input should be a whole number from " + std::to_string(least) + " to " +
                        std::to_string(most),
                    std::string(name));
    }
    return number;
}

std::string_view bearer_token(const http::Request& request) {
    const auto header = request.header("authorization");
    constexpr std::string_view kScheme = "bearer ";
    if (header.size() <= kScheme.size()) return {};
    for (std::size_t i = 0; i < kScheme.size(); ++i) {
        const char c = header[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != kScheme[i]) return {};
    }
    return header.substr(kScheme.size());
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
