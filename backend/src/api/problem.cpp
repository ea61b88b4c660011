#include "api/problem.hpp"

#include <charconv>

#include <boost/json.hpp>

namespace ingestor::api {

namespace json = boost::json;

namespace {

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

/// A full disk is our failure; a quota that is used up is the caller's own, and names the part of
/// the request that it is about.
bool is_of_quota(const Error& error) {
    return error.code == Errc::out_of_space && !error.field.empty();
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

void Faults::add(Place place, std::string_view field, std::string_view msg, std::string_view type) {
    if (named_.size() < kNamedMax) {
        named_.push_back(fault(place, field, msg, type));
    } else {
        ++others_;
    }
}

json::array Faults::to_json() && {
    if (others_ > 0) {
        named_.push_back(fault(Place::body, "", "and " + std::to_string(others_) + " more faults",
                               "too_many_faults"));
    }
    return std::move(named_);
}

http::Response problem(const Error& error, Place place) {
    const auto status = status_of(error.code);
    if (status == 422) return validation_problem(place, error.field, error.message, "value_error");
    auto response = answer(status, json::value(public_message(error)));
    if (status >= 500 && !is_of_quota(error)) response.failure = error.message;
    if (status == 401) response.set("www-authenticate", "Bearer");
    if (status == 429 || status == 503) response.set("retry-after", "1");
    // Room is made by people, or by retention.
    if (status == 507) response.set("retry-after", "30");
    return response;
}

http::Response validation_problem(Faults faults) {
    return answer(422, std::move(faults).to_json());
}

http::Response validation_problem(Place place, std::string_view field, std::string_view msg,
                                  std::string_view type) {
    Faults faults;
    faults.add(place, field, msg, type);
    return validation_problem(std::move(faults));
}

std::string public_message(const Error& error) {
    const auto status = status_of(error.code);
    return status < 500 || is_of_quota(error) ? error.message
                                              : std::string(http::failure_advice(status));
}

}  // namespace ingestor::api
