#include "awsapi/s3/list.hpp"

#include <gmock/gmock.h>

#include "awsapi/s3/testing/fixture.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {

using namespace testing;
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// The texts of all elements of that name.
std::vector<std::string> all_of(const std::string& document, const std::string& name) {
    std::vector<std::string> found;
    const auto open = '<' + name + '>';
    for (auto at = document.find(open); at != std::string::npos; at = document.find(open, at)) {
        at += open.size();
        found.push_back(document.substr(at, document.find("</" + name + '>', at) - at));
    }
    return found;
}

class S3List : public S3Fixture {
protected:
    void store(const std::vector<std::string>& keys) {
        for (const auto& key : keys) {
            ASSERT_TRUE(run(store_->put(domain::ObjectKey(key), "body", {})));
        }
    }
    Reply list(const std::string& query, const sigv4::Credentials& key = kKey) {
        return send(sign({.path = "/docs", .query = query}, {}, key));
    }
};

TEST_F(S3List, ShowsWhatIsStored) {
    store({"a b.txt"});
    const auto reply = list("list-type=2");
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.header("content-type"), "application/xml");
    EXPECT_EQ(reply.element("Name"), "docs");
    EXPECT_EQ(reply.element("KeyCount"), "1");
    EXPECT_EQ(reply.element("MaxKeys"), "1000");
    EXPECT_EQ(reply.element("IsTruncated"), "false");
    EXPECT_EQ(reply.element("Contents"),
              "<Key>a b.txt</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified>"
              "<ETag>&quot;841a2d689ad86bd1611447453c22c6fc&quot;</ETag><Size>4</Size>"
              "<StorageClass>STANDARD</StorageClass>");
    EXPECT_EQ(reply.element("NextContinuationToken"), "(absent)");
}

TEST_F(S3List, GoesThroughPagesByTokens) {
    store({"a", "b", "c/1", "c/2", "d", "e/1", "f"});
    std::vector<std::string> keys;
    std::vector<std::string> groups;
    std::string query = "list-type=2&max-keys=2&delimiter=%2F";
    int pages = 0;
    for (auto more = query; !more.empty(); ++pages) {
        const auto reply = list(more);
        ASSERT_EQ(reply.status, 200U) << reply.body;
        for (auto& key : all_of(reply.body, "Key")) keys.push_back(key);
        for (auto& group : all_of(reply.body, "CommonPrefixes")) groups.push_back(group);
        const auto token = reply.element("NextContinuationToken");
        more = reply.element("IsTruncated") == "true"
                   ? query + "&continuation-token=" + percent_encode(token)
                   : "";
    }
    EXPECT_EQ(pages, 3);
    EXPECT_THAT(keys, ElementsAre("a", "b", "d", "f"));
    EXPECT_THAT(groups, ElementsAre("<Prefix>c/</Prefix>", "<Prefix>e/</Prefix>"));
}

TEST_F(S3List, OfVersion1GoesOnBehindItsMarker) {
    store({"a", "c/1", "c/2", "d"});
    const auto first = list("max-keys=2&delimiter=/");
    EXPECT_EQ(first.element("NextMarker"), "c/");
    EXPECT_EQ(first.element("Marker"), "");
    EXPECT_THAT(first.body, HasSubstr("<Owner><ID>local</ID>"));
    const auto second = list("max-keys=2&delimiter=/&marker=c/");
    EXPECT_THAT(all_of(second.body, "Key"), ElementsAre("d"));
    EXPECT_THAT(all_of(second.body, "CommonPrefixes"), ElementsAre());
    // Without groups the last key is the marker.
    const auto plain = list("max-keys=2&marker=a");
    EXPECT_THAT(all_of(plain.body, "Key"), ElementsAre("c/1", "c/2"));
    EXPECT_EQ(plain.element("NextMarker"), "(absent)");
    EXPECT_EQ(plain.element("IsTruncated"), "true");
}

TEST_F(S3List, StartsBehindAKeyThatNeedNotBeThere) {
    store({"a", "b", "c"});
    EXPECT_THAT(all_of(list("list-type=2&start-after=a").body, "Key"), ElementsAre("b", "c"));
    EXPECT_THAT(all_of(list("list-type=2&start-after=bb").body, "Key"), ElementsAre("c"));
    EXPECT_THAT(all_of(list("list-type=2&start-after=z").body, "Key"), ElementsAre());
}

TEST_F(S3List, EncodesNamesWhereAsked) {
    store({"a b+%.txt", "ü/&<x"});
    const auto encoded = list("list-type=2&encoding-type=url&prefix=a%20");
    EXPECT_EQ(encoded.element("EncodingType"), "url");
    EXPECT_EQ(encoded.element("Key"), "a%20b%2B%25.txt");
    EXPECT_EQ(encoded.element("Prefix"), "a%20");
    const auto plain = list("list-type=2&prefix=%C3%BC/");
    EXPECT_EQ(plain.element("Key"), "ü/&amp;&lt;x");
    EXPECT_EQ(plain.element("EncodingType"), "(absent)");
}

TEST_F(S3List, TellsOwnersAndChecksumsWhereThereAreSome) {
    EXPECT_EQ(
        send_signed(
            {.method = "PUT", .headers = {{"x-amz-checksum-crc32", "NhCmhg=="}}, .body = "hello"})
            .status,
        200U);
    const auto reply = list("list-type=2&fetch-owner=true");
    EXPECT_THAT(reply.body, HasSubstr("<ChecksumAlgorithm>CRC32</ChecksumAlgorithm>"
                                      "<ChecksumType>FULL_OBJECT</ChecksumType>"));
    EXPECT_EQ(reply.element("Owner"), "<ID>local</ID><DisplayName>local</DisplayName>");
    EXPECT_THAT(list("list-type=2").body, Not(HasSubstr("Owner")));
}

TEST_F(S3List, OfNothingIsAnEmptyPage) {
    store({"a"});
    for (const auto* query : {"list-type=2&max-keys=0", "list-type=2&prefix=z"}) {
        const auto reply = list(query);
        EXPECT_EQ(reply.element("KeyCount"), "0") << query;
        EXPECT_EQ(reply.element("IsTruncated"), "false") << query;
    }
    EXPECT_EQ(list("list-type=2&max-keys=5000").element("MaxKeys"), "1000");
}

TEST_F(S3List, RefusesArgumentsThatMakeNoSense) {
    for (const auto* query :
         {"list-type=2&max-keys=x", "list-type=2&max-keys=-1", "list-type=2&max-keys=2147483648",
          "list-type=2&encoding-type=base64", "list-type=2&continuation-token=",
          "list-type=2&continuation-token=%21", "list-type=2&continuation-token=MmE%3D"}) {
        const auto reply = list(query);
        EXPECT_EQ(reply.status, 400U) << query;
        EXPECT_EQ(reply.element("Code"), "InvalidArgument") << query;
    }
    EXPECT_EQ(list("list-type=2&max-keys=x").element("Message"),
              "Provided max-keys not an integer or within integer range");
}

TEST_F(S3List, ShowsAUserWhatIsTheirs) {
    const std::string own(kJobOfAnn);
    const std::string others(kJobOfBob);
    store({"a", "documents/" + own + "/0-a.md", "documents/" + others + "/0-b.md",
           "sidecars/" + own + "/0-a.json", "uploads/ann/x/a.txt", "uploads/annabel/x",
           "uploads/bob/x/b.txt", "z"});
    EXPECT_THAT(all_of(list("list-type=2", kUserKey).body, "Key"),
                ElementsAre("documents/" + own + "/0-a.md", "sidecars/" + own + "/0-a.json",
                            "uploads/ann/x/a.txt"));
    EXPECT_THAT(all_of(list("delimiter=/", kUserKey).body, "CommonPrefixes"),
                ElementsAre("<Prefix>documents/</Prefix>", "<Prefix>sidecars/</Prefix>",
                            "<Prefix>uploads/</Prefix>"));
    EXPECT_THAT(all_of(list("prefix=uploads/bob/", kUserKey).body, "Key"), ElementsAre());
    EXPECT_EQ(all_of(list("list-type=2").body, "Key").size(), 8U);
    EXPECT_EQ(list("list-type=2", kLinksKey).element("Code"), "AccessDenied");
}

TEST_F(S3List, WaitsForObjectsOfAnOlderVersion) {
    objects::IndexedObjects unready({.index = *index_, .files = *files_, .clock = clock_});
    ASSERT_TRUE(run(database_->write([](sqlite::Connection& connection) -> Result<std::monostate> {
        connection.execute("UPDATE object_index SET adopted = 0");
        return std::monostate{};
    })));
    const auto listed = run(unready.list({}));
    ASSERT_FALSE(listed);
    EXPECT_EQ(listed.error().code, Errc::unavailable);
}

}  // namespace
}  // namespace ingestor::awsapi::s3
