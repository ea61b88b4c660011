#include "jobs/work_notes.hpp"

#include <boost/asio/this_coro.hpp>

namespace ingestor::jobs {

namespace asio = boost::asio;

asio::awaitable<Result<std::monostate>> WorkNotes::write() {
    while (writing_) co_await wait_for_writer();
    if (noted_ == at_work_) co_return std::monostate{};
    struct Writing {
        WorkNotes& notes;
        ~Writing() {
            notes.writing_ = false;
            notes.wake_all();
        }
    };
    writing_ = true;
    const Writing writing{*this};
    auto documents = at_work_;
    noted_.reset();
    const auto noted = co_await jobs_.note_at_work(lease_, documents);
    if (noted) noted_ = std::move(documents);
    co_return noted;
}

asio::awaitable<void> WorkNotes::wait_for_writer() {
    async::Notifier turn(co_await asio::this_coro::executor);
    const auto place = waiting_.insert(waiting_.end(), &turn);
    co_await turn.wait(Deadline::max());
    waiting_.erase(place);
}

void WorkNotes::wake_all() {
    for (auto* waiter : waiting_) waiter->notify();
}

}  // namespace ingestor::jobs
