// Archives.
#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "awsapi/events/events_api.hpp"
#include "awsapi/events/model.hpp"
#include "awsapi/events/times.hpp"
#include "awsapi/json/page.hpp"

namespace ingestor::awsapi::events {

namespace {

constexpr json::TextRule kArchiveName{
    .required = true, .min = 1, .max = 48, .pattern = kNamePattern, .allowed = kNameCharacters};
constexpr json::TextRule kArchiveNamePrefix{
    .min = 1, .max = 48, .pattern = kNamePattern, .allowed = kNameCharacters};
constexpr std::string_view kEnabled = "ENABLED";

bus::archive::ArchiveSettings read_settings(json::Input& input) {
    bus::archive::ArchiveSettings settings;
    auto description = input.text("Description", kDescription);
    auto pattern = input.text("EventPattern", kEventPattern);
    if (input.has("Description")) settings.description = std::move(description);
    if (input.has("EventPattern")) settings.event_pattern = std::move(pattern);
    settings.retention_days =
        input.integer("RetentionDays", 0, std::numeric_limits<std::int32_t>::max());
    return settings;
}

}  // namespace

boost::json::object EventsApi::to_json(const ports::Archive& archive) const {
    boost::json::object out{{"ArchiveName", archive.name},
                            {"EventSourceArn", bus_arn(archive.bus)},
                            {"State", kEnabled},
                            {"RetentionDays", archive.retention_days},
                            {"SizeBytes", archive.bytes},
                            {"EventCount", archive.events},
                            {"CreationTime", epoch_seconds(archive.created_at)}};
    return out;
}

std::optional<std::string> EventsApi::bus_of_arn(std::string_view arn) const {
    const auto prefix = bus_arn("");
    if (!arn.starts_with(prefix)) return std::nullopt;
    return std::string(arn.substr(prefix.size()));
}

EventsApi::Answer EventsApi::create_archive(ports::Principal who, json::Input input) const {
    auto name = input.text("ArchiveName", kArchiveName);
    const auto source = input.text("EventSourceArn", kArn);
    auto settings = read_settings(input);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (const auto refused = refuse_members(input, {"KmsKeyIdentifier"})) {
        co_return std::unexpected(*refused);
    }
    auto bus = bus_of_arn(source);
    if (!bus) {
        co_return json::refuse("ValidationException",
                               "Parameter EventSourceArn is not valid. Reason: Must contain an "
                               "event bus ARN.");
    }
    const auto made = co_await archives_.create(std::move(who), std::move(name), std::move(*bus),
                                                std::move(settings));
    if (!made) co_return std::unexpected(error_of(made.error()));
    co_return boost::json::object{{"ArchiveArn", names_.archive_arn(made->name)},
                                  {"State", kEnabled},
                                  {"CreationTime", epoch_seconds(made->created_at)}};
}

EventsApi::Answer EventsApi::update_archive(ports::Principal who, json::Input input) const {
    auto name = input.text("ArchiveName", kArchiveName);
    auto settings = read_settings(input);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (const auto refused = refuse_members(input, {"KmsKeyIdentifier"})) {
        co_return std::unexpected(*refused);
    }
    const auto changed =
        co_await archives_.update(std::move(who), std::move(name), std::move(settings));
    if (!changed) co_return std::unexpected(error_of(changed.error()));
    co_return boost::json::object{{"ArchiveArn", names_.archive_arn(changed->name)},
                                  {"State", kEnabled},
                                  {"CreationTime", epoch_seconds(changed->created_at)}};
}

EventsApi::Answer EventsApi::describe_archive(ports::Principal who, json::Input input) const {
    auto name = input.text("ArchiveName", kArchiveName);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto archive = co_await archives_.find(std::move(who), std::move(name));
    if (!archive) co_return std::unexpected(error_of(archive.error()));
    auto out = to_json(*archive);
    out["ArchiveArn"] = names_.archive_arn(archive->name);
    if (!archive->description.empty()) out["Description"] = archive->description;
    if (!archive->event_pattern.empty()) out["EventPattern"] = archive->event_pattern;
    co_return out;
}

EventsApi::Answer EventsApi::list_archives(ports::Principal who, json::Input input) const {
    const auto prefix = input.text("NamePrefix", kArchiveNamePrefix);
    const auto source = input.text("EventSourceArn", kOptionalArn);
    const auto state = input.one_of(
        "State", {"ENABLED", "DISABLED", "CREATING", "UPDATING", "CREATE_FAILED", "UPDATE_FAILED"},
        false);
    const auto page = json::read_page_request(input);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    if (const auto refused = refuse_filters("ListArchives", {prefix, source, state})) {
        co_return std::unexpected(*refused);
    }
    const auto bus = bus_of_arn(source);
    if (!source.empty() && (!bus || bus_.find_bus(*bus) == nullptr)) {
        co_return json::refuse("ResourceNotFoundException",
                               fmt::format("Event bus {} does not exist.", bus.value_or(source)));
    }
    auto archives = co_await archives_.list(std::move(who));
    if (!archives) co_return std::unexpected(error_of(archives.error()));
    std::erase_if(*archives, [&](const ports::Archive& archive) {
        return !archive.name.starts_with(prefix) || (bus && archive.bus != *bus) ||
               (!state.empty() && state != kEnabled);
    });
    const auto write = [this](const auto& archive) { return to_json(archive); };
    co_return json::page_answer("Archives", std::move(*archives), page, &ports::Archive::name,
                                write);
}

EventsApi::Answer EventsApi::delete_archive(ports::Principal who, json::Input input) const {
    auto name = input.text("ArchiveName", kArchiveName);
    if (const auto wrong = input.violations().error()) co_return std::unexpected(*wrong);
    const auto deleted = co_await archives_.remove(std::move(who), std::move(name));
    if (!deleted) co_return std::unexpected(error_of(deleted.error()));
    co_return boost::json::object{};
}

}  // namespace ingestor::awsapi::events
