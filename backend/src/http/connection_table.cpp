#include "http/connection_table.hpp"

#include <algorithm>
#include <utility>

namespace ingestor::http {

namespace asio = boost::asio;

std::string ConnectionTable::key_of(const asio::ip::address& address) {
    const auto text = [](const auto& bytes, std::size_t count) {
        return std::string(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    };
    if (address.is_v4()) return text(address.to_v4().to_bytes(), 4);
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped()) {
        return text(asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_bytes(), 4);
    }
    constexpr std::size_t kNetworkBytes = 8;
    return text(v6.to_bytes(), kNetworkBytes);
}

bool ConnectionTable::admit(const asio::ip::address& from) {
    const auto left = limits_.connections_max - std::min(size_, limits_.connections_max);
    if (left < limits_.connections_max / 4) {
        const auto known = addresses_.find(key_of(from));
        if (known != addresses_.end() &&
            known->second.connections >= limits_.connections_per_address_max) {
            return evict_one_of(known->second);
        }
    }
    return left > 0 || evict_one();
}

bool ConnectionTable::evict_one() {
    auto& candidates = idle_.empty() ? unread_ : idle_;
    if (candidates.empty()) return false;
    evict(candidates.front());
    return true;
}

bool ConnectionTable::evict_one_of(Address& address) {
    for (auto* candidates : {&address.idle, &address.partial_heads, &address.fresh}) {
        if (candidates->empty()) continue;
        evict(candidates->front());
        return true;
    }
    return false;
}

void ConnectionTable::evict(Place& place) {
    place.leave();
    // What it ends may end the place as well.
    const auto end = std::move(place.evict_);
    end();
}

ConnectionTable::Place::Place(ConnectionTable& table, const asio::ip::address& from,
                              std::function<void()> evict)
    : table_(table), evict_(std::move(evict)) {
    auto key = key_of(from);
    address_ = &table.addresses_[key];
    address_->key = std::move(key);
    ++address_->connections;
    ++table.size_;
    table.unread_.push_back(*this);
    address_->fresh.push_back(*this);
}

ConnectionTable::Place::~Place() {
    leave();
}

void ConnectionTable::Place::leave() {
    if (address_ == nullptr) return;
    of_all_.unlink();
    of_address_.unlink();
    --table_.size_;
    if (phase_ == Phase::partial_head) --address_->partial_heads_count;
    if (--address_->connections == 0) {
        table_.addresses_.erase(table_.addresses_.find(address_->key));
    }
    address_ = nullptr;
}

void ConnectionTable::Place::enter(Phase phase) {
    if (address_ == nullptr || phase == phase_) return;
    // A head is as old as the wait for it, not as its last byte.
    const bool goes_on = phase_ == Phase::fresh && phase == Phase::partial_head;
    if (!goes_on) of_all_.unlink();
    of_address_.unlink();
    if (phase_ == Phase::partial_head) --address_->partial_heads_count;
    phase_ = phase;
    switch (phase) {
        case Phase::fresh:
        case Phase::active:
            break;
        case Phase::idle:
            table_.idle_.push_back(*this);
            address_->idle.push_back(*this);
            break;
        case Phase::partial_head: {
            if (!goes_on) table_.unread_.push_back(*this);
            address_->partial_heads.push_back(*this);
            const auto most = table_.limits_.partial_heads_per_address_max;
            if (++address_->partial_heads_count > most) evict(address_->partial_heads.front());
            break;
        }
    }
}

}  // namespace ingestor::http
