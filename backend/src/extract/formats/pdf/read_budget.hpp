#pragma once

#include <cstddef>
#include <cstdint>

namespace ingestor::extract::pdf {

/// What reading a document may cost in all: a floor, which any document may take, and a share for
/// each of its bytes. A page's content may be shown on any number of pages and be packed a thousand
/// times, so that neither the number of pages nor their size bounds the work.
struct ReadBudget {
    explicit ReadBudget(std::size_t document_bytes)
        : work_left(8'000'000 + std::uint64_t{20} * document_bytes),
          layout_left(100'000'000 + std::uint64_t{300} * document_bytes),
          direct_annotations_left(1'000 + document_bytes / 20) {}

    /// False, and nothing is left, where there was less than `amount`.
    static bool spend(std::uint64_t& left, std::uint64_t amount) {
        const bool enough = amount <= left;
        left = enough ? left - amount : 0;
        return enough;
    }

    std::uint64_t work_left;                ///< Operators and glyphs, some 200 ns each.
    std::uint64_t layout_left;              ///< Pairs of pieces of text, some 20 ns each.
    std::uint64_t direct_annotations_left;  ///< That have no object of their own.
    /// That were met before, of any size: sound documents have none.
    std::uint64_t repeated_annotations_left = 100;
};

}  // namespace ingestor::extract::pdf
