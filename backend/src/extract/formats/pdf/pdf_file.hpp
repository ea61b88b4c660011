#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/result.hpp"
#include "extract/formats/pdf/page.hpp"

class Object;
class PDFDoc;

namespace ingestor::extract::pdf {

class CharacterMaps;
class PagePlayer;
class PageReader;
struct ReadBudget;

/// What the document says about itself; empty where it does not.
struct Metadata {
    std::string title;
    std::string author;
    std::string created;  ///< RFC 3339.
    std::string language;
};

/// An entry of the outline ("bookmarks") that viewers show beside the pages.
struct OutlineEntry {
    std::u32string skeleton;  ///< See skeleton_of().
    int level = 1;
};

/// An open PDF. Nothing of Poppler shows through. Not for use from two threads at once.
class PdfFile {
public:
    /// `bytes` must outlive the file. Errors: empty, encrypted, corrupt, too_large.
    [[nodiscard]] static Result<PdfFile> open(std::string_view bytes, const ParseLimits& limits);

    PdfFile(PdfFile&&) noexcept;
    PdfFile& operator=(PdfFile&&) noexcept;
    ~PdfFile();

    [[nodiscard]] std::uint32_t pages() const { return pages_; }
    [[nodiscard]] Metadata metadata() const;
    [[nodiscard]] std::vector<OutlineEntry> outline() const;

    /// Reads page `number` (from 1) into `page`, replacing what was there. A page that is damaged
    /// is empty. Errors: too_large.
    [[nodiscard]] Result<void> read(std::uint32_t number, Page& page);

    /// True where the page draws a picture (which is not decoded).
    [[nodiscard]] bool has_picture(std::uint32_t number) const;

private:
    PdfFile(std::unique_ptr<std::string> repaired, std::unique_ptr<PDFDoc> document,
            std::size_t document_bytes, const ParseLimits& limits);

    // Whether the page's annotations may be read: they are kept by Poppler, each time anew.
    [[nodiscard]] bool spend_annotations(const Object& annotations);

    std::unique_ptr<std::string> repaired_;  // What the document reads if it had to be repaired.
    std::unique_ptr<PDFDoc> document_;
    std::unique_ptr<ReadBudget> budget_;
    std::unique_ptr<CharacterMaps> character_maps_;
    std::unique_ptr<PageReader> reader_;
    std::unique_ptr<PagePlayer> player_;
    // For pages whose layout is not analysed; made when the first one comes.
    std::unique_ptr<PageReader> content_reader_;
    std::unique_ptr<PagePlayer> content_player_;
    std::unordered_set<int> annotations_seen_;
    std::uint64_t unpacked_bytes_max_;
    std::uint32_t pages_ = 0;
};

/// Poppler's character maps beside the program, in `share/poppler`; empty where there are none, and
/// then Poppler reads those of the system.
[[nodiscard]] std::string poppler_data(const std::filesystem::path& program_directory);

/// Loads Poppler's tables and silences its error output; cheap after the first time.
void start_poppler();

}  // namespace ingestor::extract::pdf
