#include "jobs/solo_gate.hpp"

#include <boost/asio/this_coro.hpp>

namespace ingestor::jobs {

bool SoloGate::may_enter(Company company) const {
    if (one_alone_) return false;
    return company == Company::nobody ? inside_ == 0 : waiting_to_be_alone_ == 0;
}

SoloGate::Pass SoloGate::let_in(Company company) {
    if (company == Company::nobody) {
        one_alone_ = true;
    } else {
        ++inside_;
    }
    return Pass(*this, company);
}

void SoloGate::leave(Company company) {
    if (company == Company::nobody) {
        one_alone_ = false;
    } else {
        --inside_;
    }
    wake_all();
}

void SoloGate::wake_all() {
    for (auto* waiter : waiting_) waiter->notify();
}

boost::asio::awaitable<std::optional<SoloGate::Pass>> SoloGate::enter(Company company,
                                                                      std::stop_token stop) {
    if (stop.stop_requested()) co_return std::nullopt;
    if (may_enter(company)) co_return let_in(company);
    async::Notifier turn(co_await boost::asio::this_coro::executor);
    const auto place = waiting_.insert(waiting_.end(), &turn);
    if (company == Company::nobody) ++waiting_to_be_alone_;
    {
        auto wake = [&turn] { turn.notify(); };
        const std::stop_callback on_stop(stop, wake);
        while (!stop.stop_requested() && !may_enter(company)) {
            co_await turn.wait(Deadline::max());
        }
    }
    waiting_.erase(place);
    if (company == Company::nobody) --waiting_to_be_alone_;
    if (!stop.stop_requested()) co_return let_in(company);
    // Those behind one that gave up may go in now.
    wake_all();
    co_return std::nullopt;
}

}  // namespace ingestor::jobs
