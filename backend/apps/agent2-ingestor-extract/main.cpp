#include <utility>

#include "documents/helper.hpp"
#include "extract/extract.hpp"

// The sandboxed helper: what documents/ speaks, spoken for by the parsers of extract/.

namespace {

using ingestor::Result;
using ingestor::documents::Document;
using ingestor::documents::Outputs;
using ingestor::documents::TellPages;

Result<Outputs> extract_document(const Document& document, const TellPages& tell_pages) {
    const ingestor::extract::Input input{.bytes = document.bytes,
                                         .filename = document.filename,
                                         .source_uri = document.source_uri,
                                         .limits = {}};
    auto output = ingestor::extract::extract(input, tell_pages);
    if (!output) return std::unexpected(std::move(output.error()));
    return Outputs{.format = std::move(output->format),
                   .content_type = std::move(output->content_type),
                   .sha256 = std::move(output->sha256),
                   .markdown = std::move(output->markdown),
                   .sidecar = std::move(output->sidecar),
                   .chunks = std::move(output->chunks),
                   .pages = output->pages,
                   .words = output->words,
                   .warnings = std::move(output->warnings)};
}

}  // namespace

int main(int argc, char** argv) {
    return ingestor::documents::run_helper(argc, argv, ingestor::extract::warm_up,
                                           extract_document);
}
