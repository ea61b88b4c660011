#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#define SUBJECT(name) extern "C" int replay_##name(const std::uint8_t* data, std::size_t size);
#include "fuzz_subjects.inc"
#undef SUBJECT

namespace {

struct Subject {
    const char* name;
    int (*run)(const std::uint8_t*, std::size_t);
};

constexpr Subject kSubjects[] = {
#define SUBJECT(name) {#name, replay_##name},
#include "fuzz_subjects.inc"
#undef SUBJECT
};

class Corpus : public testing::TestWithParam<Subject> {};

TEST_P(Corpus, IsReadWithoutAFault) {
    const auto directory = std::filesystem::path(FUZZ_CORPUS) / GetParam().name;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        files.push_back(entry.path());
    }
    std::ranges::sort(files);
    ASSERT_FALSE(files.empty()) << directory;
    for (const auto& file : files) {
        // A fault ends the program: this names the file.
        std::cerr << file.filename().string() << '\n';
        std::ifstream in(file, std::ios::binary);
        const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
        EXPECT_EQ(GetParam().run(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()),
                  0);
    }
    EXPECT_EQ(GetParam().run(nullptr, 0), 0);
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, testing::ValuesIn(kSubjects),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
