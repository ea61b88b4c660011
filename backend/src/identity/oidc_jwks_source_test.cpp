#include "identity/oidc_jwks_source.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include "identity/testing/loopback_provider.hpp"
#include "identity/testing/test_keys.hpp"
#include "identity/testing/testing.hpp"

namespace ingestor::identity {

using testing::run;
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using testing::HandClock;
using testing::key_set;
using testing::LoopbackProvider;
using testing::TestKey;

constexpr const char* kDiscovery = "/.well-known/openid-configuration";
constexpr const char* kKeys = "/keys?version=1";
constexpr auto kAlgorithm = SignatureAlgorithm::es256;

using Found = Result<std::shared_ptr<const VerificationKey>>;

class OidcJwksSourceTest : public ::testing::Test {
protected:
    OidcJwksSourceTest() { options_.issuer = provider_.url(); }
    ~OidcJwksSourceTest() override {
        provider_.release();
        if (source_) settle();
    }

    OidcJwksSource& source() {
        if (!source_) {
            options_.on_fetch_failed = [this](const Error& error) { failures_.push_back(error); };
            auto made = OidcJwksSource::create(io_.get_executor(), http_, clock_, options_);
            EXPECT_TRUE(made) << made.error().message;
            source_ = std::move(*made);
        }
        return *source_;
    }
    Found find(const std::string& key_id) { return run(io_, source().find(key_id, kAlgorithm)); }
    Errc error_of(const std::string& key_id) {
        const auto found = find(key_id);
        return found ? Errc::internal : found.error().code;
    }
    /// A discovery document of `issuer` with more members than the ordinary ones.
    void publish_endpoints(const std::string& issuer, const std::string& members) {
        LoopbackProvider::Answer discovery;
        discovery.body = R"({"issuer":")" + issuer + R"(","jwks_uri":")" + provider_.url() + kKeys +
                         R"(",)" + members + "}";
        provider_.answer(kDiscovery, discovery);
    }
    /// Waits for the fetch under way without ending the source.
    void settle() {
        io_.restart();
        io_.run();
    }

    LoopbackProvider provider_;
    HandClock clock_;
    OidcJwksSource::Options options_;
    std::vector<Error> failures_;
    asio::io_context io_;
    httpclient::HttpClient http_;
    std::unique_ptr<OidcJwksSource> source_;
};

TEST_F(OidcJwksSourceTest, FindsKeysThroughDiscovery) {
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    const auto found = find("one");
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ((*found)->id(), "one");
    EXPECT_EQ(provider_.paths(), (std::vector<std::string>{kDiscovery, kKeys}));
}

TEST_F(OidcJwksSourceTest, AKeyAddressOfItsOwnNeedsNoDiscovery) {
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    options_.issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc";
    options_.jwks_url = provider_.url() + kKeys;
    EXPECT_TRUE(find("one"));
    EXPECT_EQ(provider_.paths(), std::vector<std::string>{kKeys});
}

TEST_F(OidcJwksSourceTest, TellsWherePeopleSignIn) {
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    publish_endpoints(provider_.url(), R"("authorization_endpoint":"https://a.example/authorize",
        "token_endpoint":"https://a.example/token","end_session_endpoint":"https://a.example/out")");
    const auto endpoints = run(io_, source().endpoints());
    ASSERT_TRUE(endpoints) << endpoints.error().message;
    EXPECT_EQ(endpoints->authorization, "https://a.example/authorize");
    EXPECT_EQ(endpoints->token, "https://a.example/token");
    EXPECT_EQ(endpoints->end_session, "https://a.example/out");
    EXPECT_TRUE(find("one"));
    EXPECT_EQ(provider_.requests(kDiscovery), 1U);
}

TEST_F(OidcJwksSourceTest, NobodyIsSentToWhatIsNoWebAddress) {
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    publish_endpoints(provider_.url(), R"x("authorization_endpoint":"javascript:alert(1)",
        "token_endpoint":"http://a.example/token","end_session_endpoint":7)x");
    const auto endpoints = run(io_, source().endpoints());
    ASSERT_TRUE(endpoints);
    EXPECT_EQ(endpoints->authorization, std::nullopt);
    EXPECT_EQ(endpoints->token, std::nullopt);
    EXPECT_EQ(endpoints->end_session, std::nullopt);
}

TEST_F(OidcJwksSourceTest, EndpointsThatCannotBeHadAreAskedForAgainLater) {
    EXPECT_EQ(run(io_, source().endpoints()).error().code, Errc::unavailable);
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(run(io_, source().endpoints()));
    EXPECT_EQ(provider_.requests(kDiscovery), 1U);
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    clock_.advance(15s);
    EXPECT_TRUE(run(io_, source().endpoints()));
}

TEST_F(OidcJwksSourceTest, EndpointsOfAPoolComeFromBesideItsKeys) {
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    options_.issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc";
    options_.jwks_url = provider_.url() + kKeys;
    options_.discovery_url = provider_.url() + kDiscovery;
    publish_endpoints(options_.issuer, R"("token_endpoint":"https://a.example/token")");
    const auto endpoints = run(io_, source().endpoints());
    ASSERT_TRUE(endpoints);
    EXPECT_EQ(endpoints->token, "https://a.example/token");
}

TEST_F(OidcJwksSourceTest, KeysDoNotWantForEndpoints) {
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    options_.issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc";
    options_.jwks_url = provider_.url() + kKeys;
    options_.discovery_url = provider_.url() + "/nowhere";
    EXPECT_TRUE(find("one"));
    EXPECT_EQ(run(io_, source().endpoints()).error().code, Errc::unavailable);
}

TEST_F(OidcJwksSourceTest, NothingIsFetchedBeforeItIsAsked) {
    source();
    settle();
    EXPECT_TRUE(provider_.paths().empty());
}

TEST_F(OidcJwksSourceTest, StartFetchesAheadAndDoesNotWait) {
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    provider_.hold();
    source().start();
    provider_.release();
    settle();
    EXPECT_EQ(provider_.requests(kKeys), 1U);
    EXPECT_TRUE(find("one"));
    EXPECT_EQ(provider_.requests(kKeys), 1U);
}

TEST_F(OidcJwksSourceTest, KnownKeysAreNotFetchedAgain) {
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(find("one"));
    EXPECT_EQ(provider_.requests(kKeys), 1U);
}

TEST_F(OidcJwksSourceTest, ARotatedKeyIsFetchedWithoutARestart) {
    provider_.publish(key_set({TestKey::ec().jwk("old")}));
    ASSERT_TRUE(find("old"));
    const auto generation = source().generation();
    provider_.publish(key_set({TestKey::ec().jwk("old"), TestKey::ec().jwk("new")}));
    clock_.advance(2min);
    EXPECT_TRUE(find("new"));
    EXPECT_GT(source().generation(), generation);
}

TEST_F(OidcJwksSourceTest, MadeUpKeysCannotHammerTheProvider) {
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    ASSERT_TRUE(find("one"));
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(error_of("made-up-" + std::to_string(i)), Errc::unauthenticated);
    }
    EXPECT_EQ(provider_.requests(kKeys), 1U);
    clock_.advance(2min);
    for (int i = 0; i < 50; ++i) {
        EXPECT_EQ(error_of("made-up-" + std::to_string(i)), Errc::unauthenticated);
    }
    EXPECT_EQ(provider_.requests(kKeys), 2U);
}

TEST_F(OidcJwksSourceTest, ManyWhoAskAtOnceShareOneFetch) {
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    provider_.hold();
    int found = 0;
    int refused = 0;
    for (int i = 0; i < 40; ++i) {
        auto done = [&](const std::exception_ptr& error, const Found& key) {
            ASSERT_FALSE(error);
            if (key) {
                ++found;
            } else {
                ++refused;
            }
        };
        asio::co_spawn(io_, source().find(i % 2 == 0 ? "one" : "other", kAlgorithm), done);
    }
    // Everybody has asked, and the one request is on its way, before the provider answers.
    std::thread releaser([this] {
        provider_.wait_for_requests(1);
        provider_.release();
    });
    settle();
    releaser.join();
    EXPECT_EQ(found, 20);
    EXPECT_EQ(refused, 20);
    EXPECT_EQ(provider_.requests(kDiscovery), 1U);
    EXPECT_EQ(provider_.requests(kKeys), 1U);
}

TEST_F(OidcJwksSourceTest, OldKeysAreRefreshedBehindTheBackOfTheirUsers) {
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    ASSERT_TRUE(find("one"));
    provider_.publish(key_set({TestKey::ec().jwk("two")}));
    clock_.advance(1h);
    provider_.hold();
    bool answered = false;
    auto done = [&](const std::exception_ptr&, const Found& key) {
        answered = key.has_value();
        // Answered with the provider still silent: it was not waited for.
        provider_.release();
    };
    asio::co_spawn(io_, source().find("one", kAlgorithm), done);
    settle();
    EXPECT_TRUE(answered);
    EXPECT_EQ(provider_.requests(kKeys), 2U);
    EXPECT_TRUE(find("two"));
    EXPECT_EQ(error_of("one"), Errc::unauthenticated) << "withdrawn keys go";
}

TEST_F(OidcJwksSourceTest, AnUnchangedKeySetForgetsNothing) {
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    ASSERT_TRUE(find("one"));
    const auto generation = source().generation();
    clock_.advance(1h);
    ASSERT_TRUE(find("one"));
    EXPECT_EQ(provider_.requests(kKeys), 2U);
    EXPECT_EQ(source().generation(), generation);
}

TEST_F(OidcJwksSourceTest, OldKeysStayWhenAFetchFails) {
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    ASSERT_TRUE(find("one"));
    provider_.answer(kKeys, {.status = 503, .body = "", .location = ""});
    clock_.advance(2h);
    EXPECT_TRUE(find("one"));
    EXPECT_EQ(failures_.size(), 1U);
    EXPECT_TRUE(find("one"));
    EXPECT_EQ(error_of("two"), Errc::unauthenticated);
    EXPECT_EQ(provider_.requests(kKeys), 2U);
}

TEST_F(OidcJwksSourceTest, WithoutKeysTheServiceIsUnavailableUntilARetry) {
    EXPECT_EQ(error_of("one"), Errc::unavailable);
    EXPECT_EQ(error_of("one"), Errc::unavailable);
    EXPECT_EQ(provider_.requests(kDiscovery), 1U) << "a failure is remembered for a while";
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    clock_.advance(15s);
    EXPECT_TRUE(find("one"));
}

TEST_F(OidcJwksSourceTest, AClockSetBackDoesNotLockTheProviderOut) {
    EXPECT_EQ(error_of("one"), Errc::unavailable);
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    clock_.advance(-24h);
    EXPECT_TRUE(find("one"));
}

TEST_F(OidcJwksSourceTest, StopEndsFetching) {
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    ASSERT_TRUE(find("one"));
    bool stopped = false;
    asio::co_spawn(io_, source().stop(), [&](const std::exception_ptr&) { stopped = true; });
    settle();
    EXPECT_TRUE(stopped);
    clock_.advance(2h);
    EXPECT_EQ(error_of("two"), Errc::unauthenticated);
    EXPECT_EQ(provider_.requests(kKeys), 1U);
}

struct BadProviderCase {
    const char* name;
    const char* discovery;  ///< `$` stands for the provider's URL.
    const char* reason;
};

std::string with_url(std::string text, const std::string& url) {
    for (auto at = text.find('$'); at != text.npos; at = text.find('$', at + url.size())) {
        text.replace(at, 1, url);
    }
    return text;
}

TEST_F(OidcJwksSourceTest, BadDiscoveryIsRefused) {
    const BadProviderCase rows[] = {
        {"OtherIssuer", R"({"issuer":"https://evil.example","jwks_uri":"$/keys"})",
         "another issuer"},
        {"IssuerWithSlash", R"({"issuer":"$/","jwks_uri":"$/keys"})", "another issuer"},
        {"NoIssuer", R"({"jwks_uri":"$/keys"})", "another issuer"},
        {"NoKeys", R"({"issuer":"$"})", "no jwks_uri"},
        {"KeysOverPlainHttpElsewhere", R"({"issuer":"$","jwks_uri":"http://192.0.2.1/keys"})",
         "https"},
        {"KeysInAFile", R"({"issuer":"$","jwks_uri":"file:///etc/passwd"})", "refused"},
        {"IssuerTwice", R"({"issuer":"$","issuer":"$","jwks_uri":"$/keys"})", "twice"},
        {"NotJson", "<html>", "not valid JSON"}};
    for (const auto& row : rows) {
        provider_.answer(
            kDiscovery,
            {.status = 200, .body = with_url(row.discovery, provider_.url()), .location = ""});
        clock_.advance(15s);
        failures_.clear();
        EXPECT_EQ(error_of("one"), Errc::unavailable) << row.name;
        ASSERT_EQ(failures_.size(), 1U) << row.name;
        EXPECT_NE(failures_.front().message.find(row.reason), std::string::npos)
            << row.name << ": " << failures_.front().message;
    }
    EXPECT_EQ(provider_.requests("/keys"), 0U);
}

TEST_F(OidcJwksSourceTest, RedirectsAreNotFollowed) {
    provider_.publish(key_set({TestKey::ec().jwk("one")}));
    provider_.answer(kDiscovery, {.status = 302, .body = "", .location = provider_.url() + kKeys});
    EXPECT_EQ(error_of("one"), Errc::unavailable);
    EXPECT_EQ(provider_.paths(), std::vector<std::string>{kDiscovery});
}

TEST_F(OidcJwksSourceTest, AnAnswerThatDoesNotEndIsCut) {
    provider_.publish(std::string(300 * 1024, ' '));
    EXPECT_EQ(error_of("one"), Errc::unavailable);
    ASSERT_EQ(failures_.size(), 1U);
    EXPECT_EQ(failures_.front().code, Errc::too_large);
}

TEST_F(OidcJwksSourceTest, AProviderThatDoesNotAnswerIsGivenUp) {
    provider_.hold();
    options_.limits.total_timeout = 50ms;
    EXPECT_EQ(error_of("one"), Errc::unavailable);
    ASSERT_EQ(failures_.size(), 1U);
    EXPECT_EQ(failures_.front().code, Errc::timed_out);
}

TEST_F(OidcJwksSourceTest, AddressesThatCouldBeListenedToAreRefused) {
    const std::pair<const char*, bool> rows[] = {{"https://login.example", true},
                                                 {"https://login.example/tenant/v2.0", true},
                                                 {"http://localhost:8080/realms/a", true},
                                                 {"http://127.0.0.1:1/", true},
                                                 {"http://127.8.8.8/", true},
                                                 {"http://[::1]:8080/", true},
                                                 {"http://login.example", false},
                                                 {"http://localhost.evil.example", false},
                                                 {"http://127.0.0.1.evil.example", false},
                                                 {"http://127.0.0.1evil.example", false},
                                                 {"http://[::1].evil.example", false},
                                                 {"http://127.0.0.1@evil.example", false},
                                                 {"http://evil.example\\@127.0.0.1", false},
                                                 {"http://evil.example#@127.0.0.1", false},
                                                 {"http://192.168.0.1", false},
                                                 {"https://user:password@login.example", false},
                                                 {"https://login.example/#a", false},
                                                 {"ftp://login.example", false},
                                                 {"file:///etc/passwd", false},
                                                 {"https://", false},
                                                 {"login.example", false},
                                                 {"", false}};
    for (const auto& [issuer, good] : rows) {
        OidcJwksSource::Options options;
        options.issuer = issuer;
        const auto made = OidcJwksSource::create(io_.get_executor(), http_, clock_, options);
        EXPECT_EQ(made.has_value(), good) << issuer;
    }
}

}  // namespace
}  // namespace ingestor::identity
