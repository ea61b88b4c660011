#include "identity/revoked_tokens.hpp"

#include <algorithm>
#include <chrono>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <sys/stat.h>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "identity/secret_file.hpp"
#include "identity/strict_json.hpp"

namespace ingestor::identity {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t kFileBytesMax = 1024 * 1024;
/// No token lives longer than that (LocalIssuer), nor would an issuer elsewhere let one.
constexpr std::chrono::seconds kTokenLifetimeMax = std::chrono::years(10);
/// A clock that is set back for a day does not bring a revoked token back.
constexpr std::chrono::hours kKeptAfterExpiry{24};

std::int64_t seconds_of(TimePoint time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

/// Names of an issuer's may be of any length, and are nobody's business on the disk.
std::string digest_of(std::string_view text) {
    return to_base64url(sha256(text));
}

std::optional<std::int64_t> number_member(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (value == nullptr || !value->is_int64()) return std::nullopt;
    return value->get_int64();
}

}  // namespace

auto RevokedTokens::version_of(const fs::path& file) -> Version {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) return {};
    constexpr std::int64_t kNanosecondsInSecond = 1'000'000'000;
    return {.inode = status.st_ino,
            .modified_ns = status.st_mtim.tv_sec * kNanosecondsInSecond + status.st_mtim.tv_nsec};
}

auto RevokedTokens::read(const fs::path& file) -> Result<Content> {
    Content content;
    const auto text = read_secret_file(file);
    if (!text && text.error().code == Errc::not_found) return content;
    if (!text) return fail(Errc::unavailable, text.error().message);
    const auto damaged = [&file] {
        return fail(Errc::unavailable, file.string() +
                                           " is damaged, and no token can be told from a revoked "
                                           "one: restore it, or remove it and run "
                                           "'agent2-ingestor token --revoke-all'");
    };
    const auto document = parse_strict_object(*text, kFileBytesMax);
    if (!document) return damaged();
    const auto all = number_member(*document, "all_issued_until");
    const auto* tokens = document->if_contains("tokens");
    const auto* users = document->if_contains("users");
    if (!all || tokens == nullptr || !tokens->is_array() || users == nullptr ||
        !users->is_array()) {
        return damaged();
    }
    content.all_issued_until_s = *all;
    for (const auto& value : tokens->get_array()) {
        if (!value.is_object()) return damaged();
        const auto id = text_member(value.get_object(), "id");
        const auto user = text_member(value.get_object(), "user");
        const auto expires_at = number_member(value.get_object(), "expires_at");
        if (!id || !user || !expires_at) return damaged();
        content.tokens.emplace(*id, Token{.user = std::string(*user), .expires_at_s = *expires_at});
    }
    for (const auto& value : users->get_array()) {
        if (!value.is_object()) return damaged();
        const auto user = text_member(value.get_object(), "user");
        const auto issued_until = number_member(value.get_object(), "issued_until");
        if (!user || !issued_until) return damaged();
        content.users_issued_until_s.emplace(*user, *issued_until);
    }
    return content;
}

Result<void> RevokedTokens::write(const fs::path& file, const Content& content) {
    json::array tokens;
    for (const auto& [id, token] : content.tokens) {
        json::object entry;
        entry["id"] = id;
        entry["user"] = token.user;
        entry["expires_at"] = token.expires_at_s;
        tokens.push_back(std::move(entry));
    }
    json::array users;
    for (const auto& [user, issued_until] : content.users_issued_until_s) {
        json::object entry;
        entry["user"] = user;
        entry["issued_until"] = issued_until;
        users.push_back(std::move(entry));
    }
    json::object document;
    document["all_issued_until"] = content.all_issued_until_s;
    document["tokens"] = std::move(tokens);
    document["users"] = std::move(users);
    return write_secret_file(file, json::serialize(document) + "\n");
}

Result<bool> RevokedTokens::contains(const ports::TokenIdentity& token) {
    if (const auto version = version_of(file_); version != version_) {
        auto content = read(file_);
        if (!content) return std::unexpected(std::move(content.error()));
        content_ = std::move(*content);
        version_ = version;
    }
    const auto issued_at = seconds_of(token.issued_at);
    if (issued_at <= content_.all_issued_until_s) return true;
    // Mostly nobody has revoked anything, and a digest costs a request more than all of this.
    if (!content_.tokens.empty() && content_.tokens.contains(digest_of(token.id))) return true;
    if (content_.users_issued_until_s.empty()) return false;
    const auto user = content_.users_issued_until_s.find(digest_of(token.user_id.value()));
    return user != content_.users_issued_until_s.end() && issued_at <= user->second;
}

Result<void> RevokedTokens::revoke(const fs::path& file, const ports::TokenIdentity& token,
                                   std::optional<TimePoint> expires_at, TimePoint now) {
    const auto lock = DirectoryLock::acquire(file.parent_path());
    if (!lock) return std::unexpected(lock.error());
    auto content = read(file);
    if (!content) return std::unexpected(std::move(content.error()));

    const auto forgotten_before = seconds_of(now - kKeptAfterExpiry);
    std::erase_if(content->tokens, [forgotten_before](const auto& entry) {
        return entry.second.expires_at_s < forgotten_before;
    });
    const auto users_forgotten_before = seconds_of(now - kTokenLifetimeMax);
    std::erase_if(content->users_issued_until_s, [users_forgotten_before](const auto& entry) {
        return entry.second < users_forgotten_before;
    });

    const auto user = digest_of(token.user_id.value());
    content->tokens[digest_of(token.id)] = {
        .user = user, .expires_at_s = seconds_of(expires_at.value_or(now + kTokenLifetimeMax))};
    const auto is_theirs = [&user](const auto& entry) { return entry.second.user == user; };
    // A token that only its name is known of is nobody's.
    if (!token.user_id.empty() && static_cast<std::size_t>(std::ranges::count_if(
                                      content->tokens, is_theirs)) > kTokensOfUserMax) {
        std::erase_if(content->tokens, is_theirs);
        content->users_issued_until_s[user] = seconds_of(now);
    }
    if (content->tokens.size() > kTokensMax || content->users_issued_until_s.size() > kUsersMax) {
        return fail(Errc::too_large,
                    file.string() +
                        " is full: run 'agent2-ingestor token --revoke-all', after "
                        "which everybody signs in anew");
    }
    return write(file, *content);
}

Result<void> RevokedTokens::revoke_all(const fs::path& file, TimePoint now) {
    const auto lock = DirectoryLock::acquire(file.parent_path());
    if (!lock) return std::unexpected(lock.error());
    // Whatever the file says, damaged or full, is said by this as well.
    Content content;
    content.all_issued_until_s = seconds_of(now);
    return write(file, content);
}

}  // namespace ingestor::identity
