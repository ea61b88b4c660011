#include "api/bus/parameters.hpp"

#include "api/answers.hpp"
#include "api/bus/messages.hpp"
#include "api/problem.hpp"

namespace ingestor::api::bus {

namespace {

/// Adds the parameter to the filter where it is there.
Result<std::monostate> read_filter(const Call& call, std::string_view name, const TextRule& rule,
                                   std::string& out) {
    const auto text = call.request.query_parameter(name);
    if (!text) return std::monostate{};
    auto value = parameter_of(*text, name, rule);
    if (!value) return std::unexpected(std::move(value.error()));
    out = std::move(*value);
    return std::monostate{};
}

}  // namespace

std::expected<std::string, http::Response> bus_of(const Call& call) {
    const auto text = call.request.query_parameter("bus");
    if (!text) {
        return std::unexpected(
            validation_problem(Place::query, "bus", "Field required", "missing"));
    }
    auto name = parameter_of(*text, "bus", kBusName);
    if (!name) return std::unexpected(problem(name.error(), Place::query));
    return std::move(*name);
}

std::expected<ports::RuleKey, http::Response> rule_key_of(const Call& call) {
    auto name = parameter_of(call.path.get("rule"), "rule", kName);
    if (!name) return std::unexpected(problem(name.error(), Place::path));
    auto bus = bus_of(call);
    if (!bus) return std::unexpected(std::move(bus.error()));
    return ports::RuleKey{std::move(*bus), std::move(*name)};
}

std::expected<ports::RouteFilter, http::Response> filter_of(const Call& call) {
    ports::RouteFilter filter;
    for (const auto& read : {read_filter(call, "bus", kBusName, filter.bus),
                             read_filter(call, "rule", kName, filter.rule),
                             read_filter(call, "target_id", kName, filter.target_id)}) {
        if (!read) return std::unexpected(problem(read.error(), Place::query));
    }
    return filter;
}

std::expected<std::uint32_t, http::Response> limit_of(const Call& call) {
    const auto text = call.request.query_parameter("limit");
    if (!text) return kListedDefault;
    const auto number = number_of(*text, "limit", 1, kListedMax);
    if (!number) return std::unexpected(problem(number.error(), Place::query));
    return *number;
}

}  // namespace ingestor::api::bus
