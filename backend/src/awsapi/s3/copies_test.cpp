#include <gmock/gmock.h>

#include "awsapi/s3/delete_objects.hpp"
#include "awsapi/s3/tagging.hpp"
#include "awsapi/s3/testing/fixture.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"

namespace ingestor::awsapi::s3 {

using namespace testing;
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Headers = std::vector<std::pair<std::string, std::string>>;

std::string md5_of(const std::string& text) {
    Digest digest(DigestKind::md5);
    digest.update(text);
    return to_base64(digest.finish());
}

class S3Copies : public S3Fixture {
protected:
    Reply store(const std::string& path, const std::string& body, Headers headers = {}) {
        return send_signed(
            {.method = "PUT", .path = path, .headers = std::move(headers), .body = body});
    }
    Reply copy(const std::string& source, const std::string& path, Headers headers = {}) {
        headers.emplace_back("x-amz-copy-source", source);
        return store(path, "", std::move(headers));
    }
    Reply head(const std::string& path) { return send_signed({.method = "HEAD", .path = path}); }
    Reply remove_all(const std::string& document, Headers headers = {},
                     const sigv4::Credentials& key = kKey) {
        headers.emplace_back("Content-MD5", md5_of(document));
        return send(sign({.method = "POST",
                          .path = "/docs",
                          .query = "delete",
                          .headers = std::move(headers),
                          .body = document},
                         {}, key));
    }
    Reply tagging(const std::string& method, const std::string& body = {}) {
        return send_signed({.method = method, .path = "/docs/a", .query = "tagging", .body = body});
    }
};

TEST_F(S3Copies, ACopyHasWhatItsSourceHas) {
    const Headers given{{"Content-Type", "text/plain"},
                        {"x-amz-meta-n", "v"},
                        {"x-amz-tagging", "k=v"},
                        {"x-amz-checksum-crc32", "NjowIA=="}};
    ASSERT_EQ(store("/docs/a%20%C3%BC", "hello\n", given).status, 200U);
    ASSERT_EQ(store("/docs/large", std::string(kSmallBytes + 1, 'l'), given).status, 400U);
    const auto copied = copy("/docs/a%20%C3%BC", "/docs/b");
    EXPECT_EQ(copied.status, 200U) << copied.body;
    EXPECT_EQ(copied.element("ETag"), "&quot;b1946ac92492d2347c6235b4d2611184&quot;");
    EXPECT_EQ(copied.element("ChecksumCRC32"), "NjowIA==");
    const auto got = send_signed({.path = "/docs/b"});
    EXPECT_EQ(got.body, "hello\n");
    EXPECT_EQ(got.header("content-type"), "text/plain");
    EXPECT_EQ(got.header("x-amz-meta-n"), "v");
    EXPECT_EQ(got.header("x-amz-tagging-count"), "1");
}

TEST_F(S3Copies, ALargeObjectIsCopiedAndOutlivesItsSource) {
    const std::string bytes(kSmallBytes + 1, 'l');
    ASSERT_EQ(store("/docs/a", bytes).status, 200U);
    ASSERT_EQ(copy("docs/a", "/docs/b").status, 200U);
    ASSERT_EQ(send_signed({.method = "DELETE", .path = "/docs/a"}).status, 204U);
    EXPECT_EQ(send_signed({.path = "/docs/b"}).body, bytes);
}

TEST_F(S3Copies, DirectivesSayWhatIsReplaced) {
    ASSERT_EQ(store("/docs/a", "x", {{"x-amz-meta-n", "old"}, {"x-amz-tagging", "k=old"}}).status,
              200U);
    const Headers anew{
        {"x-amz-meta-n", "new"}, {"x-amz-tagging", "k=1&l=2"}, {"Content-Type", "text/csv"}};
    auto metadata = anew;
    metadata.emplace_back("x-amz-metadata-directive", "REPLACE");
    ASSERT_EQ(copy("docs/a", "/docs/a", metadata).status, 200U);
    EXPECT_EQ(head("/docs/a").header("x-amz-meta-n"), "new");
    EXPECT_EQ(head("/docs/a").header("content-type"), "text/csv");
    EXPECT_EQ(head("/docs/a").header("x-amz-tagging-count"), "1");
    auto tags = anew;
    tags.emplace_back("x-amz-tagging-directive", "REPLACE");
    ASSERT_EQ(copy("docs/a", "/docs/b", tags).status, 200U);
    EXPECT_EQ(head("/docs/b").header("x-amz-tagging-count"), "2");
    EXPECT_EQ(copy("docs/a", "/docs/b", {{"x-amz-metadata-directive", "x"}}).element("Code"),
              "InvalidArgument");
    EXPECT_THAT(copy("docs/a", "/docs/a").element("Message"), HasSubstr("to itself"));
}

TEST_F(S3Copies, ConditionsAreOnTheSourceAndOnTheTarget) {
    ASSERT_EQ(store("/docs/a", "hello\n").status, 200U);
    const std::string tag = "\"b1946ac92492d2347c6235b4d2611184\"";
    const auto status = [&](Headers headers) {
        return copy("docs/a", "/docs/b", std::move(headers)).status;
    };
    EXPECT_EQ(status({{"x-amz-copy-source-if-match", "\"x\""}}), 412U);
    EXPECT_EQ(status({{"x-amz-copy-source-if-none-match", tag}}), 412U);
    EXPECT_EQ(status({{"x-amz-copy-source-if-modified-since", "Fri, 02 Jan 2026 03:04:05 GMT"}}),
              412U);
    EXPECT_EQ(status({{"x-amz-copy-source-if-unmodified-since", "Fri, 02 Jan 2026 03:04:04 GMT"}}),
              412U);
    EXPECT_EQ(head("/docs/b").status, 404U);
    EXPECT_EQ(status({{"If-None-Match", "*"}, {"x-amz-copy-source-if-match", tag}}), 200U);
    EXPECT_EQ(status({{"If-None-Match", "*"}}), 412U);
    EXPECT_EQ(status({{"If-Match", "\"x\""}}), 412U);
    EXPECT_EQ(status({{"x-amz-checksum-algorithm", "SHA256"}}), 501U);
    EXPECT_EQ(copy("docs/none", "/docs/b").element("Key"), "none");
    EXPECT_EQ(copy("docs/a?versionId=x", "/docs/b").status, 501U);
    EXPECT_EQ(copy("docs/a?versionId=null", "/docs/b").status, 200U);
}

TEST_F(S3Copies, AKeyCopiesOnlyWhatItMayRead) {
    ASSERT_EQ(store("/docs/uploads/bob/x", "b").status, 200U);
    Call call{.method = "PUT",
              .path = "/docs/uploads/ann/x",
              .headers = {{"x-amz-copy-source", "docs/uploads/bob/x"}}};
    EXPECT_EQ(send(sign(call, {}, kUserKey)).element("Code"), "AccessDenied");
    EXPECT_EQ(head("/docs/uploads/ann/x").status, 404U);
}

std::string deletion_of(const std::vector<std::string>& keys, const std::string& more = {}) {
    std::string out = "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + more;
    for (const auto& key : keys) out += "<Object><Key>" + key + "</Key></Object>";
    return out + "</Delete>";
}

TEST_F(S3Copies, ManyObjectsAreRemovedAtOnce) {
    for (const auto* path : {"/docs/a", "/docs/b%26c", "/docs/d"}) {
        ASSERT_EQ(store(path, "x").status, 200U);
    }
    const auto reply = remove_all(deletion_of({"a", "b&amp;c", "not there"}));
    EXPECT_EQ(reply.status, 200U);
    EXPECT_THAT(reply.body, HasSubstr("<Deleted><Key>b&amp;c</Key></Deleted>"));
    EXPECT_THAT(reply.body, HasSubstr("<Deleted><Key>not there</Key></Deleted>"));
    EXPECT_EQ(head("/docs/a").status, 404U);
    EXPECT_EQ(head("/docs/d").status, 200U);
    const auto quiet = remove_all(deletion_of({"d"}, "<Quiet>true</Quiet>"));
    EXPECT_THAT(quiet.body, Not(HasSubstr("Deleted")));
    EXPECT_EQ(head("/docs/d").status, 404U);
}

TEST_F(S3Copies, WhatMayNotBeRemovedIsToldOfOneByOne) {
    for (const auto* path : {"/docs/uploads/ann/x", "/docs/uploads/ann/y", "/docs/uploads/bob/x"}) {
        ASSERT_EQ(store(path, "x").status, 200U);
    }
    const std::string document =
        "<Delete><Object><Key>uploads/ann/x</Key></Object>"
        "<Object><Key>uploads/bob/x</Key></Object>"
        "<Object><Key>uploads/ann/y</Key><ETag>\"other\"</ETag></Object>"
        "<Object><Key>uploads/ann/z</Key><VersionId>3</VersionId></Object></Delete>";
    const auto reply = remove_all(document, {}, kUserKey);
    EXPECT_EQ(reply.status, 200U);
    EXPECT_THAT(reply.body, HasSubstr("<Deleted><Key>uploads/ann/x</Key></Deleted>"));
    EXPECT_THAT(reply.body, HasSubstr("<Error><Key>uploads/bob/x</Key><Code>AccessDenied</Code>"));
    EXPECT_THAT(reply.body,
                HasSubstr("<Error><Key>uploads/ann/y</Key><Code>PreconditionFailed</Code>"));
    EXPECT_THAT(reply.body, HasSubstr("<Error><Key>uploads/ann/z</Key><Code>NoSuchVersion</Code>"));
    EXPECT_EQ(head("/docs/uploads/ann/x").status, 404U);
    EXPECT_EQ(head("/docs/uploads/ann/y").status, 200U);
    EXPECT_EQ(head("/docs/uploads/bob/x").status, 200U);
}

TEST_F(S3Copies, ABatchIsBoundedAndSummedUp) {
    EXPECT_TRUE(read_deletion(deletion_of(std::vector<std::string>(1'000, "k"))));
    EXPECT_EQ(read_deletion(deletion_of(std::vector<std::string>(1'001, "k"))).error().code,
              "MalformedXML");
    for (const auto* document : {"", "<Delete/>", "<Remove/>", "<Delete><Object/></Delete>",
                                 "<Delete><Key>k</Key></Delete>"}) {
        EXPECT_EQ(read_deletion(document).error().code, "MalformedXML") << document;
    }
    const auto unsummed = send_signed(
        {.method = "POST", .path = "/docs", .query = "delete", .body = deletion_of({"k"})});
    EXPECT_EQ(unsummed.element("Code"), "InvalidRequest");
}

TEST_F(S3Copies, TagsArePutGotAndRemoved) {
    ASSERT_EQ(store("/docs/a", "x", {{"x-amz-tagging", "a%3Ab=c+d"}}).status, 200U);
    const auto before = head("/docs/a");
    EXPECT_THAT(tagging("GET").body, HasSubstr("<Tag><Key>a:b</Key><Value>c d</Value></Tag>"));
    EXPECT_EQ(tagging("PUT", "<Tagging><TagSet><Tag><Key>k</Key><Value/></Tag></TagSet></Tagging>")
                  .status,
              200U);
    EXPECT_THAT(tagging("GET").body, HasSubstr("<TagSet><Tag><Key>k</Key><Value></Value></Tag>"));
    EXPECT_EQ(head("/docs/a").header("etag"), before.header("etag"));
    EXPECT_EQ(head("/docs/a").header("last-modified"), before.header("last-modified"));
    EXPECT_EQ(tagging("DELETE").status, 204U);
    EXPECT_THAT(tagging("GET").body, HasSubstr("<TagSet></TagSet>"));
    EXPECT_EQ(tagging("PUT", "<Tags/>").element("Code"), "MalformedXML");
}

TEST(ReadTags, LimitsAreThoseOfS3) {
    const auto code_of = [](const std::string& header) {
        const auto tags = read_tag_header(header);
        return tags ? std::string("none") : tags.error().code;
    };
    const auto keys = [](int count) {
        std::string header;
        for (int n = 0; n < count; ++n) header += "&k" + std::to_string(n) + "=v";
        return header.substr(1);
    };
    EXPECT_EQ(code_of(keys(10)), "none");
    EXPECT_EQ(code_of(keys(11)), "BadRequest");
    EXPECT_EQ(code_of(std::string(128, 'k') + "=" + std::string(256, 'v')), "none");
    EXPECT_EQ(code_of(std::string(129, 'k') + "=v"), "InvalidTag");
    EXPECT_EQ(code_of("k=" + std::string(257, 'v')), "InvalidTag");
    EXPECT_EQ(code_of("k=1&k=2"), "InvalidTag");
    EXPECT_EQ(code_of("aws:x=1"), "InvalidTag");
    EXPECT_EQ(code_of("=1"), "InvalidTag");
}

TEST_F(S3Copies, AttributesAreThoseAskedFor) {
    ASSERT_EQ(store("/docs/a", "hello\n", {{"x-amz-checksum-crc32", "NjowIA=="}}).status, 200U);
    const auto ask = [&](const std::string& names) {
        return send_signed({.path = "/docs/a",
                            .query = "attributes",
                            .headers = {{"x-amz-object-attributes", names}}});
    };
    const auto all = ask("ETag, Checksum,ObjectParts,StorageClass,ObjectSize");
    EXPECT_EQ(all.status, 200U);
    EXPECT_EQ(all.element("ETag"), "b1946ac92492d2347c6235b4d2611184");
    EXPECT_EQ(all.element("ChecksumCRC32"), "NjowIA==");
    EXPECT_EQ(all.element("ChecksumType"), "FULL_OBJECT");
    EXPECT_EQ(all.element("ObjectSize"), "6");
    EXPECT_EQ(all.element("StorageClass"), "STANDARD");
    EXPECT_EQ(all.element("ObjectParts"), "(absent)");
    EXPECT_NE(all.header("last-modified"), "(absent)");
    EXPECT_EQ(ask("ObjectSize").element("ETag"), "(absent)");
    EXPECT_EQ(ask("Colour").element("Code"), "InvalidArgument");
    EXPECT_EQ(ask("").element("Code"), "InvalidArgument");
}

}  // namespace
}  // namespace ingestor::awsapi::s3
