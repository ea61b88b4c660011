#include "bus/archive/archives.hpp"

#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "eventbridge/patterns/pattern.hpp"

namespace ingestor::bus::archive {

std::string rule_name(std::string_view archive) {
    return fmt::format("Events-Archive-{}", archive);
}

std::string rule_pattern(std::string_view pattern) {
    constexpr std::string_view kNoReplay = R"("replay-name":[{"exists":false}])";
    if (pattern.empty()) return fmt::format("{{{}}}", kNoReplay);
    // The names of a pattern are told apart by their text, so a second of that name would take the
    // place of the first; who asks for replays gets none of them archived in any case.
    boost::system::error_code error;
    const auto parsed = boost::json::parse(pattern, error);
    if (!error && parsed.is_object() && parsed.get_object().contains("replay-name")) {
        return std::string(pattern);
    }
    const auto open = pattern.find('{');
    return fmt::format("{}{{{},{}", pattern.substr(0, open), kNoReplay, pattern.substr(open + 1));
}

auto Archives::open() -> Answer<std::monostate> {
    auto stored = co_await store_.archives();
    if (!stored) co_return std::unexpected(std::move(stored.error()));
    for (auto& archive : *stored) {
        auto installed = install(archive);
        if (!installed) co_return installed;
        auto name = archive.name;
        archives_.insert_or_assign(std::move(name), std::move(archive));
    }
    co_return std::monostate{};
}

Result<std::monostate> Archives::install(const ports::Archive& archive) {
    ports::Rule rule{.bus = archive.bus, .name = rule_name(archive.name)};
    rule.event_pattern = rule_pattern(archive.event_pattern);
    rule.of_archive = true;
    rule.targets.push_back({.id = archive.name, .arn = names_.archive_arn(archive.name)});
    return bus_.install(std::move(rule));
}

auto Archives::put(ports::Archive archive) -> Answer<std::monostate> {
    if (!archive.event_pattern.empty()) {
        if (auto good = eventbridge::patterns::read_pattern(archive.event_pattern); !good) {
            co_return std::unexpected(std::move(good.error()));
        }
    }
    auto put = co_await store_.put_archive(archive);
    if (!put) co_return put;
    auto installed = install(archive);
    auto name = archive.name;
    archives_.insert_or_assign(std::move(name), std::move(archive));
    co_return installed;
}

auto Archives::remove(std::string name) -> Answer<std::monostate> {
    const auto found = archives_.find(name);
    if (found == archives_.end()) {
        co_return fail(Errc::not_found, fmt::format("Archive {} does not exist.", name));
    }
    auto deleted = co_await store_.delete_archive(name);
    if (!deleted) co_return deleted;
    bus_.uninstall({found->second.bus, rule_name(name)});
    archives_.erase(found);
    co_return deleted;
}

const ports::Archive* Archives::find(const std::string& name) const {
    const auto found = archives_.find(name);
    return found == archives_.end() ? nullptr : &found->second;
}

}  // namespace ingestor::bus::archive
