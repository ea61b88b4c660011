#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "formats/extraction.hpp"

/// The life of a helper program. The server's HelperPool starts it once, as the zygote: it loads
/// what its parsers need, shuts itself in as far as it may (sandbox.hpp), says hello, and from then
/// on does nothing but clone itself. Each clone is a helper, a child of the server: it closes the
/// rest of the sandbox, says hello on a socket of its own, and works on the documents of one user,
/// one after the other, until the socket ends. The zygote never sees a document.
namespace ingestor::documents {

struct Document {
    std::string_view bytes;  ///< Mapped, read-only.
    std::string filename;
    std::string source_uri;
    std::string chunks_key;                    ///< Which the sidecar names; empty: none.
    std::vector<formats::OutputKind> outputs;  ///< What is to be made of it.
};

using ProgressCallback = std::function<void(std::uint32_t pages_done)>;
using Work = std::function<Result<formats::Extraction>(const Document&, const ProgressCallback&)>;

/// Runs, as zygote or helper, until the server closes the socket or dies; returns the exit code of
/// the process. `warm_up` is called before the sandbox closes.
int run_helper(int argc, char** argv, const std::function<void()>& warm_up, const Work& work);

}  // namespace ingestor::documents
