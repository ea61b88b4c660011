// Archives and replays.
#include <algorithm>
#include <limits>

#include <boost/json.hpp>

#include "api/bus/message_fields.hpp"
#include "api/bus/messages.hpp"

namespace ingestor::api::bus {

namespace json = boost::json;
using ingestor::bus::archive::ArchiveSettings;

namespace {

constexpr std::int64_t kRetentionDaysMax = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t kReplayedRulesMax = 100;

constexpr std::string_view name_of(ports::ReplayState state) {
    switch (state) {
        case ports::ReplayState::starting:
            return "starting";
        case ports::ReplayState::running:
            return "running";
        case ports::ReplayState::cancelling:
            return "cancelling";
        case ports::ReplayState::completed:
            return "completed";
        case ports::ReplayState::cancelled:
            return "cancelled";
        case ports::ReplayState::failed:
            return "failed";
    }
    return "failed";
}

/// How much of its time the replay has been through, in percent. What lies behind its start held
/// no event.
std::int64_t progress_of(const ports::Replay& replay) {
    if (replay.state == ports::ReplayState::completed) return 100;
    if (!replay.replayed) return 0;
    const auto whole = std::min(replay.to, replay.started_at) - replay.from;
    const auto done = replay.replayed->time - replay.from;
    if (whole.count() <= 0) return 0;
    return std::clamp<std::int64_t>(done.count() * 100 / whole.count(), 0, 99);
}

}  // namespace

const Message<ports::Archive>& archive_message() {
    using ports::Archive;
    static const Message<Archive> kMessage{
        "BusArchive",
        {field("name", &Archive::name, Type::text()), field("bus", &Archive::bus, Type::text()),
         field("description", &Archive::description, Type::text()),
         field("event_pattern", &Archive::event_pattern,
               Type::text().or_null().described("As JSON text; null: every event.")),
         field("retention_days", &Archive::retention_days,
               Type::integer().described("0: for ever.")),
         field("created_at", &Archive::created_at, Type::time()),
         computed<Archive>("events", Type::integer(),
                           [](const Archive& archive) { return to_value(archive.events); }),
         computed<Archive>("bytes", Type::integer().described("Of their envelopes."),
                           [](const Archive& archive) { return to_value(archive.bytes); })}};
    return kMessage;
}

const Message<ArchiveSettings>& archive_settings_message() {
    static const Message<ArchiveSettings> kMessage{
        "BusArchiveSettings",
        {field("description", &ArchiveSettings::description, Type::text(kDescription).or_null(),
               Presence::optional),
         field("event_pattern", &ArchiveSettings::event_pattern,
               Type::text(kPattern).or_null().described("As JSON text; empty: every event."),
               Presence::optional),
         field("retention_days", &ArchiveSettings::retention_days,
               Type::integer(0, kRetentionDaysMax).or_null().described("0: for ever."),
               Presence::optional)}};
    return kMessage;
}

const Message<NewArchive>& new_archive_message() {
    static const Message<NewArchive> kMessage = [] {
        std::vector<Field<NewArchive>> fields{
            field("name", &NewArchive::name, Type::text(kArchiveName)),
            field("bus", &NewArchive::bus, Type::text(kBusName))};
        for (const auto& each : archive_settings_message().fields()) {
            fields.push_back(
                {.name = each.name,
                 .type = each.type,
                 .presence = each.presence,
                 .write = [write = each.write](
                              const NewArchive& archive) { return write(archive.settings); },
                 .read = [read = each.read](
                             const json::value& value,
                             NewArchive& archive) { read(value, archive.settings); }});
        }
        return Message<NewArchive>("NewBusArchive", std::move(fields));
    }();
    return kMessage;
}

const Message<ports::Replay>& replay_message() {
    using ports::Replay;
    static const Message<Replay> kMessage{
        "BusReplay",
        {field("name", &Replay::name, Type::text()),
         field("archive", &Replay::archive, Type::text()), field("bus", &Replay::bus, Type::text()),
         field("description", &Replay::description, Type::text()),
         field("rules", &Replay::rules,
               Type::list(Type::text(), kReplayedRulesMax).described("Empty: all of the bus.")),
         field("from", &Replay::from, Type::time()),
         field("to", &Replay::to, Type::time().described("Not included.")),
         computed<Replay>("state",
                          Type::one_of({"starting", "running", "cancelling", "completed",
                                        "cancelled", "failed"}),
                          [](const Replay& replay) { return json::value(name_of(replay.state)); }),
         field("state_reason", &Replay::state_reason, Type::text().or_null()),
         field("started_at", &Replay::started_at, Type::time()),
         field("ended_at", &Replay::ended_at, Type::time().or_null()),
         computed<Replay>("replayed_to",
                          Type::time().or_null().described(
                              "The time of the last event that is back on the bus."),
                          [](const Replay& replay) -> json::value {
                              if (!replay.replayed) return nullptr;
                              return to_value(replay.replayed->time);
                          }),
         computed<Replay>("progress_percent", Type::integer(0, 100),
                          [](const Replay& replay) { return to_value(progress_of(replay)); })}};
    return kMessage;
}

const Message<ports::Replay>& new_replay_message() {
    using ports::Replay;
    static const Message<Replay> kMessage{
        "NewBusReplay",
        {field("name", &Replay::name, Type::text(kName)),
         field("archive", &Replay::archive, Type::text(kArchiveName)),
         field("description", &Replay::description, Type::text(kDescription).or_null(),
               Presence::optional),
         field("from", &Replay::from, Type::time()),
         field("to", &Replay::to, Type::time().described("Not included.")),
         field("rules", &Replay::rules,
               Type::list(Type::text(kName), kReplayedRulesMax)
                   .described("Names; empty: all rules of the bus."),
               Presence::optional)}};
    return kMessage;
}

void add_archive_schemas(json::object& schemas) {
    add(schemas, archive_message());
    add_request(schemas, new_archive_message());
    add_request(schemas, archive_settings_message());
    add(schemas, replay_message());
    add_request(schemas, new_replay_message());
    schemas["BusArchives"] = list_schema("BusArchives", "archives", archive_message().name());
    schemas["BusReplays"] = list_schema("BusReplays", "replays", replay_message().name());
}

}  // namespace ingestor::api::bus
