#include "identity/access_keys.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/time.hpp"
#include "identity/secret_file.hpp"
#include "identity/strict_json.hpp"

namespace ingestor {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t kFileBytesMax = 1024 * 1024;
constexpr std::size_t kKeysMax = 1000;
constexpr std::size_t kIdCharacters = 16;
constexpr std::size_t kSecretBytes = 30;  // 40 characters of base64, without padding

AccessKey make_key(const UserId& user) {
    // 32 characters: every value of five random bits stands for one of them.
    static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    AccessKey key;
    key.access_key_id = "AKIA";
    for (const char byte : random_bytes(kIdCharacters)) {
        key.access_key_id += kAlphabet[static_cast<unsigned char>(byte) & 31U];
    }
    key.secret_access_key = to_base64(random_bytes(kSecretBytes));
    key.user = user;
    return key;
}

}  // namespace

Result<AccessKeys> AccessKeys::open(fs::path file, const Clock& clock, const UserId& first_user) {
    if (auto made = create_secret_directory(file.parent_path()); !made) {
        return std::unexpected(std::move(made.error()));
    }
    const auto lock = DirectoryLock::acquire(file.parent_path());
    if (!lock) return std::unexpected(lock.error());

    AccessKeys keys(std::move(file));
    auto loaded = keys.load();
    if (!loaded && loaded.error().code == Errc::not_found) {
        loaded = keys.append_locked(make_key(first_user), clock);
    }
    if (!loaded) return std::unexpected(std::move(loaded.error()));
    return keys;
}

Result<void> AccessKeys::load() {
    const auto text = read_secret_file(file_);
    if (!text) return std::unexpected(text.error());
    const auto damaged = [this](std::string_view reason) {
        return fail(Errc::corrupt, file_.string() + ": " + std::string(reason));
    };
    const auto document = parse_strict_object(*text, kFileBytesMax);
    if (!document) return damaged(document.error().message);
    const auto* list = document->if_contains("keys");
    if (list == nullptr || !list->is_array() || list->get_array().empty()) {
        return damaged("no keys in it");
    }
    keys_.clear();
    created_at_.clear();
    for (const auto& value : list->get_array()) {
        if (!value.is_object()) return damaged("a key is not an object");
        const auto& entry = value.get_object();
        const auto id = text_member(entry, "access_key_id");
        const auto secret = text_member(entry, "secret_access_key");
        const auto user = text_member(entry, "user_id");
        if (!id || id->empty() || !secret || secret->empty() || !user || user->empty()) {
            return damaged("a key without id, secret or user");
        }
        AccessKey key;
        key.access_key_id = *id;
        key.secret_access_key = *secret;
        key.user = UserId(std::string(*user));
        keys_.push_back(std::move(key));
        created_at_.emplace_back(text_member(entry, "created_at").value_or(std::string_view()));
    }
    return {};
}

Result<void> AccessKeys::append_locked(AccessKey key, const Clock& clock) {
    keys_.push_back(std::move(key));
    created_at_.push_back(to_rfc3339(clock.now()));
    json::array list;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        json::object entry;
        entry["access_key_id"] = keys_[i].access_key_id;
        entry["secret_access_key"] = keys_[i].secret_access_key;
        entry["user_id"] = keys_[i].user.value();
        entry["created_at"] = created_at_[i];
        list.push_back(std::move(entry));
    }
    json::object document;
    document["keys"] = std::move(list);
    auto written = write_secret_file(file_, json::serialize(document) + "\n");
    if (!written) {
        keys_.pop_back();
        created_at_.pop_back();
    }
    return written;
}

Result<AccessKey> AccessKeys::add(const UserId& user, const Clock& clock) {
    const auto lock = DirectoryLock::acquire(file_.parent_path());
    if (!lock) return std::unexpected(lock.error());
    // Another process may have added keys since this one looked.
    if (auto loaded = load(); !loaded) return std::unexpected(std::move(loaded.error()));
    if (keys_.size() >= kKeysMax) {
        return fail(Errc::too_large, file_.string() + " holds 1,000 keys: remove some");
    }
    AccessKey key = make_key(user);
    if (auto written = append_locked(key, clock); !written) {
        return std::unexpected(std::move(written.error()));
    }
    return key;
}

const AccessKey* AccessKeys::find(std::string_view access_key_id) const {
    const auto found = std::ranges::find(keys_, access_key_id, &AccessKey::access_key_id);
    return found == keys_.end() ? nullptr : &*found;
}

}  // namespace ingestor
