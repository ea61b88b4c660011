#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace ingestor::eventbridge::patterns {

/// Where the tokens of a JSON text stand: each bracket, colon and comma, the opening quote of each
/// string, the first character of each number and word. Found by simdjson with the widest
/// instructions that the processor has; strings are checked to be UTF-8 and to end, the grammar is
/// left to the reader.
class StructuralIndex {
public:
    /// So many bytes behind the text must be readable, whatever they hold.
    static constexpr std::size_t kPadding = 64;

    StructuralIndex();
    StructuralIndex(StructuralIndex&&) noexcept;
    StructuralIndex& operator=(StructuralIndex&&) noexcept;
    ~StructuralIndex();

    /// False where the text is no JSON. The places hold until the next call.
    [[nodiscard]] bool read(std::string_view padded);
    [[nodiscard]] std::span<const std::uint32_t> places() const { return places_; }

private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
    std::span<const std::uint32_t> places_;
};

}  // namespace ingestor::eventbridge::patterns
