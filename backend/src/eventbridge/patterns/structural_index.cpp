#include "eventbridge/patterns/structural_index.hpp"

#include <algorithm>

#include <simdjson.h>

namespace ingestor::eventbridge::patterns {

static_assert(StructuralIndex::kPadding >= simdjson::SIMDJSON_PADDING);

struct StructuralIndex::Parser {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> implementation;
};

StructuralIndex::StructuralIndex() : parser_(std::make_unique<Parser>()) {}
StructuralIndex::StructuralIndex(StructuralIndex&&) noexcept = default;
StructuralIndex& StructuralIndex::operator=(StructuralIndex&&) noexcept = default;
StructuralIndex::~StructuralIndex() = default;

bool StructuralIndex::read(std::string_view padded) {
    constexpr std::size_t kCapacityMin = 4'096;
    constexpr std::size_t kDepthMax = 1'024;  // Of no use to the index; the factory wants one.
    auto& implementation = parser_->implementation;
    if (implementation == nullptr || implementation->capacity() < padded.size()) {
        const auto capacity = std::max(padded.size() * 2, kCapacityMin);
        implementation.reset();
        const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
            capacity, kDepthMax, implementation);
        if (error != simdjson::SUCCESS) return false;
    }
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(padded.data());
    if (implementation->stage1(bytes, padded.size(), simdjson::stage1_mode::regular) !=
        simdjson::SUCCESS) {
        return false;
    }
    places_ = {implementation->structural_indexes.get(), implementation->n_structural_indexes};
    return true;
}

}  // namespace ingestor::eventbridge::patterns
