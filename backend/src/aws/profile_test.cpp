#include "aws/profile.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "aws/testing/aws_fixture.hpp"
#include "base/uuid.hpp"

namespace ingestor::aws {
namespace {

constexpr const char* kFile = R"(# a comment
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key=a=b/c+d

[ profile  work ]
Region = eu-west-1
s3 =
  addressing_style = path
; another comment
role_arn = arn:aws:iam::1:role/r
[profile workshop]
region = us-west-2
)";

TEST(ReadSection, HoldsTheSettingsOfItsSectionAlone) {
    const auto settings = read_section(kFile, "default");
    EXPECT_EQ(settings, (Profile{{"aws_access_key_id", "AKIADEFAULT"},
                                 {"aws_secret_access_key", "a=b/c+d"}}));
}

TEST(ReadSection, PassesOverWhatBelongsToASetting) {
    const auto work = read_section(kFile, "profile work");
    EXPECT_EQ(
        work,
        (Profile{{"region", "eu-west-1"}, {"s3", ""}, {"role_arn", "arn:aws:iam::1:role/r"}}));
}

TEST(ReadSection, TellsThatThereIsNone) {
    EXPECT_EQ(read_section(kFile, "work"), std::nullopt);
    EXPECT_EQ(read_section("", "default"), std::nullopt);
    EXPECT_EQ(read_section("[default]", "default"), Profile{});
    EXPECT_EQ(read_section("[default", "default"), std::nullopt);
}

TEST(ReadSection, TakesLinesOfWindows) {
    EXPECT_EQ(read_section("[a]\r\nb = c\r\n", "a"), (Profile{{"b", "c"}}));
}

TEST(ProfileFiles, AreInTheHomeDirectoryUnlessSaid) {
    const auto home = profile_files(environment_of({{"HOME", "/home/ada"}}));
    EXPECT_EQ(home.credentials_path, "/home/ada/.aws/credentials");
    EXPECT_EQ(home.config_path, "/home/ada/.aws/config");
    EXPECT_EQ(home.name, "default");
    EXPECT_FALSE(home.named);
    const auto said = profile_files(environment_of({{"AWS_SHARED_CREDENTIALS_FILE", "/c"},
                                                    {"AWS_CONFIG_FILE", "/f"},
                                                    {"AWS_PROFILE", "work"}}));
    EXPECT_EQ(said.credentials_path, "/c");
    EXPECT_EQ(said.config_path, "/f");
    EXPECT_EQ(said.name, "work");
    EXPECT_TRUE(said.named);
}

TEST(LoadProfile, TheCredentialsFileCountsOverTheOther) {
    const auto directory = std::filesystem::temp_directory_path() / ("profile-" + uuid_v4());
    std::filesystem::create_directories(directory);
    const ProfileFiles files{.credentials_path = directory / "credentials",
                             .config_path = directory / "config",
                             .name = "work"};
    std::ofstream(files.credentials_path) << "[work]\naws_access_key_id = right\n";
    std::ofstream(files.config_path) << "[profile work]\naws_access_key_id = wrong\nregion = r\n";
    EXPECT_EQ(load_profile(files), (Profile{{"aws_access_key_id", "right"}, {"region", "r"}}));
    std::filesystem::remove_all(directory);
    EXPECT_EQ(load_profile(files), std::nullopt);
}

}  // namespace
}  // namespace ingestor::aws
