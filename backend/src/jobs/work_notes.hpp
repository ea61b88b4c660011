#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "async/notifier.hpp"
#include "base/result.hpp"
#include "ports/job_store.hpp"

namespace ingestor::jobs {

/// Notes in the store which documents of an attempt are at work. Each note replaces the one before,
/// so they are written one after the other: two that are under way at once may arrive in either
/// order, and the older would deny the newer one's document. Those that come while one is being
/// written share the next. Use from the I/O executor only.
class WorkNotes {
public:
    /// A document is at work until it goes.
    class AtWork {
    public:
        AtWork(WorkNotes& notes, std::uint32_t document) : notes_(&notes), document_(document) {
            notes_->at_work_.push_back(document_);
        }
        AtWork(AtWork&& other) noexcept
            : notes_(std::exchange(other.notes_, nullptr)), document_(other.document_) {}
        AtWork& operator=(AtWork&&) = delete;
        ~AtWork() {
            if (notes_ != nullptr) std::erase(notes_->at_work_, document_);
        }

    private:
        WorkNotes* notes_;
        std::uint32_t document_;
    };

    /// All outlives the notes.
    WorkNotes(ports::JobStore& jobs, const domain::Lease& lease) : jobs_(jobs), lease_(lease) {}

    /// Returns once that is on record which is at work now. Errors: as JobStore::note_at_work().
    boost::asio::awaitable<Result<std::monostate>> write();

private:
    boost::asio::awaitable<void> wait_for_writer();
    void wake_all();

    ports::JobStore& jobs_;
    const domain::Lease& lease_;
    std::vector<std::uint32_t> at_work_;
    /// What the store has on record, which is nothing at first; nullopt: nobody knows.
    std::optional<std::vector<std::uint32_t>> noted_{std::in_place};
    bool writing_ = false;
    std::list<async::Notifier*> waiting_;
};

}  // namespace ingestor::jobs
