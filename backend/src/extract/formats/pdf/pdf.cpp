#include "extract/formats/pdf/pdf.hpp"

#include <algorithm>
#include <new>

#include <fmt/format.h>

#include "extract/formats/pdf/headers_footers.hpp"
#include "extract/formats/pdf/headings.hpp"
#include "extract/formats/pdf/layout.hpp"
#include "extract/formats/pdf/paragraphs.hpp"
#include "extract/formats/pdf/pdf_file.hpp"
#include "extract/formats/pdf/table.hpp"
#include "extract/formats/pdf/text.hpp"
#include "extract/formats/pdf/unread_pictures.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::pdf {
namespace {

// What the pages had besides their text, for the verdict at the end.
struct Findings {
    std::vector<std::uint32_t> pictures_only;  // Pages without text but with pictures.
    std::vector<std::uint32_t> stamped_scans;  // Filled by pictures, with but a few words.
    std::vector<std::uint32_t> overfull;
    std::vector<std::uint32_t> scattered;
    std::vector<std::uint32_t> annotations_skipped;
    std::uint64_t chars = 0;
    std::uint64_t unreliable_chars = 0;
};

std::string page_list(const std::vector<std::uint32_t>& pages) {
    static constexpr std::size_t kNamed = 20;
    std::string out = pages.size() == 1 ? "page " : "pages ";
    for (std::size_t i = 0; i < std::min(pages.size(), kNamed); ++i) {
        fmt::format_to(std::back_inserter(out), "{}{}", i == 0 ? "" : ", ", pages[i]);
    }
    if (pages.size() > kNamed) {
        fmt::format_to(std::back_inserter(out), " and {} more", pages.size() - kNamed);
    }
    return out;
}

// The words as the page has them, whatever the layout makes of them.
void append_source_text(const pdf::Page& page, std::string& out) {
    const auto append = [&out](std::u32string_view text) {
        if (pdf::needs_reordering(text)) {
            out += pdf::to_utf8(pdf::to_logical(text));
        } else {
            for (const char32_t c : text) append_utf8(out, c);
        }
        out += ' ';
    };
    for (const pdf::Word& word : page.words) append(page.text_of(word));
    for (const std::u32string& watermark : page.watermarks) append(watermark);
    for (const std::u32string& copy : page.hidden_copies) append(copy);
    out += '\f';
}

// Watermarks lie over a page and are no part of its text; an invisible layer over text repeats it.
void leave_out_unseen(const pdf::Page& page, Document& document) {
    for (const std::u32string& watermark : page.watermarks) {
        document.left_out.push_back({.reason = model::LeftOutReason::watermark,
                                     .page = page.number,
                                     .text = pdf::to_utf8(watermark)});
    }
    if (page.hidden_copies.empty()) return;
    std::u32string copies;
    for (const std::u32string& copy : page.hidden_copies) copies += copy + U' ';
    document.left_out.push_back({.reason = model::LeftOutReason::duplicate,
                                 .page = page.number,
                                 .text = pdf::to_utf8(copies)});
}

// What was taken for running heads, for the reader to judge.
void leave_out_dropped_lines(const pdf::Draft& draft, std::vector<model::LeftOut>& out) {
    for (const pdf::DraftLine& line : draft.lines) {
        if (!line.dropped) continue;
        out.push_back({.reason = model::LeftOutReason::running_head,
                       .page = line.page,
                       .text = pdf::to_utf8(draft.text_of(line))});
    }
}

Result<void> read_pages(pdf::PdfFile& file, const ParseLimits& limits, const Progress& progress,
                        pdf::Draft& draft, Findings& findings, Document& document) {
    pdf::Page page;
    for (std::uint32_t number = 1; number <= file.pages(); ++number) {
        if (const auto read = file.read(number, page); !read) return std::unexpected(read.error());
        if (page.scattered) findings.scattered.push_back(number);
        if (page.annotations_skipped) findings.annotations_skipped.push_back(number);
        if (page.overfull) findings.overfull.push_back(number);
        findings.chars += page.chars;
        findings.unreliable_chars += page.unreliable_chars;
        if (page.words.empty() && file.has_picture(number))
            findings.pictures_only.push_back(number);
        if (pdf::is_scan_with_stamp(page)) findings.stamped_scans.push_back(number);
        append_source_text(page, document.source_text);
        leave_out_unseen(page, document);
        const auto tables = pdf::find_tables(page, limits.table_columns_max);
        pdf::add_page(page, tables, draft);
        if (draft.text.size() + draft.table_bytes > limits.text_bytes_max) {
            return fail(Errc::too_large,
                        fmt::format("the PDF has more text than text_bytes_max ({} bytes)",
                                    limits.text_bytes_max));
        }
        if (progress && (number % 8 == 0 || number == file.pages())) progress(number);
    }
    return {};
}

Error nothing_to_read(const Findings& findings) {
    if (!findings.pictures_only.empty()) {
        return {.code = Errc::unsupported,
                .message =
                    "the PDF holds scanned pages without text; reading them needs OCR, which "
                    "this version does not do"};
    }
    return {.code = Errc::empty, .message = "the PDF holds neither text nor pictures"};
}

void add_warnings(const Findings& findings, Document& document) {
    if (findings.unreliable_chars * 10 > findings.chars) {
        document.warnings.push_back(
            "the text is unreliable: fonts of the PDF do not say which characters their glyphs "
            "are");
    }
    if (!findings.pictures_only.empty()) {
        document.warnings.push_back(
            fmt::format("no text on {}: scanned, and OCR is not done by this version",
                        page_list(findings.pictures_only)));
    }
    if (!findings.stamped_scans.empty()) {
        document.warnings.push_back(
            fmt::format("little text on {}, which pictures fill: scanned, it seems, and OCR is not "
                        "done by this version",
                        page_list(findings.stamped_scans)));
    }
    if (!findings.scattered.empty()) {
        document.warnings.push_back(fmt::format(
            "too many pieces of text on {} to find their order: they stand as the PDF draws them",
            page_list(findings.scattered)));
    }
    if (!findings.annotations_skipped.empty()) {
        document.warnings.push_back(
            fmt::format("links and form fields were not read on {}: the PDF repeats them too often",
                        page_list(findings.annotations_skipped)));
    }
    if (!findings.overfull.empty()) {
        document.warnings.push_back(
            fmt::format("too much text, or too much in one spot, on {}; some was left out",
                        page_list(findings.overfull)));
    }
}

Result<Document> parse(std::string_view bytes, const ParseLimits& limits,
                       const Progress& progress) {
    auto file = pdf::PdfFile::open(bytes, limits);
    if (!file) return std::unexpected(file.error());

    pdf::Draft draft;
    Findings findings;
    Document document;
    if (const auto read = read_pages(*file, limits, progress, draft, findings, document); !read) {
        return std::unexpected(read.error());
    }
    const double body_size = pdf::body_size_of(draft);
    pdf::drop_headers_and_footers(draft, body_size);
    pdf::mark_headings(draft, body_size, file->outline());
    auto blocks = pdf::make_blocks(draft, limits);
    if (!blocks) return std::unexpected(blocks.error());
    if (blocks->empty() && findings.unreliable_chars == 0) {
        return std::unexpected(nothing_to_read(findings));
    }

    document.blocks = std::move(*blocks);
    leave_out_dropped_lines(draft, document.left_out);
    pdf::Metadata metadata = file->metadata();
    document.title = std::move(metadata.title);
    document.author = std::move(metadata.author);
    document.created = std::move(metadata.created);
    document.language = std::move(metadata.language);
    document.pages = file->pages();
    for (const Box& page : draft.pages) {
        document.page_sizes.push_back({.width = page.right, .height = page.bottom});
    }
    add_warnings(findings, document);
    return document;
}

}  // namespace

Result<Document> parse_pdf(std::string_view bytes, const ParseLimits& limits,
                           const Progress& progress) {
    try {
        return parse(bytes, limits, progress);
    } catch (const std::bad_alloc&) {
        return fail(Errc::too_large, "the PDF needs more memory than is allowed");
    }
}

void warm_up_pdf() {
    pdf::start_poppler();
}

}  // namespace ingestor::extract::pdf
