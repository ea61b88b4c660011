#include "bus/targets/target_kind.hpp"

#include <array>

namespace ingestor::bus::targets {

namespace {

struct Row {
    TargetKind kind;
    std::string_view service;
    std::string_view prefix;  ///< Of the resource.
};
constexpr std::array<Row, kTargetKinds> kRows = {{
    {TargetKind::function, "lambda", "function:"},
    {TargetKind::bus, "events", "event-bus/"},
    {TargetKind::log_group, "logs", "log-group:"},
    {TargetKind::archive, "events", "archive/"},
    {TargetKind::queue, "sqs", ""},
    {TargetKind::api_destination, "events", "api-destination/"},
}};

/// Takes what stands before the next colon off the front.
std::optional<std::string_view> take_part(std::string_view& text) {
    const auto end = text.find(':');
    if (end == std::string_view::npos) return std::nullopt;
    const auto part = text.substr(0, end);
    text.remove_prefix(end + 1);
    return part;
}

}  // namespace

std::optional<Arn> split_arn(std::string_view text) {
    if (!text.starts_with("arn:")) return std::nullopt;
    text.remove_prefix(4);
    const auto partition = take_part(text);
    const auto service = take_part(text);
    const auto region = take_part(text);
    const auto account = take_part(text);
    if (!partition || !service || !region || !account || text.empty()) return std::nullopt;
    return Arn{.service = *service, .region = *region, .account = *account, .resource = text};
}

std::optional<TargetKind> kind_of(std::string_view arn) {
    const auto parts = split_arn(arn);
    if (!parts) return std::nullopt;
    for (const auto& [kind, service, prefix] : kRows) {
        if (parts->service == service && parts->resource.starts_with(prefix)) return kind;
    }
    return std::nullopt;
}

std::optional<std::string_view> name_of(TargetKind wanted, std::string_view arn) {
    const auto parts = split_arn(arn);
    if (!parts) return std::nullopt;
    for (const auto& [kind, service, prefix] : kRows) {
        if (kind != wanted) continue;
        if (parts->service != service || !parts->resource.starts_with(prefix)) return std::nullopt;
        auto name = parts->resource.substr(prefix.size());
        if (kind == TargetKind::log_group && name.ends_with(":*")) name.remove_suffix(2);
        if (name.empty()) return std::nullopt;
        return name;
    }
    return std::nullopt;
}

}  // namespace ingestor::bus::targets
