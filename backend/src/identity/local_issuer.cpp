#include "identity/local_issuer.hpp"

#include <algorithm>
#include <system_error>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <openssl/crypto.h>

#include "base/uuid.hpp"
#include "identity/secret_file.hpp"

namespace ingestor::identity {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::chrono::seconds kTtlMax = std::chrono::years(10);
constexpr std::string_view kKeyFileEnding = ".pem";

/// The key files of a directory, oldest first: their names begin with a UUID of version 7.
Result<std::vector<fs::path>> list_key_files(const fs::path& directory) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
        if (entry->path().extension() == kKeyFileEnding) files.push_back(entry->path());
    }
    if (error) {
        return fail(Errc::unavailable, "list " + directory.string() + ": " + error.message());
    }
    std::ranges::sort(files);
    return files;
}

Result<std::vector<SigningKey>> load_keys(const fs::path& directory) {
    const auto files = list_key_files(directory);
    if (!files) return std::unexpected(files.error());
    std::vector<SigningKey> keys;
    for (const auto& file : *files) {
        auto pem = read_secret_file(file);
        if (!pem) return std::unexpected(std::move(pem.error()));
        auto key = SigningKey::from_pem(*pem);
        OPENSSL_cleanse(pem->data(), pem->size());
        if (!key) return fail(key.error().code, file.string() + ": " + key.error().message);
        keys.push_back(std::move(*key));
    }
    return keys;
}

std::string jwks_of(const std::vector<SigningKey>& keys) {
    json::array list;
    for (const auto& key : keys) list.push_back(key.public_jwk());
    json::object document;
    document["keys"] = std::move(list);
    return json::serialize(document);
}

}  // namespace

LocalIssuer::LocalIssuer(Options options, const ports::Clock& clock)
    : options_(std::move(options)), clock_(clock) {}

Result<std::unique_ptr<LocalIssuer>> LocalIssuer::open(Options options, const ports::Clock& clock) {
    if (auto made = create_secret_directory(options.directory); !made) {
        return std::unexpected(std::move(made.error()));
    }
    std::unique_ptr<LocalIssuer> issuer(new LocalIssuer(std::move(options), clock));
    {
        const auto lock = DirectoryLock::acquire(issuer->options_.directory);
        if (!lock) return std::unexpected(lock.error());
        const auto files = list_key_files(issuer->options_.directory);
        if (!files) return std::unexpected(files.error());
        if (files->empty()) {
            if (auto added = issuer->add_key_file(); !added) {
                return std::unexpected(std::move(added.error()));
            }
        }
    }
    if (auto loaded = issuer->reload(); !loaded) return std::unexpected(std::move(loaded.error()));
    return issuer;
}

Result<void> LocalIssuer::add_key_file() const {
    std::string pem = SigningKey::generate_pem();
    const fs::path file =
        options_.directory / (uuid_v7(clock_.now()) + std::string(kKeyFileEnding));
    auto written = write_secret_file(file, pem);
    OPENSSL_cleanse(pem.data(), pem.size());
    return written;
}

Result<void> LocalIssuer::rotate() {
    if (auto added = add_key_file(); !added) return added;
    return reload();
}

Result<void> LocalIssuer::reload() {
    auto keys = load_keys(options_.directory);
    if (!keys) return std::unexpected(std::move(keys.error()));
    if (keys->empty()) {
        return fail(Errc::unavailable,
                    options_.directory.string() + " holds no signing key: restart to make one");
    }
    const auto same_id = [](const SigningKey& left, const SigningKey& right) {
        return left.id() == right.id();
    };
    // Unchanged keys must not cost every session its place among the verified tokens.
    if (public_keys_ && std::ranges::equal(*keys, signing_keys_, same_id)) return {};

    auto verifying = JwkSet::parse(jwks_of(*keys));
    if (!verifying) return std::unexpected(std::move(verifying.error()));
    signing_keys_ = std::move(*keys);
    if (public_keys_) {
        public_keys_->replace(std::move(*verifying));
    } else {
        public_keys_ = std::make_unique<StaticJwksSource>(std::move(*verifying));
    }
    return {};
}

Result<std::string> LocalIssuer::mint(std::string_view user, std::chrono::seconds ttl,
                                      ports::TokenScope scope) const {
    if (auto known = user_of_subject(user); !known) {
        return std::unexpected(std::move(known.error()));
    }
    if (ttl < std::chrono::seconds(1) || ttl > kTtlMax) {
        return fail(Errc::invalid_argument, "a token lives from 1 second to 10 years", "ttl");
    }
    const TimePoint now = clock_.now();
    const auto issued_at = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch();
    json::object claims;
    claims["iss"] = options_.issuer;
    claims["sub"] = user;
    claims["client_id"] = options_.client_id;
    claims["aud"] = options_.client_id;
    claims["token_use"] = "access";
    claims["iat"] = issued_at.count();
    claims["exp"] = (issued_at + ttl).count();
    claims["jti"] = uuid_v4();
    if (scope == ports::TokenScope::metrics) claims["scope"] = kMetricsScope;
    return signing_keys_.back().sign(claims);
}

std::string LocalIssuer::jwks_json() const {
    return jwks_of(signing_keys_);
}

std::string LocalIssuer::discovery_json() const {
    json::object document;
    document["issuer"] = options_.issuer;
    document["jwks_uri"] = options_.issuer + "/.well-known/jwks.json";
    document["response_types_supported"] = json::array{"none"};
    document["subject_types_supported"] = json::array{"public"};
    document["id_token_signing_alg_values_supported"] = json::array{"ES256"};
    document["claims_supported"] =
        json::array{"iss", "sub", "aud", "client_id", "token_use", "iat", "exp", "jti"};
    return json::serialize(document);
}

TokenRules LocalIssuer::rules() const {
    TokenRules rules;
    rules.issuer = options_.issuer;
    rules.clients = {options_.client_id};
    rules.uses = {TokenUse::access};
    rules.operators = {domain::UserId("local")};
    return rules;
}

}  // namespace ingestor::identity
