#include "aws/profile.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "aws/testing/aws_fixture.hpp"
#include "base/uuid.hpp"

namespace ingestor::aws {

using testing::environment_of;
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

/// The two files of a home directory that goes with the test.
class Home : public ::testing::Test {
protected:
    Home() { std::filesystem::create_directories(directory_ / ".aws"); }
    ~Home() override { std::filesystem::remove_all(directory_); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(directory_ / ".aws" / name) << text;
    }
    [[nodiscard]] Environment environment(std::map<std::string, std::string> variables) const {
        variables.emplace("HOME", directory_);
        return environment_of(std::move(variables));
    }

private:
    std::filesystem::path directory_ =
        std::filesystem::temp_directory_path() / ("profile-" + uuid_v4());
};

using LoadProfile = Home;
using Region = Home;

TEST_F(LoadProfile, TheCredentialsFileCountsOverTheOther) {
    const auto files = profile_files(environment({{"AWS_PROFILE", "work"}}));
    EXPECT_EQ(load_profile(files), std::nullopt);
    write("credentials", "[work]\naws_access_key_id = right\n");
    write("config", "[profile work]\naws_access_key_id = wrong\nregion = r\n");
    EXPECT_EQ(load_profile(files), (Profile{{"aws_access_key_id", "right"}, {"region", "r"}}));
}

TEST_F(Region, IsTheOneOfTheSdksBeforeTheOneOfThePythonTools) {
    EXPECT_EQ(region_of(environment({{"AWS_REGION", "a"}, {"AWS_DEFAULT_REGION", "b"}})), "a");
    EXPECT_EQ(region_of(environment({{"AWS_DEFAULT_REGION", "b"}})), "b");
}

TEST_F(Region, IsTheProfilesWhereNoVariableSays) {
    write("config", "[default]\nregion = eu-west-1\n[profile work]\nregion = us-west-2\n");
    EXPECT_EQ(region_of(environment({})), "eu-west-1");
    EXPECT_EQ(region_of(environment({{"AWS_PROFILE", "work"}})), "us-west-2");
    EXPECT_EQ(region_of(environment({{"AWS_PROFILE", "work"}, {"AWS_REGION", "a"}})), "a");
}

TEST_F(Region, SaysWhereItLookedForOne) {
    write("config", "[profile work]\nregion =\n");
    for (const auto* profile : {"work", "other"}) {
        const auto none = region_of(environment({{"AWS_PROFILE", profile}}));
        ASSERT_FALSE(none);
        EXPECT_EQ(none.error().code, Errc::invalid_argument);
        EXPECT_EQ(none.error().field, "AWS_REGION");
        EXPECT_NE(none.error().message.find(profile), std::string::npos);
    }
}

}  // namespace
}  // namespace ingestor::aws
