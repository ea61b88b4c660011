#include "identity/access_keys.hpp"

#include <algorithm>
#include <array>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <sys/stat.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/time.hpp"
#include "identity/secret_file.hpp"
#include "identity/strict_json.hpp"

namespace ingestor::identity {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t kFileBytesMax = 1024 * 1024;
constexpr std::size_t kKeysMax = 1000;
constexpr std::size_t kIdCharacters = 16;
constexpr std::size_t kSecretBytes = 30;  // 40 characters of base64, without padding

struct NamedRole {
    AccessKeyRole role = AccessKeyRole::user;
    std::string_view name;
};
constexpr std::array kRoles = {NamedRole{AccessKeyRole::user, "user"},
                               NamedRole{AccessKeyRole::service_operator, "operator"},
                               NamedRole{AccessKeyRole::links, "links"}};

AccessKey make_key(const domain::UserId& user, AccessKeyRole role) {
    // 32 characters: every value of five random bits stands for one of them.
    static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    AccessKey key;
    key.access_key_id = "AKIA";
    for (const char byte : random_bytes(kIdCharacters)) {
        key.access_key_id += kAlphabet[static_cast<unsigned char>(byte) & 31U];
    }
    key.secret_access_key = to_base64(random_bytes(kSecretBytes));
    key.user = user;
    key.role = role;
    return key;
}

}  // namespace

Result<AccessKeys> AccessKeys::open(fs::path file, const ports::Clock& clock,
                                    const domain::UserId& first_user) {
    if (auto made = create_secret_directory(file.parent_path()); !made) {
        return std::unexpected(std::move(made.error()));
    }
    const auto lock = DirectoryLock::acquire(file.parent_path());
    if (!lock) return std::unexpected(lock.error());

    AccessKeys keys(std::move(file));
    const auto loaded = keys.load();
    if (!loaded && loaded.error().code != Errc::not_found) return std::unexpected(loaded.error());
    for (const auto role : {AccessKeyRole::user, AccessKeyRole::links}) {
        if (keys.find_role(role) != nullptr) continue;
        const auto made = keys.append_locked(make_key(first_user, role), clock);
        if (!made) return std::unexpected(made.error());
    }
    return keys;
}

Result<void> AccessKeys::load() {
    const auto version = version_on_disk();
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
    std::vector<Entry> entries;
    for (const auto& value : list->get_array()) {
        if (!value.is_object()) return damaged("a key is not an object");
        const auto& object = value.get_object();
        const auto id = text_member(object, "access_key_id");
        const auto secret = text_member(object, "secret_access_key");
        const auto user = text_member(object, "user_id");
        if (!id || id->empty() || !secret || secret->empty() || !user || user->empty()) {
            return damaged("a key without id, secret or user");
        }
        std::string_view role_name = kRoles.front().name;
        if (object.contains("role")) role_name = text_member(object, "role").value_or("");
        const auto role = std::ranges::find(kRoles, role_name, &NamedRole::name);
        if (role == kRoles.end()) return damaged("a key with a role that is not known");
        Entry entry;
        entry.key.access_key_id = *id;
        entry.key.secret_access_key = *secret;
        entry.key.user = domain::UserId(std::string(*user));
        entry.key.role = role->role;
        entry.created_at = text_member(object, "created_at").value_or(std::string_view());
        entries.push_back(std::move(entry));
    }
    entries_ = std::move(entries);
    version_ = version;
    return {};
}

Result<AccessKey> AccessKeys::append_locked(AccessKey key, const ports::Clock& clock) {
    entries_.push_back({.key = key, .created_at = to_rfc3339(clock.now())});
    json::array list;
    for (const auto& entry : entries_) {
        json::object object;
        object["access_key_id"] = entry.key.access_key_id;
        object["secret_access_key"] = entry.key.secret_access_key;
        object["user_id"] = entry.key.user.value();
        object["role"] = std::ranges::find(kRoles, entry.key.role, &NamedRole::role)->name;
        object["created_at"] = entry.created_at;
        list.push_back(std::move(object));
    }
    json::object document;
    document["keys"] = std::move(list);
    if (auto written = write_secret_file(file_, json::serialize(document) + "\n"); !written) {
        entries_.pop_back();
        return std::unexpected(std::move(written.error()));
    }
    version_ = version_on_disk();
    return key;
}

Result<AccessKey> AccessKeys::add(const domain::UserId& user, AccessKeyRole role,
                                  const ports::Clock& clock) {
    const auto lock = DirectoryLock::acquire(file_.parent_path());
    if (!lock) return std::unexpected(lock.error());
    // Another process may have added keys since this one looked.
    if (auto loaded = load(); !loaded) return std::unexpected(std::move(loaded.error()));
    if (entries_.size() >= kKeysMax) {
        return fail(Errc::too_large, file_.string() + " holds 1,000 keys: remove some");
    }
    return append_locked(make_key(user, role), clock);
}

Result<AccessKey> AccessKeys::operator_key(const domain::UserId& user, const ports::Clock& clock) {
    const auto lock = DirectoryLock::acquire(file_.parent_path());
    if (!lock) return std::unexpected(lock.error());
    if (auto loaded = load(); !loaded) return std::unexpected(std::move(loaded.error()));
    if (const auto* known = find_role(AccessKeyRole::service_operator)) return *known;
    return append_locked(make_key(user, AccessKeyRole::service_operator), clock);
}

std::optional<AccessKey> AccessKeys::find(std::string_view access_key_id) {
    const auto look = [this, access_key_id]() -> std::optional<AccessKey> {
        for (const auto& entry : entries_) {
            if (entry.key.access_key_id == access_key_id) return entry.key;
        }
        return std::nullopt;
    };
    auto found = look();
    if (found || version_on_disk() == version_) return found;
    // A file that cannot be read at the moment takes no key away that was known.
    if (!load()) return std::nullopt;
    return look();
}

const AccessKey* AccessKeys::find_role(AccessKeyRole role) const {
    const auto of_role = [role](const Entry& entry) { return entry.key.role == role; };
    const auto found = std::ranges::find_if(entries_, of_role);
    return found == entries_.end() ? nullptr : &found->key;
}

const AccessKey& AccessKeys::first() const {
    return *find_role(AccessKeyRole::user);
}

const AccessKey& AccessKeys::links() const {
    return *find_role(AccessKeyRole::links);
}

AccessKeys::Version AccessKeys::version_on_disk() const {
    struct stat status{};
    if (::stat(file_.c_str(), &status) != 0) return {};
    constexpr std::int64_t kNanosecondsInSecond = 1'000'000'000;
    return {.inode = status.st_ino,
            .modified_ns = status.st_mtim.tv_sec * kNanosecondsInSecond + status.st_mtim.tv_nsec};
}

}  // namespace ingestor::identity
