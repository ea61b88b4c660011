#include "objects/recent_objects.hpp"

#include <utility>

namespace ingestor::objects {

RecentObjects::Change::Change(RecentObjects& recent, const domain::ObjectKey& key)
    : recent_(&recent), key_(key.value()) {
    recent_->begin(key_);
}

RecentObjects::Change::Change(Change&& other) noexcept
    : recent_(std::exchange(other.recent_, nullptr)),
      key_(std::move(other.key_)),
      info_(std::move(other.info_)) {}

RecentObjects::Change::~Change() {
    if (recent_ != nullptr) recent_->end(key_, std::move(info_));
}

const ports::ObjectInfo* RecentObjects::find(const domain::ObjectKey& key) const {
    const auto place = objects_.find(key.value());
    return place == objects_.end() ? nullptr : &place->second;
}

void RecentObjects::begin(const std::string& key) {
    auto& changes = changing_[key];
    if (++changes.under_way > 1) changes.beside = true;
    objects_.erase(key);
}

void RecentObjects::end(const std::string& key, std::optional<ports::ObjectInfo> info) {
    const auto place = changing_.find(key);
    if (--place->second.under_way > 0) return;
    const bool known = info && !place->second.beside;
    changing_.erase(place);
    if (!known) return;
    objects_.insert_or_assign(key, std::move(*info));
    order_.push_back(key);
    while (order_.size() > kObjectsMax) {
        objects_.erase(order_.front());
        order_.pop_front();
    }
}

}  // namespace ingestor::objects
