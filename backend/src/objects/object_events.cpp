#include "objects/object_events.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/uuid.hpp"
#include "domain/object_created.hpp"

namespace ingestor::objects {

namespace json = boost::json;

namespace {

ports::ObjectOrigin own_origin() {
    return {.reason = "PutObject", .request_id = uuid_v4(), .source_ip = "127.0.0.1"};
}

/// The folder in the first folder, `inbox/ann`: whose it is, as a rule. Who puts many objects then
/// holds up no other.
std::string group_of(const std::string& key) {
    const auto first = std::min(key.find('/'), key.size() - 1);
    return key.substr(0, key.find('/', first + 1));
}

}  // namespace

std::string ObjectEvents::next_sequencer(TimePoint now) {
    const auto since = now.time_since_epoch();
    const auto microseconds = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(since).count());
    sequence_ = std::max(sequence_ + 1, microseconds);
    return fmt::format("{:016X}", sequence_);
}

eventbridge::Event ObjectEvents::created(const ports::ObjectInfo& object,
                                         std::optional<ports::ObjectOrigin> origin) {
    const auto now = clock_.now();
    auto from = origin ? std::move(*origin) : own_origin();
    const json::object detail{{"version", "0"},
                              {"bucket", {{"name", names_.bucket()}}},
                              {"object",
                               {{"key", object.key.value()},
                                {"size", object.size_bytes},
                                {"etag", object.etag.value()},
                                {"sequencer", next_sequencer(now)}}},
                              {"request-id", from.request_id},
                              {"requester", names_.account},
                              {"source-ip-address", from.source_ip},
                              {"reason", from.reason}};
    return {.bus = std::string(domain::kDefaultBus),
            .fairness_group = group_of(object.key.value()),
            .id = uuid_v4(),
            .detail_type = std::string(domain::kObjectCreated),
            .source = std::string(domain::kObjectSource),
            .account = names_.account,
            .time = now,
            .region = names_.region,
            .resources = {"arn:aws:s3:::" + names_.bucket()},
            .detail = json::serialize(detail)};
}

}  // namespace ingestor::objects
