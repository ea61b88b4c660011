#include "jobs/ingest_object.hpp"

#include <optional>
#include <string>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "base/digest.hpp"
#include "domain/object_created.hpp"
#include "jobs/file_keys.hpp"
#include "jobs/process_job.hpp"

namespace ingestor::jobs {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

/// What the detail says of the object.
struct PutObject {
    std::string bucket;
    std::string key;
    std::string etag;
};

std::optional<std::string> text_at(const json::value& detail, std::string_view pointer) {
    json::error_code error;
    const auto* value = detail.find_pointer(pointer, error);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return std::string(value->get_string());
}

std::optional<PutObject> object_of(const eventbridge::Event& event) {
    json::error_code error;
    const auto detail = json::parse(event.detail, error);
    if (error) return std::nullopt;
    auto bucket = text_at(detail, "/bucket/name");
    auto key = text_at(detail, "/object/key");
    auto etag = text_at(detail, "/object/etag");
    if (!bucket || !key || !etag) return std::nullopt;
    return PutObject{std::move(*bucket), std::move(*key), std::move(*etag)};
}

/// What no further try would change.
bool is_final(const Error& error) {
    return error.code == Errc::unsupported || error.code == Errc::invalid_argument ||
           error.code == Errc::not_found || error.code == Errc::permission_denied ||
           error.code == Errc::conflict || error.code == Errc::corrupt;
}

}  // namespace

bool tells_of_an_object(const eventbridge::Event& event) {
    return event.source == domain::kObjectSource && event.detail_type == domain::kObjectCreated;
}

asio::awaitable<void> IngestObject::handle(const eventbridge::Event& event) {
    auto& log = dependencies_.log;
    const auto object = object_of(event);
    if (!object || object->bucket != names_.bucket()) {
        log.warn("an event of an object names none of this bucket", {{"event_id", event.id}});
        co_return;
    }
    auto user = owner_of_inbox(object->key);
    auto key = domain::ObjectKey::parse(object->key);
    if (!user || !key) {
        log.warn("an object outside of an inbox makes no job", {{"key", object->key}});
        co_return;
    }
    // Some clients put empty objects in the place of folders.
    if (object->key.ends_with('/')) co_return;
    const auto info = co_await dependencies_.objects.head(std::move(*key));
    if (!info && info.error().code != Errc::not_found) throw AttemptFailed(info.error().message);
    // Of what stands there by now another event comes.
    if (!info || info->etag.value() != object->etag) co_return;

    SubmitRequest request;
    request.files.push_back({.file_key = object->key, .filename = std::nullopt});
    request.idempotency_key = "object-" + sha256_hex(object->key + '\n' + object->etag);
    ports::Principal who{.user_id = std::move(*user)};
    const auto job = co_await dependencies_.jobs.submit(std::move(who), std::move(request));
    if (job) {
        log.info("made a job of an object",
                 {{"key", object->key}, {"job_id", job->job_id.value()}});
        co_return;
    }
    if (!is_final(job.error())) throw AttemptFailed(job.error().message);
    log.warn("no job was made of an object",
             {{"key", object->key}, {"error", job.error().message}});
}

}  // namespace ingestor::jobs
