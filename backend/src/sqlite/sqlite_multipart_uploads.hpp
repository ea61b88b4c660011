#pragma once

#include <string>
#include <vector>

#include "ports/multipart_uploads.hpp"
#include "sqlite/database.hpp"
#include "sqlite/outbox.hpp"

namespace ingestor::sqlite {

/// The MultipartUploads of the embedded engine, beside the tables of SqliteObjectIndex.
class SqliteMultipartUploads final : public ports::MultipartUploads {
public:
    /// `database` and `outbox` outlive this; the latter puts events into the same transaction.
    /// nullptr: nobody is told of changes.
    explicit SqliteMultipartUploads(Database& database, Outbox* outbox = nullptr)
        : database_(database), outbox_(outbox) {}

    Answer<std::monostate> create(ports::MultipartUpload upload) override;
    Answer<ports::MultipartUpload> find(std::string upload_id) override;
    Answer<std::monostate> put_part(std::string upload_id, ports::UploadedPart part) override;
    Answer<std::vector<ports::UploadedPart>> parts(std::string upload_id, std::uint32_t after,
                                                   std::size_t count) override;
    Answer<std::vector<ports::MultipartUpload>> uploads(std::string prefix,
                                                        std::optional<ports::UploadPosition> after,
                                                        std::size_t count) override;
    Answer<std::monostate> complete(std::string upload_id, std::vector<std::string> files,
                                    ports::ObjectIndex::Put object) override;
    Answer<std::monostate> abort(std::string upload_id) override;
    Answer<std::vector<std::string>> begun_before(TimePoint time, std::size_t count) override;

private:
    Database& database_;
    Outbox* outbox_;
};

}  // namespace ingestor::sqlite
