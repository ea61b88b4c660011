#include "queues/queue_registry.hpp"

#include <utility>

#include <fmt/format.h>

namespace ingestor::queues {

namespace {

std::unexpected<Error> no_queue() {
    return fail(Errc::not_found, "The specified queue does not exist.");
}

}  // namespace

Result<std::monostate> check_operator(const ports::Principal& who) {
    if (who.is_operator) return std::monostate{};
    return fail(Errc::permission_denied,
                "Queues are for operators: with the server's own sign-in, the user 'local'.");
}

auto QueueRegistry::open() -> Answer<std::monostate> {
    auto queues = co_await store_.queues();
    if (!queues) co_return std::unexpected(std::move(queues.error()));
    for (auto& queue : *queues) {
        const auto name = queue.name;
        records_.insert_or_assign(name, std::move(queue));
    }
    co_return std::monostate{};
}

const ports::QueueRecord* QueueRegistry::find(const std::string& name) const {
    const auto found = records_.find(name);
    return found == records_.end() ? nullptr : &found->second;
}

std::string QueueRegistry::arn_of(std::string_view name) const {
    return fmt::format("arn:aws:sqs:{}:{}:{}", names_.region, names_.account, name);
}

std::string QueueRegistry::name_of(std::string_view arn) const {
    const auto prefix = arn_of("");
    return arn.starts_with(prefix) ? std::string(arn.substr(prefix.size())) : std::string();
}

std::vector<std::string> QueueRegistry::sources_of(const std::string& name) const {
    const auto arn = arn_of(name);
    std::vector<std::string> sources;
    for (const auto& [source, record] : records_) {
        const auto& redrive = record.settings.redrive;
        if (redrive && redrive->dead_letter_arn == arn) sources.push_back(source);
    }
    return sources;
}

auto QueueRegistry::put(ports::QueueRecord record) -> Answer<std::monostate> {
    auto put = co_await store_.put_queue(record);
    if (!put) co_return put;
    const auto name = record.name;
    records_.insert_or_assign(name, std::move(record));
    co_return std::monostate{};
}

auto QueueRegistry::create(ports::Principal who, std::string name, ChangeSettings settings,
                           std::map<std::string, std::string> tags) -> Answer<std::monostate> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await changes_.lock();
    if (const auto* known = find(name)) {
        auto wanted = known->settings;
        if (const auto set = settings(wanted); !set) co_return std::unexpected(set.error());
        if (wanted == known->settings) co_return std::monostate{};
        co_return fail(Errc::conflict,
                       "A queue already exists with the same name and a different value for one of "
                       "its attributes.");
    }
    if (records_.size() >= kQueuesMax || tags.size() > kTagsOfQueueMax) {
        co_return fail(Errc::too_large,
                       fmt::format("This server has room for {} queues of {} tags.", kQueuesMax,
                                   kTagsOfQueueMax));
    }
    const auto now = clock_.now();
    ports::QueueRecord record{
        .name = std::move(name), .created_at = now, .modified_at = now, .tags = std::move(tags)};
    if (const auto set = settings(record.settings); !set) co_return std::unexpected(set.error());
    co_return co_await put(std::move(record));
}

auto QueueRegistry::remove(ports::Principal who, std::string name) -> Answer<std::monostate> {
    if (const auto allowed = check_operator(who); !allowed) {
        co_return std::unexpected(allowed.error());
    }
    const auto lock = co_await changes_.lock();
    if (find(name) == nullptr) co_return no_queue();
    auto removed = co_await store_.remove_queue(name);
    if (removed) records_.erase(name);
    co_return removed;
}

Result<ports::QueueRecord> QueueRegistry::queue(const ports::Principal& who,
                                                const std::string& name) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    const auto* known = find(name);
    if (known == nullptr) return no_queue();
    return *known;
}

Result<std::vector<ports::QueueRecord>> QueueRegistry::queues(const ports::Principal& who) const {
    if (const auto allowed = check_operator(who); !allowed) {
        return std::unexpected(allowed.error());
    }
    std::vector<ports::QueueRecord> records;
    for (const auto& [name, record] : records_) records.push_back(record);
    return records;
}

auto QueueRegistry::change(ports::Principal who, std::string name, ChangeSettings settings)
    -> Answer<std::monostate> {
    const auto lock = co_await changes_.lock();
    auto record = queue(who, name);
    if (!record) co_return std::unexpected(std::move(record.error()));
    if (const auto set = settings(record->settings); !set) co_return std::unexpected(set.error());
    record->modified_at = clock_.now();
    co_return co_await put(std::move(*record));
}

auto QueueRegistry::change_tags(ports::Principal who, std::string name,
                                std::map<std::string, std::string> put_tags,
                                std::vector<std::string> removed) -> Answer<std::monostate> {
    const auto lock = co_await changes_.lock();
    auto record = queue(who, name);
    if (!record) co_return std::unexpected(std::move(record.error()));
    for (auto& [key, value] : put_tags) record->tags.insert_or_assign(key, value);
    for (const auto& key : removed) record->tags.erase(key);
    if (record->tags.size() > kTagsOfQueueMax) {
        co_return fail(Errc::too_large,
                       fmt::format("Too many tags added for queue {}.", record->name));
    }
    co_return co_await put(std::move(*record));
}

}  // namespace ingestor::queues
