// Archives and their replays.
#include <utility>

#include <boost/json.hpp>

#include "api/answers.hpp"
#include "api/body_limits.hpp"
#include "api/bus/bus_api.hpp"
#include "api/bus/messages.hpp"

namespace ingestor::api::bus {

Answering BusApi::list_archives(Call call) const {
    const auto archives = co_await use_.archives.list(call.who);
    if (!archives) co_return problem_of(archives.error());
    co_return json_answer(200, {{"archives", archive_message().write_all(*archives)}});
}

Answering BusApi::create_archive(Call call) const {
    const auto text = co_await read_json_text(call.request, kBusJsonBytesMax);
    if (!text) co_return problem(text.error());
    auto wanted = new_archive_message().read(*text);
    if (!wanted) co_return std::move(wanted.error());
    const auto made = co_await use_.archives.create(
        call.who, std::move(wanted->name), std::move(wanted->bus), std::move(wanted->settings));
    if (!made) co_return problem_of(made.error());
    co_return json_answer(201, archive_message().write(*made));
}

Answering BusApi::update_archive(Call call) const {
    auto name = parameter_of(call.path.get("archive"), "archive", kArchiveName);
    if (!name) co_return problem(name.error(), Place::path);
    const auto text = co_await read_json_text(call.request, kBusJsonBytesMax);
    if (!text) co_return problem(text.error());
    auto settings = archive_settings_message().read(*text);
    if (!settings) co_return std::move(settings.error());
    const auto changed = co_await use_.archives.update(call.who, *name, std::move(*settings));
    if (!changed) co_return problem_of(changed.error());
    const auto archive = co_await use_.archives.find(call.who, std::move(*name));
    if (!archive) co_return problem_of(archive.error());
    co_return json_answer(200, archive_message().write(*archive));
}

Answering BusApi::delete_archive(Call call) const {
    auto name = parameter_of(call.path.get("archive"), "archive", kArchiveName);
    if (!name) co_return problem(name.error(), Place::path);
    const auto deleted = co_await use_.archives.remove(call.who, std::move(*name));
    if (!deleted) co_return problem_of(deleted.error());
    http::Response response;
    response.status = 204;
    co_return response;
}

Answering BusApi::list_replays(Call call) const {
    const auto replays = use_.replays.list(call.who);
    if (!replays) co_return problem_of(replays.error());
    co_return json_answer(200, {{"replays", replay_message().write_all(*replays)}});
}

Answering BusApi::start_replay(Call call) const {
    const auto text = co_await read_json_text(call.request, kBusJsonBytesMax);
    if (!text) co_return problem(text.error());
    auto wanted = new_replay_message().read(*text);
    if (!wanted) co_return std::move(wanted.error());
    // Events go back to the bus that they came from, and to no other.
    const auto archive = co_await use_.archives.find(call.who, wanted->archive);
    if (!archive) co_return problem_of(archive.error());
    wanted->bus = archive->bus;
    const auto started = co_await use_.replays.start(call.who, std::move(*wanted));
    if (!started) co_return problem_of(started.error());
    co_return json_answer(201, replay_message().write(*started));
}

Answering BusApi::cancel_replay(Call call) const {
    auto name = parameter_of(call.path.get("replay"), "replay", kName);
    if (!name) co_return problem(name.error(), Place::path);
    const auto cancelled = co_await use_.replays.cancel(call.who, std::move(*name));
    if (!cancelled) co_return problem_of(cancelled.error());
    co_return json_answer(202, replay_message().write(*cancelled));
}

}  // namespace ingestor::api::bus
