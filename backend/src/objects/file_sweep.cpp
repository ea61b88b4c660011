#include "objects/file_sweep.hpp"

#include <utility>

#include "async/for_each_concurrent.hpp"
#include "objects/object_files.hpp"

namespace ingestor::objects {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kHeadsAtOnceMax = 8;

std::vector<domain::ObjectKey> keys_of(const std::vector<std::string>& files) {
    std::vector<domain::ObjectKey> keys;
    keys.reserve(files.size());
    for (const auto& file : files) keys.emplace_back(file);
    return keys;
}

}  // namespace

FileSweep::FileSweep(const asio::any_io_executor& executor, Dependencies dependencies,
                     Options options)
    : dependencies_(std::move(dependencies)), options_(options), wake_(executor) {}

asio::awaitable<Result<std::monostate>> FileSweep::remove_listed() {
    // Until all older objects are in the index the list says which of them are gone.
    while (adopted_ && !stopped_) {
        const auto permit = dependencies_.permit();
        if (!permit) break;
        auto files = co_await dependencies_.index.files_to_remove(kBatchMax);
        if (!files) co_return std::unexpected(files.error());
        if (files->empty()) break;
        auto removed = co_await dependencies_.files.remove_all(keys_of(*files));
        if (!removed) co_return removed;
        const bool last = files->size() < kBatchMax;
        auto forgotten = co_await dependencies_.index.forget_files(std::move(*files));
        if (!forgotten) co_return forgotten;
        if (last) break;
    }
    co_return std::monostate{};
}

asio::awaitable<void> FileSweep::look_at(std::string file,
                                         std::vector<ports::IndexedObject>& objects,
                                         std::optional<Error>& failure) {
    auto info = co_await dependencies_.files.head(domain::ObjectKey(file));
    if (info) {
        objects.push_back({.info = std::move(*info), .file = std::move(file)});
    } else if (is_retryable(info.error().code)) {
        failure = info.error();
    } else if (info.error().code != Errc::not_found) {
        dependencies_.log.warn("an object's file is damaged and not taken into the index",
                               {{"key", file}, {"error", info.error().message}});
    }
}

asio::awaitable<Result<std::monostate>> FileSweep::adopt(std::vector<domain::ObjectKey> keys,
                                                         Walked& walked) {
    std::vector<std::string> files;
    files.reserve(keys.size());
    for (auto& key : keys) files.push_back(key.value());
    // What an earlier run took in need not be read again.
    auto fresh = co_await dependencies_.index.unknown_files(std::move(files));
    if (!fresh) co_return std::unexpected(fresh.error());
    std::vector<ports::IndexedObject> objects;
    std::optional<Error> failure;
    auto one = [&](std::size_t place) { return look_at((*fresh)[place], objects, failure); };
    if (fresh->empty()) co_return std::monostate{};
    co_await async::for_each_concurrent(fresh->size(), kHeadsAtOnceMax, one);
    if (failure) co_return std::unexpected(std::move(*failure));
    walked.adopted += objects.size();
    co_return co_await dependencies_.index.adopt(std::move(objects));
}

asio::awaitable<Result<std::monostate>> FileSweep::remove_unknown(std::vector<std::string> files,
                                                                  Walked& walked) {
    auto unknown = co_await dependencies_.index.unknown_files(std::move(files));
    if (!unknown) co_return std::unexpected(unknown.error());
    const auto permit = dependencies_.permit();
    if (unknown->empty() || !permit) co_return std::monostate{};
    walked.removed += unknown->size();
    co_return co_await dependencies_.files.remove_all(keys_of(*unknown));
}

asio::awaitable<Result<FileSweep::Walked>> FileSweep::walk() {
    Walked walked;
    const auto adopted = co_await dependencies_.index.adopted();
    if (!adopted) co_return std::unexpected(adopted.error());
    adopted_ = *adopted;
    const auto walk = dependencies_.walkable_files.walk();
    while (!stopped_) {
        const auto batch = co_await walk->next(kBatchMax);
        if (!batch) co_return std::unexpected(batch.error());
        if (batch->empty()) {
            if (adopted_) break;
            const auto finished = co_await dependencies_.index.finish_adoption();
            if (!finished) co_return std::unexpected(finished.error());
            adopted_ = true;
            break;
        }
        const auto stored_before = dependencies_.clock.now() - options_.keep_unknown;
        std::vector<domain::ObjectKey> older;
        std::vector<std::string> files;
        for (const auto& file : *batch) {
            if (!is_object_file(file.key.value())) {
                if (!adopted_) older.push_back(file.key);
            } else if (file.stored_at < stored_before) {
                files.push_back(file.key.value());
            }
        }
        if (!older.empty()) {
            const auto taken = co_await adopt(std::move(older), walked);
            if (!taken) co_return std::unexpected(taken.error());
        }
        if (!files.empty()) {
            const auto removed = co_await remove_unknown(std::move(files), walked);
            if (!removed) co_return std::unexpected(removed.error());
        }
        const auto next = dependencies_.monotonic.now() + options_.walk_rest;
        co_await dependencies_.monotonic.wait(wake_, next);
    }
    co_return walked;
}

asio::awaitable<void> FileSweep::run() {
    auto walk_at = dependencies_.monotonic.now();
    while (!stopped_) {
        std::optional<Error> failure;
        if (dependencies_.monotonic.now() >= walk_at) {
            const auto walked = co_await walk();
            if (!walked) {
                failure = walked.error();
            } else {
                walk_at = dependencies_.monotonic.now() + options_.walk_interval;
                if (walked->adopted + walked->removed > 0) {
                    dependencies_.log.info(
                        "brought the objects' files to the index",
                        {{"taken_in", walked->adopted}, {"left_by_crashes", walked->removed}});
                }
            }
        }
        const auto removed = co_await remove_listed();
        if (!removed) failure = removed.error();
        if (failure) {
            dependencies_.log.warn("the objects' files could not be swept; trying again later",
                                   {{"error", failure->message}});
        }
        if (stopped_) co_return;
        const auto next = dependencies_.monotonic.now() + options_.interval;
        co_await dependencies_.monotonic.wait(wake_, next);
    }
}

void FileSweep::stop() {
    stopped_ = true;
    wake_.notify();
}

}  // namespace ingestor::objects
