#include "api/problem.hpp"

#include <charconv>

#include <boost/json.hpp>

namespace ingestor::api {

namespace json = boost::json;

namespace {

constexpr std::string_view kOutOfSpace =
    "no room is left to store this: nothing of it was kept, and what was accepted before is safe; "
    "the operator has to make room, then send it again";
/// In seconds. Room is made by people, or by retention.
constexpr const char* kRetryAfterOutOfSpace = "30";

std::string_view to_string(Place place) {
    switch (place) {
        case Place::body:
            return "body";
        case Place::query:
            return "query";
        case Place::path:
            return "path";
        case Place::header:
            return "header";
    }
    return "body";
}

http::Response answer(unsigned status, const json::value& detail) {
    http::Response response;
    response.status = status;
    response.set("content-type", "application/json");
    response.body = json::serialize(json::object{{"detail", detail}});
    return response;
}

}  // namespace

unsigned status_of(Errc code) {
    switch (code) {
        case Errc::invalid_argument:
        case Errc::encrypted:
        case Errc::empty:
            return 422;
        case Errc::unauthenticated:
            return 401;
        case Errc::permission_denied:
            return 403;
        case Errc::not_found:
            return 404;
        case Errc::conflict:
            return 409;
        case Errc::too_large:
            return 413;
        case Errc::unsupported:
            return 415;
        case Errc::rate_limited:
            return 429;
        case Errc::unavailable:
        case Errc::cancelled:
            return 503;
        case Errc::out_of_space:
            return 507;
        case Errc::timed_out:
            return 408;
        case Errc::corrupt:
        case Errc::internal:
            break;
    }
    return 500;
}

http::Response problem(const Error& error, Place place) {
    const auto status = status_of(error.code);
    if (status == 422) {
        json::array faults;
        faults.push_back(fault(place, error.field, error.message, "value_error"));
        return validation_problem(std::move(faults));
    }
    if (status == 507) {
        // Which disk, and how full, is for the log alone.
        auto response = answer(status, json::value(kOutOfSpace));
        response.failure = error.message;
        response.set("retry-after", kRetryAfterOutOfSpace);
        return response;
    }
    auto response = answer(
        status, status == 500 ? json::value("Internal Server Error") : json::value(error.message));
    if (status >= 500) response.failure = error.message;
    if (status == 401) response.set("www-authenticate", "Bearer");
    if (status == 429 || status == 503) response.set("retry-after", "1");
    return response;
}

http::Response validation_problem(json::array faults) {
    return answer(422, std::move(faults));
}

json::object fault(Place place, std::string_view field, std::string_view msg,
                   std::string_view type) {
    json::array loc;
    loc.emplace_back(to_string(place));
    while (!field.empty()) {
        const auto dot = field.find('.');
        const auto part = field.substr(0, dot);
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
        if (error == std::errc{} && end == part.data() + part.size()) {
            loc.emplace_back(number);
        } else {
            loc.emplace_back(part);
        }
        field = dot == std::string_view::npos ? std::string_view{} : field.substr(dot + 1);
    }
    return {{"loc", std::move(loc)}, {"msg", msg}, {"type", type}};
}

}  // namespace ingestor::api
