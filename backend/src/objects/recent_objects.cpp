#include "objects/recent_objects.hpp"

#include <iterator>
#include <utility>

namespace ingestor::objects {

RecentObjects::Change::Change(RecentObjects& recent, const domain::ObjectKey& key)
    : recent_(&recent), key_(key.value()) {
    recent_->begin(key_);
}

RecentObjects::Change::Change(Change&& other) noexcept
    : recent_(std::exchange(other.recent_, nullptr)),
      key_(std::move(other.key_)),
      object_(std::move(other.object_)) {}

RecentObjects::Change::~Change() {
    if (recent_ != nullptr) recent_->end(key_, std::move(object_));
}

const RecentObjects::Object* RecentObjects::find(const domain::ObjectKey& key) {
    const auto found = places_.find(key.value());
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->object;
}

void RecentObjects::begin(const std::string& key) {
    auto& changes = changing_[key];
    if (++changes.under_way > 1) changes.beside = true;
    if (const auto found = places_.find(key); found != places_.end()) drop(found->second);
}

void RecentObjects::end(const std::string& key, std::optional<Object> object) {
    const auto place = changing_.find(key);
    if (--place->second.under_way > 0) return;
    const bool known = object && !place->second.beside;
    changing_.erase(place);
    if (!known) return;
    if (object->bytes) bytes_ += object->bytes->size();
    entries_.push_front({.key = key, .object = std::move(*object)});
    places_.emplace(entries_.front().key, entries_.begin());
    while (entries_.size() > kObjectsMax || bytes_ > kBytesMax) drop(std::prev(entries_.end()));
}

void RecentObjects::drop(Place place) {
    if (const auto& bytes = place->object.bytes) bytes_ -= bytes->size();
    places_.erase(place->key);
    entries_.erase(place);
}

}  // namespace ingestor::objects
