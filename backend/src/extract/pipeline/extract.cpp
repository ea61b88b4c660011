#include "extract/pipeline/extract.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "extract/pipeline/chunker.hpp"
#include "extract/pipeline/detect.hpp"
#include "extract/pipeline/ledger/ledger.hpp"
#include "extract/pipeline/parsers.hpp"
#include "extract/pipeline/sidecar.hpp"
#include "extract/render/docling.hpp"
#include "extract/render/html.hpp"
#include "extract/render/plain_text.hpp"
#include "extract/text/language.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::pipeline {
namespace {

using formats::OutputKind;

/// The first heading of the highest level serves where the document names no title.
std::string title_of(const render::Markdown& markdown) {
    const auto first =
        std::ranges::find(markdown.pieces, render::PieceKind::heading, &render::Piece::kind);
    return first != markdown.pieces.end() && first->level == 1 ? first->title : std::string();
}

/// Words that nobody meant to leave out are worth a warning where they are more than one in two
/// hundred, or many; those that were left out on purpose where they are more than a tenth. Of web
/// pages the most is often left out.
void add_warnings(Format format, const ledger::Account& account, Document& document) {
    const std::uint64_t gone = account.source_words - account.found_words;
    constexpr std::uint64_t kMany = 100;
    if (account.unaccounted_words * 200 > account.source_words ||
        account.unaccounted_words >= kMany) {
        document.warnings.push_back(std::to_string(account.unaccounted_words) +
                                    " words of the document are not in the Markdown; the sidecar's "
                                    "left_out has them (missing)");
    }
    if (format != Format::html && gone * 10 > account.source_words &&
        gone > account.unaccounted_words) {
        document.warnings.push_back(std::to_string(gone) + " of " +
                                    std::to_string(account.source_words) +
                                    " words were left out; the sidecar's left_out says why");
    }
    if (!account.pages_missing.empty()) {
        std::string pages;
        for (const std::uint32_t page : account.pages_missing | std::views::take(20))
            pages += (pages.empty() ? "" : ", ") + std::to_string(page);
        document.warnings.push_back("nothing of the text of page " + pages +
                                    (account.pages_missing.size() > 20 ? " and others" : "") +
                                    " is in the Markdown");
    }
}

/// Writes outputs of a document, each when it is asked for.
class Renderer {
public:
    Renderer(const Parsed& parsed, const SidecarFacts& facts) : parsed_(parsed), facts_(facts) {}

    std::string write(OutputKind kind) {
        switch (kind) {
            case OutputKind::markdown:
                return parsed_.markdown.text;
            case OutputKind::sidecar:
                return write_sidecar(facts_, parsed_.document, chunks().size());
            case OutputKind::chunks:
                return write_chunks(facts_, chunks());
            case OutputKind::html:
                return render::html(parsed_.document);
            case OutputKind::text:
                return render::plain_text(parsed_.document);
            case OutputKind::docling:
                return render::docling(parsed_.document, {.filename = facts_.filename,
                                                          .content_type = facts_.content_type,
                                                          .sha256 = facts_.sha256});
        }
        return {};
    }

private:
    const std::vector<Chunk>& chunks() {
        if (!chunks_) chunks_ = chunk(parsed_.markdown, facts_.chunker);
        return *chunks_;
    }

    const Parsed& parsed_;
    const SidecarFacts& facts_;
    std::optional<std::vector<Chunk>> chunks_;
};

Result<formats::Extraction> extract_or_throw(const Input& input, const Progress& progress) {
    const auto started = std::chrono::steady_clock::now();
    const auto format = detect(input.bytes, input.filename);
    if (!format) return std::unexpected(format.error());
    const formats::Row& row = formats::row_of(*format);
    auto parsed =
        parser_of(*format).parse(input.bytes, input.limits.value_or(row.limits), progress);
    if (!parsed) return std::unexpected(parsed.error());
    Document& document = parsed->document;
    if (document.title.empty()) document.title = title_of(parsed->markdown);
    if (document.language.empty()) document.language = text::guess_language(parsed->markdown.text);
    if (*format == Format::pdf && text::looks_enciphered(parsed->markdown.text)) {
        document.warnings.push_back(
            "the text is unreliable: it is in no language, as where the fonts of a PDF name other "
            "characters than they show");
    }

    const ledger::Account account = ledger::account(
        document, parsed->markdown.text,
        *format == Format::markdown ? ledger::Source::markdown : ledger::Source::text);
    add_warnings(*format, account, document);
    formats::Extraction out{.format = std::string(row.name),
                            .content_type = std::string(row.media_type()),
                            .sha256 = sha256_hex(input.bytes),
                            .outputs = {},
                            .pages = document.pages,
                            .words = text::count_words(parsed->markdown.text),
                            .warnings = document.warnings};
    const auto taken = std::chrono::steady_clock::now() - started;
    const SidecarFacts facts{
        .filename = input.filename,
        .source_uri = input.source_uri,
        .content_type = out.content_type,
        .size_bytes = input.bytes.size(),
        .sha256 = out.sha256,
        .words = out.words,
        .account = account,
        .duration = std::chrono::duration_cast<std::chrono::milliseconds>(taken),
        .version = INGESTOR_VERSION,
        .chunks_key = input.chunks_key};
    Renderer renderer(*parsed, facts);
    for (const OutputKind kind : input.outputs) {
        out.outputs.push_back({.kind = kind, .bytes = renderer.write(kind)});
    }
    return out;
}

}  // namespace

Result<formats::Extraction> extract(const Input& input, const Progress& progress) {
    try {
        return extract_or_throw(input, progress);
    } catch (const std::bad_alloc&) {
        return fail(Errc::too_large, "the document needs more memory than there is");
    } catch (const std::exception& error) {
        return fail(Errc::internal, std::string("extraction failed: ") + error.what());
    }
}

void warm_up() {
    warm_up_parsers();
}

}  // namespace ingestor::extract::pipeline
