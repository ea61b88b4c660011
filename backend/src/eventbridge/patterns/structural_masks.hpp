#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace ingestor::eventbridge::patterns {

/// What the characters of a JSON text are, a bit a character and 64 of them a block: found with the
/// widest instructions that the processor has. The grammar is left to the reader.
class StructuralMasks {
public:
    static constexpr std::size_t kBlockSize = 64;
    /// So many bytes behind the text must be readable, whatever they hold.
    static constexpr std::size_t kPadding = kBlockSize;

    struct Block {
        std::uint64_t quotes = 0;  ///< Those that begin and end strings.
        // Outside of strings:
        std::uint64_t spaces = 0;  ///< And control characters.
        std::uint64_t opens = 0;   ///< Brackets, square or curly.
        std::uint64_t closes = 0;
        std::uint64_t separators = 0;  ///< Brackets and commas.
        std::uint8_t opened = 0;       ///< How many bits of `opens` are set.
        std::uint8_t closed = 0;
    };

    /// Those that the blocks are read with. All find the same.
    enum class Instructions : unsigned char { portable, avx2, avx512 };
    [[nodiscard]] static bool supports(Instructions instructions);

    /// With the widest that the processor has, or with others that it has.
    StructuralMasks();
    explicit StructuralMasks(Instructions instructions);

    /// False where the text is no JSON: its last string does not end, or it is not UTF-8. The
    /// blocks hold until the next call.
    [[nodiscard]] bool read(std::string_view padded);

    /// Whether there is any backslash in the text.
    [[nodiscard]] bool has_escapes() const { return has_escapes_; }

    /// Behind the last block of the text stands one with every quote and separator set.
    [[nodiscard]] const Block* blocks() const { return blocks_.get(); }

private:
    /// What is told of a text as a whole.
    struct Summary {
        bool strings_end = false;
        bool is_ascii = false;
        bool has_escapes = false;
    };
    /// Writes the blocks of the text, and the one behind them.
    using Scan = Summary (*)(std::string_view padded, Block* written);
    class Scanner;
    struct Scans;

    Scan scan_;
    std::unique_ptr<Block[]> blocks_;
    std::size_t capacity_ = 0;
    bool has_escapes_ = false;
};

}  // namespace ingestor::eventbridge::patterns
