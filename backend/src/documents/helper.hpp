#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

/// The life of a helper program. It is started by the server's HelperPool with its end of a socket
/// at a known descriptor, loads what its parsers need, shuts itself in (sandbox.hpp), says hello,
/// and works on one document after the other until the socket ends.
namespace ingestor::documents {

struct Document {
    std::string_view bytes;  ///< Mapped, read-only.
    std::string filename;
    std::string source_uri;
};

struct Outputs {
    std::string format;
    std::string content_type;
    std::string sha256;
    std::string markdown;
    std::string sidecar;
    std::string chunks;
    std::optional<std::uint32_t> pages;
    std::uint64_t words = 0;
    std::vector<std::string> warnings;
};

using TellPages = std::function<void(std::uint32_t pages_done)>;
using Work = std::function<Result<Outputs>(const Document&, const TellPages&)>;

/// Runs until the server closes the socket or dies; returns the exit code of the process.
/// `warm_up` is called before the sandbox closes.
int run_helper(int argc, char** argv, const std::function<void()>& warm_up, const Work& work);

}  // namespace ingestor::documents
