#include "extract/formats/pdf/rules.hpp"

#include <algorithm>

namespace ingestor::extract::pdf {
namespace {

constexpr double kSamePlace = 1.5;  // Points by which the pieces of a line may be out of line.
constexpr double kGap = 3;          // Between two pieces of one line.
constexpr double kShortest = 6;

}  // namespace

std::vector<Rule> merged_rules(std::vector<Rule> pieces) {
    std::sort(pieces.begin(), pieces.end(),
              [](const Rule& a, const Rule& b) { return a.at < b.at; });
    std::vector<Rule> out;
    for (auto begin = pieces.begin(); begin != pieces.end();) {
        const auto end = std::find_if(begin, pieces.end(), [&](const Rule& piece) {
            return piece.at - begin->at >= kSamePlace;
        });
        std::sort(begin, end, [](const Rule& a, const Rule& b) { return a.from < b.from; });
        Rule line = *begin;
        for (auto piece = begin + 1; piece != end; ++piece) {
            if (piece->from <= line.to + kGap) {
                line.to = std::max(line.to, piece->to);
                continue;
            }
            if (line.to - line.from >= kShortest) out.push_back(line);
            line = *piece;
        }
        if (line.to - line.from >= kShortest) out.push_back(line);
        begin = end;
    }
    return out;
}

}  // namespace ingestor::extract::pdf
