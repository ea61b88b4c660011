#include "jobs/job_deleter.hpp"

#include <utility>

#include "jobs/file_keys.hpp"

namespace ingestor::jobs {

namespace {

constexpr std::uint32_t kRemovalsInBatchMax = 100;

/// All that a job may have stored, whether it is on record or not: an attempt that a crash ended
/// between storing and recording leaves outputs behind.
std::vector<domain::ObjectKey> outputs_of(const domain::Job& job) {
    const auto kinds = formats::stored_outputs();
    std::vector<domain::ObjectKey> outputs;
    outputs.reserve(kinds.size() * job.files.size() + 1);
    for (std::uint32_t index = 0; index < job.files.size(); ++index) {
        for (const auto kind : kinds) {
            outputs.push_back(output_key(job.job_id, index, job.files[index].filename, kind));
        }
    }
    outputs.push_back(manifest_key(job.job_id));
    return outputs;
}

}  // namespace

auto JobDeleter::remove(const domain::Job& job) -> Answer<std::monostate> {
    auto removals = co_await dependencies_.deletions.remove_job(job.job_id, outputs_of(job),
                                                                dependencies_.clock.now());
    if (!removals) co_return std::unexpected(std::move(removals.error()));
    const auto done = co_await carry_out(std::move(*removals));
    if (!done) {
        dependencies_.log.warn("the objects of a deleted job are left to the next sweep",
                               {{"job_id", job.job_id.value()}, {"error", done.error().message}});
    }
    co_return std::monostate{};
}

auto JobDeleter::remove_unused(std::vector<domain::ObjectKey> uploads) -> Answer<std::size_t> {
    auto removals = co_await dependencies_.deletions.remove_unused(std::move(uploads),
                                                                   dependencies_.clock.now());
    if (!removals) co_return std::unexpected(std::move(removals.error()));
    std::size_t count = 0;
    for (const auto& removal : *removals) count += removal.keys.size();
    const auto done = co_await carry_out(std::move(*removals));
    if (!done) co_return std::unexpected(done.error());
    co_return count;
}

auto JobDeleter::remove_outputs(std::vector<domain::ObjectKey> keys) -> Answer<std::monostate> {
    const auto permit = dependencies_.permit();
    if (!permit) co_return std::monostate{};
    co_return co_await dependencies_.objects.remove_all(std::move(keys));
}

auto JobDeleter::resume() -> Answer<std::uint32_t> {
    std::uint32_t done = 0;
    for (;;) {
        auto removals = co_await dependencies_.deletions.pending(kRemovalsInBatchMax);
        if (!removals) co_return std::unexpected(std::move(removals.error()));
        const auto found = static_cast<std::uint32_t>(removals->size());
        if (found == 0 || !dependencies_.permit()) co_return done;
        const auto carried = co_await carry_out(std::move(*removals));
        if (!carried) co_return std::unexpected(carried.error());
        done += found;
        if (found < kRemovalsInBatchMax) co_return done;
    }
}

auto JobDeleter::carry_out(std::vector<ports::Removal> removals) -> Answer<std::monostate> {
    const auto permit = dependencies_.permit();
    if (!permit) co_return std::monostate{};
    for (auto& [id, keys] : removals) {
        auto removed = co_await dependencies_.objects.remove_all(std::move(keys));
        if (!removed) co_return removed;
        // Only now: until here a crash finds the list and begins again.
        auto forgotten = co_await dependencies_.deletions.forget(std::move(id));
        if (!forgotten) co_return forgotten;
    }
    co_return std::monostate{};
}

}  // namespace ingestor::jobs
