#include <filesystem>

#include "base/program_directory.hpp"
#include "converters.hpp"
#include "documents/helper.hpp"
#include "documents/preloaded_files.hpp"
#include "extract/pipeline/extract.hpp"

// The sandboxed helper: what documents/ speaks, spoken for by the parsers of extract/.

namespace {

using ingestor::Result;
using ingestor::documents::Document;
using ingestor::documents::ProgressCallback;

Result<ingestor::formats::Extraction> extract_document(const Document& document,
                                                       const ProgressCallback& report_progress) {
    const ingestor::extract::pipeline::Input input{.bytes = document.bytes,
                                                   .filename = document.filename,
                                                   .source_uri = document.source_uri,
                                                   .outputs = document.outputs,
                                                   .chunks_key = document.chunks_key};
    return ingestor::extract::pipeline::extract(input, report_progress);
}

/// All that parsers read beside the document: nothing can be opened once the sandbox has closed.
void warm_up() {
    ingestor::extract::pipeline::warm_up();
    // A package that runs on any system brings Poppler's tables along.
    const auto beside = ingestor::program_directory() / "share" / "poppler";
    if (ingestor::documents::preload_files(beside) == 0) {
        ingestor::documents::preload_files("/usr/share/poppler");
    }
    ingestor::load_converters();
}

}  // namespace

int main(int argc, char** argv) {
    return ingestor::documents::run_helper(argc, argv, warm_up, extract_document);
}
