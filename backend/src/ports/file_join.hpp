#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.hpp"
#include "domain/object_key.hpp"
#include "ports/object_store.hpp"

namespace ingestor::ports {

/// Some of the bytes of a file, or all.
struct FilePiece {
    domain::ObjectKey file;
    struct Range {
        std::uint64_t first = 0;
        std::uint64_t length = 0;
    };
    std::optional<Range> range = {};
};

/// Makes one file of several without their bytes going through anybody's memory.
class FileJoin {
public:
    virtual ~FileJoin() = default;
    /// As ObjectStore::put() of the pieces one after the other. Errors: as that; not_found, corrupt
    /// (a piece, which is compared with what was stored where all of it is wanted),
    /// invalid_argument (a range beyond the file).
    virtual boost::asio::awaitable<Result<ObjectInfo>> join(domain::ObjectKey target,
                                                            std::vector<FilePiece> pieces,
                                                            PutOptions options) = 0;
};

}  // namespace ingestor::ports
