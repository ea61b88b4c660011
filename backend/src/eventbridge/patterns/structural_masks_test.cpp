#include "eventbridge/patterns/structural_masks.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace ingestor::eventbridge::patterns {
namespace {

using Block = StructuralMasks::Block;
using Instructions = StructuralMasks::Instructions;

bool operator==(const Block& left, const Block& right) {
    return left.quotes == right.quotes && left.spaces == right.spaces &&
           left.opens == right.opens && left.closes == right.closes &&
           left.separators == right.separators && left.opened == right.opened &&
           left.closed == right.closed;
}

/// The blocks of a text, found character by character.
class PlainScan {
public:
    explicit PlainScan(std::string_view text)
        : blocks_((text.size() + StructuralMasks::kBlockSize - 1) / StructuralMasks::kBlockSize) {
        bool escaped = false;
        for (std::size_t at = 0; at < text.size(); ++at) {
            const bool quote = text[at] == '"' && !escaped;
            escaped = text[at] == '\\' && !escaped;
            if (quote) inside_ = !inside_;
            add(at, text[at], quote);
        }
    }

    [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }
    [[nodiscard]] bool strings_end() const { return !inside_; }

private:
    void add(std::size_t at, char c, bool quote) {
        auto& block = blocks_[at / StructuralMasks::kBlockSize];
        const auto bit = std::uint64_t{1} << (at % StructuralMasks::kBlockSize);
        if (quote) block.quotes |= bit;
        if (inside_) return;
        const bool space = static_cast<unsigned char>(c) <= ' ';
        const bool open = c == '{' || c == '[';
        const bool close = c == '}' || c == ']';
        if (space) block.spaces |= bit;
        if (open) block.opens |= bit;
        if (close) block.closes |= bit;
        if (open || close || c == ',') block.separators |= bit;
        block.opened = static_cast<std::uint8_t>(block.opened + (open ? 1 : 0));
        block.closed = static_cast<std::uint8_t>(block.closed + (close ? 1 : 0));
    }

    std::vector<Block> blocks_;
    bool inside_ = false;
};

std::string padded(std::string text) {
    // What stands behind the text must not count.
    return std::move(text) + std::string(StructuralMasks::kPadding, '"');
}

class EachInstructions : public ::testing::TestWithParam<Instructions> {
protected:
    void SetUp() override {
        if (!StructuralMasks::supports(GetParam())) GTEST_SKIP() << "not of this processor";
    }
};

TEST_P(EachInstructions, FindWhatAPlainScanFinds) {
    std::mt19937_64 random(
        20'261'130);  // NOLINT(bugprone-random-generator-seed): the same each time.
    constexpr std::string_view kCharacters = "\"\"\\\\{}[],: \n\taZ[|~\x1F\x7F";
    StructuralMasks masks(GetParam());
    for (int round = 0; round < 3'000; ++round) {
        std::string text(random() % 300, 'x');
        for (auto& c : text) {
            if (random() % 2 == 0) c = kCharacters[random() % kCharacters.size()];
        }
        const PlainScan plain(text);
        const auto readable = padded(text);
        ASSERT_EQ(masks.read(std::string_view(readable).substr(0, text.size())),
                  plain.strings_end())
            << text;
        EXPECT_EQ(masks.has_escapes(), text.find('\\') != std::string::npos);
        for (std::size_t i = 0; i < plain.blocks().size(); ++i) {
            ASSERT_TRUE(masks.blocks()[i] == plain.blocks()[i]) << text << "\nblock " << i;
        }
        const auto& behind = masks.blocks()[plain.blocks().size()];
        ASSERT_EQ(~behind.quotes | ~behind.separators, 0U);
    }
}

TEST_P(EachInstructions, EachByteIsOfItsKindAlone) {
    StructuralMasks masks(GetParam());
    for (int byte = 0; byte < 128; ++byte) {
        const std::string text(StructuralMasks::kBlockSize, static_cast<char>(byte));
        const auto readable = padded(text);
        (void)masks.read(std::string_view(readable).substr(0, text.size()));
        EXPECT_TRUE(masks.blocks()[0] == PlainScan(text).blocks()[0]) << byte;
    }
}

TEST_P(EachInstructions, TextsAreUtf8) {
    StructuralMasks masks(GetParam());
    for (const auto place : {0, 62, 63, 64, 127}) {
        auto text = std::string(200, 'x');
        text.replace(static_cast<std::size_t>(place), 2, "\u00E9");
        auto readable = padded(text);
        EXPECT_TRUE(masks.read(std::string_view(readable).substr(0, text.size())));
        readable[static_cast<std::size_t>(place) + 1] = 'x';
        EXPECT_FALSE(masks.read(std::string_view(readable).substr(0, text.size())));
    }
}

INSTANTIATE_TEST_SUITE_P(StructuralMasks, EachInstructions,
                         ::testing::Values(Instructions::portable, Instructions::avx2,
                                           Instructions::avx512));

}  // namespace
}  // namespace ingestor::eventbridge::patterns
