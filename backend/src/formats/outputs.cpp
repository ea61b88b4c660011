#include "formats/outputs.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace ingestor::formats {
namespace {

constexpr std::array kOutputs = {
    OutputRow{.kind = OutputKind::markdown,
              .name = "markdown",
              .content_type = "text/markdown; charset=utf-8",
              .extension = ".md",
              .stored = true},
    OutputRow{.kind = OutputKind::sidecar,
              .name = "sidecar",
              .content_type = "application/json",
              .extension = ".json",
              .is_json = true,
              .stored = true},
    OutputRow{.kind = OutputKind::chunks,
              .name = "chunks",
              .content_type = "application/jsonl",
              .extension = ".chunks.jsonl",
              .stored = true},
    OutputRow{.kind = OutputKind::html,
              .name = "html",
              .content_type = "text/html; charset=utf-8",
              .extension = ".html"},
    OutputRow{.kind = OutputKind::text,
              .name = "text",
              .content_type = "text/plain; charset=utf-8",
              .extension = ".txt"},
    OutputRow{.kind = OutputKind::docling,
              .name = "docling",
              .content_type = "application/json",
              .extension = ".docling.json",
              .is_json = true},
};

consteval bool rows_stand_in_order() {
    for (std::size_t i = 0; i < kOutputs.size(); ++i) {
        if (std::to_underlying(kOutputs[i].kind) != i) return false;
    }
    return kOutputs.size() == std::to_underlying(OutputKind::docling) + std::size_t{1};
}
static_assert(rows_stand_in_order(), "row_of() takes a kind for the number of its row");

}  // namespace

std::span<const OutputRow> outputs() {
    return kOutputs;
}

const OutputRow& row_of(OutputKind kind) {
    return kOutputs[std::to_underlying(kind)];
}

std::vector<OutputKind> stored_outputs() {
    std::vector<OutputKind> kinds;
    for (const OutputRow& row : kOutputs) {
        if (row.stored) kinds.push_back(row.kind);
    }
    return kinds;
}

}  // namespace ingestor::formats
