#include "bus/destinations/secrets.hpp"

#include <gtest/gtest.h>

namespace ingestor::bus::destinations {
namespace {

ports::Connection connection(ports::Authorization authorization) {
    ports::Connection made;
    made.authorization = std::move(authorization);
    made.parameters.headers = {{"X-Shown", "shown"}, {"X-Hidden", "hid den", true}};
    return made;
}

TEST(Secrets, OfEveryKindAreBlankedOut) {
    const auto basic = connection(ports::BasicAuthorization{"ada", "love&lace"});
    EXPECT_EQ(without_secrets("bad: ada:love&lace love%26lace YWRhOmxvdmUmbGFjZQ== hid den "
                              "hid%20den shown",
                              basic),
              "bad: ada:*** *** *** *** *** shown");
    const auto key = connection(ports::ApiKeyAuthorization{"X-Key", "k-1"});
    EXPECT_EQ(without_secrets("X-Key: k-1, k-1", key), "X-Key: ***, ***");
}

TEST(Secrets, OfAParameterOfTheTokensRequestAreBlankedOut) {
    auto client =
        ports::OAuthAuthorization{.client_id = "id", .client_secret = "s-1", .endpoint = "e"};
    client.parameters.body = {{"extra", "hidden too", true}};
    EXPECT_EQ(without_secrets("s-1 hidden too hidden%20too", connection(client)), "*** *** ***");
}

TEST(Secrets, IncludeTheTokenThatWasSent) {
    const auto client = connection(
        ports::OAuthAuthorization{.client_id = "id", .client_secret = "s-1", .endpoint = "e"});
    EXPECT_EQ(without_secrets("Authorization: Bearer t-1; t-1", client, "Bearer t-1"),
              "Authorization: Bearer ***; ***");
}

TEST(Secrets, ThatAreEmptyBlankNothingOut) {
    const auto none = connection(ports::ApiKeyAuthorization{"X-Key", ""});
    EXPECT_EQ(without_secrets("as it is", none), "as it is");
}

}  // namespace
}  // namespace ingestor::bus::destinations
