#include "http/message.hpp"

#include <algorithm>
#include <limits>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "http/form.hpp"

namespace ingestor::http {

namespace asio = boost::asio;

asio::awaitable<Result<std::string>> Body::read_all(std::uint64_t bytes_max) {
    set_limit(bytes_max);
    constexpr std::size_t kPieceBytes = std::size_t{16} << 10;
    // An announced length is believed only up to here: memory follows the bytes that really come.
    constexpr std::uint64_t kTrustedBytes = std::uint64_t{1} << 20;
    const auto announced = std::min(content_length().value_or(kPieceBytes), bytes_max);
    const auto trusted = static_cast<std::size_t>(std::min(announced, kTrustedBytes));
    std::string text(std::max<std::size_t>(trusted, 1), '\0');
    std::size_t filled = 0;
    while (true) {
        // Room for one byte more than announced, so that the end is met without growing.
        if (filled == text.size()) text.resize(std::max(filled * 2, filled + kPieceBytes));
        const auto count = co_await read_some(std::span(text).subspan(filled));
        if (!count) co_return std::unexpected(count.error());
        if (*count == 0) break;
        filled += *count;
        if (content_length() == filled) break;
    }
    text.resize(filled);
    co_return text;
}

std::string_view PathParameters::get(std::string_view name) const {
    const auto found = std::ranges::find(
        values_, name, [](const auto& pair) { return std::string_view(pair.first); });
    return found == values_.end() ? std::string_view{} : std::string_view(found->second);
}

std::string_view Request::path() const {
    return std::string_view(target).substr(0, target.find('?'));
}

std::string_view Request::query() const {
    const auto mark = target.find('?');
    return mark == std::string::npos ? std::string_view{}
                                     : std::string_view(target).substr(mark + 1);
}

std::string_view Request::header(std::string_view name) const {
    const auto found = headers.find(boost::beast::string_view(name.data(), name.size()));
    if (found == headers.end()) return {};
    return {found->value().data(), found->value().size()};
}

std::optional<std::string> Request::query_parameter(std::string_view name) const {
    auto rest = query();
    while (!rest.empty()) {
        const auto pair = take_form_pair(rest);
        if (pair.name == name || decode_form_text(pair.name) == name) {
            return decode_form_text(pair.value);
        }
    }
    return std::nullopt;
}

std::vector<std::string> Request::query_parameters(std::string_view name) const {
    std::vector<std::string> values;
    auto rest = query();
    while (!rest.empty()) {
        const auto pair = take_form_pair(rest);
        if (pair.name == name || decode_form_text(pair.name) == name) {
            values.push_back(decode_form_text(pair.value));
        }
    }
    return values;
}

Response detail_response(unsigned status, std::string_view detail) {
    Response response{.status = status, .headers = {}, .body = {}};
    response.set("content-type", "application/json");
    auto& body = response.body.emplace<std::string>("{\"detail\":");
    body.append(boost::json::serialize(boost::json::string_view(detail.data(), detail.size())));
    body.push_back('}');
    return response;
}

std::string_view failure_advice(unsigned status) {
    if (status == 503) {
        return "the service cannot do this at the moment: repeat it in a moment";
    }
    if (status == 507) {
        return "no room is left to store this: nothing of it was kept, and what was accepted "
               "before is safe; the operator has to make room, then send it again";
    }
    return "the service failed at this, and its log says why";
}

Response failure_response(unsigned status, std::string_view request_id) {
    std::string detail(failure_advice(status));
    detail.append("; if it lasts, give the operator the request id ").append(request_id);
    auto response = detail_response(status, detail);
    if (status == 503) response.set("retry-after", "1");
    // Room is made by people, or by retention.
    if (status == 507) response.set("retry-after", "30");
    return response;
}

}  // namespace ingestor::http
