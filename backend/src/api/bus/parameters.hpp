#pragma once

#include <cstdint>
#include <expected>

#include "api/call.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "ports/delivery_records.hpp"
#include "ports/event_log.hpp"

namespace ingestor::api::bus {

/// The rule that the path and the query's `bus` name. Errors: a response of 422.
[[nodiscard]] std::expected<ports::RuleKey, http::Response> rule_key_of(const Call& call);

/// The query's `bus`. Errors: a response of 422.
[[nodiscard]] std::expected<std::string, http::Response> bus_of(const Call& call);

/// The query's `bus`, `rule` and `target_id`, of which any may be missing. Errors: a response of
/// 422.
[[nodiscard]] std::expected<ports::RouteFilter, http::Response> filter_of(const Call& call);

inline constexpr std::uint32_t kListedDefault = 100;
inline constexpr std::uint32_t kListedMax = 1'000;
/// The query's `limit`. Errors: a response of 422.
[[nodiscard]] std::expected<std::uint32_t, http::Response> limit_of(const Call& call);

}  // namespace ingestor::api::bus
