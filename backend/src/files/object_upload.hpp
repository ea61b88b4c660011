#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "files/object_directory.hpp"
#include "ports/clock.hpp"
#include "ports/object_store.hpp"

namespace ingestor::files {

/// One object on its way to the disk: what a writer does on the pool. Everything blocks save
/// accept(). One thread at a time.
class ObjectUpload {
public:
    /// How much is held in memory before it is written.
    static constexpr std::size_t kPieceBytes = std::size_t{256} * 1024;

    /// Errors: invalid_argument (an unknown digest), unsupported (if_match).
    [[nodiscard]] static Result<ObjectUpload> begin(ObjectDirectory& directory,
                                                    const ports::Clock& clock,
                                                    domain::ObjectKey key,
                                                    ports::PutOptions options);

    /// Takes bytes off the front, until a piece is full.
    void accept(std::string_view& bytes);
    [[nodiscard]] bool piece_is_full() const { return piece_.size() >= kPieceBytes; }
    [[nodiscard]] std::uint64_t size_bytes() const { return written_bytes_ + piece_.size(); }

    /// Errors: unavailable.
    [[nodiscard]] Result<std::monostate> write_piece();
    void hash_piece();
    /// Raw bytes; no bytes may follow. Empty for what was not asked for.
    [[nodiscard]] std::string digest(std::string_view algorithm);
    /// Errors: conflict, unavailable.
    [[nodiscard]] Result<ports::ObjectInfo> commit();
    /// As commit() of each, with one wait for the disk. All belong to one directory.
    [[nodiscard]] static Result<std::monostate> commit_all(std::span<ObjectUpload> uploads);

private:
    ObjectUpload(ObjectDirectory& directory, const ports::Clock& clock, domain::ObjectKey key,
                 ports::PutOptions options);

    /// Writes what is left, so that only its place is missing.
    Result<ports::ObjectInfo> finish();
    [[nodiscard]] Publication publication();
    Result<std::monostate> write(std::string_view bytes);

    ObjectDirectory* directory_;
    const ports::Clock* clock_;
    domain::ObjectKey key_;
    ports::PutOptions options_;
    std::map<std::string, Digest, std::less<>> digests_;
    std::map<std::string, std::string, std::less<>> finished_;
    std::string piece_;
    std::size_t hashed_ = 0;  ///< Of the piece.
    std::uint64_t written_bytes_ = 0;
    std::optional<StagedFile> file_;
    std::optional<Error> broken_;  ///< A write failed: nothing more can become of it.
};

}  // namespace ingestor::files
