#include "jobs/file_keys.hpp"

#include <gtest/gtest.h>

#include "domain/job.hpp"

namespace ingestor::jobs {
namespace {

TEST(FileKeys, AnUploadHasOneOwner) {
    const domain::UserId odd("a/b c");
    const auto key = new_upload_key(odd, "x.pdf", TimePoint{}).value();
    EXPECT_EQ(owner_of_upload(key.value()), odd);
    EXPECT_EQ(owner_of_upload("uploads/ann/x.pdf"), domain::UserId("ann"));
    for (const auto* none :
         {"uploads/ann", "uploads/%61nn/x.pdf", "documents/ann/x.pdf", "", "uploads//"}) {
        EXPECT_EQ(owner_of_upload(none), std::nullopt) << none;
    }
}

TEST(FileKeys, ASlashInAUserIdDoesNotReachIntoAnothersPrefix) {
    const domain::UserId attacker("ann/0");
    EXPECT_EQ(upload_prefix(attacker), "uploads/ann%2F0/");
    EXPECT_TRUE(owns_key(domain::UserId("ann"), "uploads/ann/0/a.pdf"));
    EXPECT_FALSE(owns_key(attacker, "uploads/ann/0/a.pdf"));
    EXPECT_FALSE(owns_key(domain::UserId("ann"), "uploads/ann%2F0/1/a.pdf"));
}

struct OwnCase {
    const char* name;
    const char* user;
    const char* key;
    bool owned;
};

constexpr OwnCase kOwn[] = {
    {"Own", "ann", "uploads/ann/1/a.pdf", true},
    {"LongerUserId", "ann", "uploads/annabel/1/a.pdf", false},
    {"ThePrefixItself", "ann", "uploads/ann/", false},
    {"DotsAreJustCharacters", "ann", "uploads/ann/../bob/a.pdf", true},
    {"DotsDoNotLeadIn", "ann", "uploads/bob/../ann/a.pdf", false},
    {"OtherFolder", "ann", "documents/ann/a.pdf", false},
    {"EncodedSlashOfTheKey", "ann", "uploads/ann%2Fa.pdf", false},
    {"OtherCase", "ann", "uploads/Ann/1/a.pdf", false},
    {"PercentInTheUserId", "a%2Fb", "uploads/a%252Fb/1/a.pdf", true},
    {"PercentInTheUserIdIsNotASlash", "a%2Fb", "uploads/a%2Fb/1/a.pdf", false},
};

class OwnsKey : public ::testing::TestWithParam<OwnCase> {};
TEST_P(OwnsKey, MatchesTable) {
    const auto& row = GetParam();
    EXPECT_EQ(owns_key(domain::UserId(row.user), row.key), row.owned);
}
INSTANTIATE_TEST_SUITE_P(FileKeys, OwnsKey, ::testing::ValuesIn(kOwn),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(FileKeys, ANewKeyStandsUnderThePrefixAndEndsInTheName) {
    const auto key = new_upload_key(domain::UserId("ann"), "a b.pdf", TimePoint{}).value().value();
    EXPECT_TRUE(key.starts_with("uploads/ann/")) << key;
    EXPECT_TRUE(key.ends_with("/a b.pdf")) << key;
    EXPECT_EQ(last_segment(key), "a b.pdf");
}

TEST(FileKeys, ALongNameIsShortenedToFitAndKeepsItsEnding) {
    const auto key = new_upload_key(domain::UserId(std::string(200, '/')),
                                    std::string(1000, 'n') + ".pdf", TimePoint{});
    ASSERT_TRUE(key);
    EXPECT_EQ(key->value().size(), domain::kObjectKeyBytesMax);
    EXPECT_TRUE(key->value().ends_with("n.pdf"));
    EXPECT_FALSE(new_upload_key(domain::UserId(std::string(400, '/')), "a.pdf", TimePoint{}));
}

TEST(FileKeys, FilenamesThatCannotBeAreRefused) {
    for (const std::string& bad :
         {std::string(), std::string("a/b"), std::string("."), std::string(".."),
          std::string("a\nb"), std::string("a\0b", 3), std::string("\xff"),
          std::string(domain::kFilenameCharactersMax + 1, 'a')}) {
        const auto checked = check_filename(bad, "files.3.filename");
        ASSERT_FALSE(checked) << bad;
        EXPECT_EQ(checked.error().code, Errc::invalid_argument);
        EXPECT_EQ(checked.error().field, "files.3.filename");
    }
    EXPECT_TRUE(check_filename("r\xc3\xa9sum\xc3\xa9 (2).pdf", ""));
    EXPECT_TRUE(check_filename(std::string(domain::kFilenameCharactersMax, 'a'), ""));
}

TEST(FileKeys, OutputsStandUnderNamesThatDependOnTheJobAndTheFileOnly) {
    const domain::JobId job("01890000-0000-7000-8000-000000000000");
    const auto place = std::string("01890000-0000-7000-8000-000000000000/");
    EXPECT_EQ(output_key(job, 0, "report.pdf", formats::OutputKind::markdown).value(),
              "documents/" + place + "0-report.md");
    EXPECT_EQ(output_key(job, 7, "a b&c.tar.gz", formats::OutputKind::sidecar).value(),
              "sidecars/" + place + "7-a-b-c.tar.json");
    EXPECT_EQ(output_key(job, 1, "\xc3\xa9.pdf", formats::OutputKind::chunks).value(),
              "sidecars/" + place + "1-\xc3\xa9.chunks.jsonl");
    EXPECT_EQ(output_key(job, 2, "???.pdf", formats::OutputKind::markdown).value(),
              "documents/" + place + "2-document.md");
    EXPECT_EQ(manifest_key(job).value(), "documents/" + place + "manifest.json");
}

TEST(FileKeys, AnOutputTellsItsJob) {
    const domain::JobId job("019aae1c-0000-7000-8000-000000000000");
    std::vector<domain::ObjectKey> keys = {manifest_key(job)};
    for (const auto kind : formats::stored_outputs()) {
        keys.push_back(output_key(job, 3, "a.pdf", kind));
    }
    for (const auto& key : keys) {
        EXPECT_EQ(job_of_output(key.value()), job) << key.value();
    }
    for (const auto* key :
         {"", "documents", "documents/", "documents//a.md", "documents/a.md",
          "uploads/local/documents/x/a.md", "Documents/x/a.md", "documentsx/a/b"}) {
        EXPECT_EQ(job_of_output(key), std::nullopt) << key;
    }
}

}  // namespace
}  // namespace ingestor::jobs
