#include "extract/formats/docx/docx.hpp"

#include <limits>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include <libxml/parser.h>
#include <libxml/xmlreader.h>

#include "base/time.hpp"
#include "extract/container/zip_package.hpp"
#include "extract/formats/docx/body.hpp"
#include "extract/formats/docx/chart.hpp"
#include "extract/formats/docx/context.hpp"
#include "extract/formats/docx/diagram.hpp"
#include "extract/formats/docx/heading_levels.hpp"
#include "extract/formats/docx/source_text.hpp"
#include "extract/formats/docx/wordml.hpp"
#include "extract/formats/html/html.hpp"
#include "extract/formats/plain_text/plain_text.hpp"
#include "extract/pipeline/detect.hpp"
#include "extract/text/utf8.hpp"

namespace ingestor::extract::docx {
namespace {

/// Styles, numbering and the like are small in every sound document.
constexpr std::uint64_t kSidePartBytesMax = std::uint64_t{16} << 20;

struct TextReaderDeleter {
    void operator()(xmlTextReader* reader) const { xmlFreeTextReader(reader); }
};

/// Keeps the library from writing to standard error; the first message tells a limit from damage.
void note_error(void* to, const xmlError* error) {
    auto& message = *static_cast<std::string*>(to);
    if (message.empty() && error != nullptr && error->message != nullptr) message = error->message;
}

/// Calls `visit` with each child of the body, one at a time, so that a large document is never
/// whole in memory as a tree.
Result<void> each_body_child(std::string_view xml, const std::string& part, auto visit) {
    if (xml.size() > std::numeric_limits<int>::max()) {
        return fail(Errc::too_large, part + " is larger than 2 GB");
    }
    if (const auto checked = container::check_attributes(xml, part); !checked) return checked;
    const std::unique_ptr<xmlTextReader, TextReaderDeleter> reader(
        xmlReaderForMemory(xml.data(), static_cast<int>(xml.size()), nullptr, nullptr,
                           XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                               XML_PARSE_NOCDATA | XML_PARSE_COMPACT));
    if (!reader) return fail(Errc::internal, "no memory for an XML reader");
    std::string message;
    xmlTextReaderSetStructuredErrorHandler(
        reader.get(), [](void* to, xmlErrorPtr error) { note_error(to, error); }, &message);
    bool in_body = false, found = false;
    int state = xmlTextReaderRead(reader.get());
    while (state == 1) {
        const int depth = xmlTextReaderDepth(reader.get());
        const int type = xmlTextReaderNodeType(reader.get());
        if (type == XML_READER_TYPE_DOCUMENT_TYPE) {
            return fail(Errc::corrupt, part + " has a document type, which is forbidden");
        }
        const bool element = type == XML_READER_TYPE_ELEMENT;
        if (depth == 1 && (element || type == XML_READER_TYPE_END_ELEMENT)) {
            const xmlChar* name = xmlTextReaderConstLocalName(reader.get());
            const bool body = std::string_view(reinterpret_cast<const char*>(name)) == "body";
            in_body = element && body && xmlTextReaderIsEmptyElement(reader.get()) == 0;
            found = found || body;
        }
        if (!in_body || depth != 2 || !element) {
            state = xmlTextReaderRead(reader.get());
            continue;
        }
        const xmlNode* node = xmlTextReaderExpand(reader.get());
        if (node == nullptr) {
            state = -1;
            break;
        }
        if (!visit(node)) return {};
        state = xmlTextReaderNext(reader.get());
    }
    if (state < 0) return std::unexpected(container::xml_failure(part, message));
    if (!found) return fail(Errc::corrupt, part + " has no body");
    return {};
}

/// A side part that may be missing: no tree then.
Result<container::XmlDoc> side_part(container::ZipPackage& package, const std::string& part) {
    if (part.empty() || !package.has(part)) return container::XmlDoc();
    const auto bytes = package.read(part, kSidePartBytesMax);
    if (!bytes) return std::unexpected(bytes.error());
    return container::parse_xml(*bytes, part);
}

const xmlNode* root_of(const container::XmlDoc& document) {
    return document ? xmlDocGetRootElement(document.get()) : nullptr;
}

/// What a document says about itself is worth reading, and never worth failing for.
void read_properties(container::ZipPackage& package, const std::string& part, Document& document) {
    const auto properties = side_part(package, part);
    const xmlNode* root = properties ? root_of(*properties) : nullptr;
    if (root == nullptr) return;
    if (const xmlNode* title = child(root, "title")) document.title = text::trim(text_of(title));
    if (const xmlNode* creator = child(root, "creator"))
        document.author = text::trim(text_of(creator));
    if (const xmlNode* language = child(root, "language"))
        document.language = text::trim(text_of(language));
    const xmlNode* created = child(root, "created");
    if (created == nullptr) return;
    const auto time = parse_rfc3339(text::trim(text_of(created)));
    if (time) document.created = to_rfc3339_seconds(*time);
}

class DocumentReader {
public:
    DocumentReader(container::ZipPackage package, const ParseLimits& limits)
        : package_(std::move(package)), limits_(limits) {}

    Result<Document> read() {
        const auto top = Relationships::of(package_, {});
        if (!top) return std::unexpected(top.error());
        std::string main = top->part_of_kind("officeDocument");
        if (main.empty() || !package_.has(main)) main = "word/document.xml";
        if (!package_.has(main)) return fail(Errc::corrupt, "the package has no document part");
        const auto relationships = Relationships::of(package_, main);
        if (!relationships) return std::unexpected(relationships.error());

        const auto style_tree = side_part(package_, relationships->part_of_kind("styles"));
        if (!style_tree) return std::unexpected(style_tree.error());
        const Styles styles(root_of(*style_tree));
        const auto numbering_tree = side_part(package_, relationships->part_of_kind("numbering"));
        if (!numbering_tree) return std::unexpected(numbering_tree.error());
        Numbering numbering(root_of(*numbering_tree), styles);

        Notes notes;
        DocxContext context{.styles = styles,
                            .numbering = numbering,
                            .relationships = &*relationships,
                            .notes = notes,
                            .limits = limits_};
        Document document;
        if (auto done = read_body(main, context, document); !done)
            return std::unexpected(done.error());
        if (auto done = read_notes(context, document); !done) return std::unexpected(done.error());
        leave_out_side_parts(*relationships, context);
        if (context.error) return std::unexpected(*context.error);
        if (document.blocks.empty()) return fail(Errc::empty, "the document has no text");
        settle_heading_levels(document.blocks);
        if (context.spans_cut) {
            document.warnings.emplace_back(
                "cells of tables that span too many columns were taken for single ones");
        }
        if (context.links_cut) {
            document.warnings.emplace_back(
                "long links around many pieces of text were left out; the text is there");
        }
        read_properties(package_, top->part_of_kind("core-properties"), document);
        document.left_out = std::move(context.left_out);
        document.source_text = std::move(source_text_);
        for (std::string& warning : warnings_) document.warnings.push_back(std::move(warning));
        return document;
    }

private:
    Result<void> read_body(const std::string& main, DocxContext& context, Document& document) {
        const auto xml = package_.read(main);
        if (!xml) return std::unexpected(xml.error());
        source_text_ += part_text(*xml);
        BodyReader body(context);
        const auto visit = [&](const xmlNode* node) {
            body.read(node);
            if (!context.embedded.empty()) {
                // Such parts stand where their paragraph does.
                append(document.blocks, body.take());
                append(document.blocks, read_embedded(context));
            }
            return !context.error;
        };
        const auto done = each_body_child(*xml, main, visit);
        append(document.blocks, body.take());
        return done;
    }

    static void append(model::Blocks& to, model::Blocks from) {
        for (model::Block& block : from) to.push_back(std::move(block));
    }

    model::Blocks read_embedded(DocxContext& context) {
        model::Blocks blocks;
        for (const EmbeddedPart& embedded : std::exchange(context.embedded, {})) {
            const std::string part = context.relationships->part_of_id(embedded.id);
            if (embedded.kind == EmbeddedPart::Kind::alternative) {
                append(blocks, read_alternative(part));
                continue;
            }
            const auto tree = text_part(part);
            const xmlNode* root = tree ? root_of(*tree) : nullptr;
            if (root == nullptr) continue;
            if (embedded.kind == EmbeddedPart::Kind::diagram) {
                append(blocks, diagram_blocks(root));
                continue;
            }
            std::string repeated;
            append(blocks, chart_blocks(root, repeated));
            context.leave_out(model::LeftOutReason::duplicate, std::move(repeated));
        }
        return blocks;
    }

    /// A part in another format, which Word takes in when it opens the document. One document in
    /// another is as deep as it goes.
    model::Blocks read_alternative(const std::string& part) {
        auto bytes = part.empty() ? Result<std::string>(fail(Errc::not_found, "no such part"))
                                  : package_.read(part, kSidePartBytesMax);
        auto document = bytes ? parse_alternative(*bytes) : std::unexpected(bytes.error());
        if (!document) {
            warnings_.push_back("a part of another format was not read (" + part +
                                "): " + document.error().message);
            return {};
        }
        source_text_.append("\n").append(document->source_text);
        return std::move(document->blocks);
    }

    [[nodiscard]] Result<Document> parse_alternative(std::string_view bytes) const {
        const auto format = pipeline::detect(bytes, {});
        if (!format) return std::unexpected(format.error());
        if (*format == formats::Format::html) return html::parse_html(bytes, limits_);
        if (*format == formats::Format::text || *format == formats::Format::markdown ||
            *format == formats::Format::csv)
            return plain_text::parse_text(bytes, limits_);
        if (*format == formats::Format::docx && nested_ == 0) {
            auto package = container::ZipPackage::open(bytes, limits_.unpacked_bytes_max);
            if (!package) return std::unexpected(package.error());
            DocumentReader inner(std::move(*package), limits_);
            inner.nested_ = nested_ + 1;
            return inner.read();
        }
        return fail(Errc::unsupported, "the format is not read here");
    }

    /// A side part whose text counts as the document's.
    Result<container::XmlDoc> text_part(const std::string& part) {
        if (part.empty() || !package_.has(part)) return container::XmlDoc();
        const auto bytes = package_.read(part, kSidePartBytesMax);
        if (!bytes) return std::unexpected(bytes.error());
        source_text_.append("\n").append(part_text(*bytes));
        return container::parse_xml(*bytes, part);
    }

    /// Headers and footers repeat on every page, and comments stand beside the text.
    void leave_out_side_parts(const Relationships& main, DocxContext& context) {
        using enum model::LeftOutReason;
        for (const auto& [kind, reason] :
             {std::pair("header", running_head), std::pair("footer", running_head),
              std::pair("comments", comment)}) {
            for (const std::string& part : main.parts_of_kind(kind)) {
                const auto bytes = package_.has(part) ? package_.read(part, kSidePartBytesMax)
                                                      : Result<std::string>(std::string());
                if (!bytes) {
                    warnings_.push_back(part + " was not read: " + bytes.error().message);
                    continue;
                }
                const std::string text = part_text(*bytes);
                source_text_.append("\n").append(text);
                context.leave_out(reason, text);
            }
        }
    }

    /// Notes may refer to further notes, which then follow them.
    Result<void> read_notes(DocxContext& context, Document& document) {
        NoteParts footnotes, endnotes;
        const Relationships& main = *context.relationships;
        if (context.notes.references.empty()) return {};
        if (auto done = open(footnotes, main.part_of_kind("footnotes")); !done) return done;
        if (auto done = open(endnotes, main.part_of_kind("endnotes")); !done) return done;
        for (std::size_t i = 0; i < context.notes.references.size() && !context.error; ++i) {
            const Notes::Reference reference = context.notes.references[i];
            const NoteParts& part = reference.kind == NoteKind::footnote ? footnotes : endnotes;
            const auto note = part.notes.find(reference.id);
            if (note == part.notes.end()) continue;
            context.relationships = &part.relationships;
            BodyReader reader(context);
            reader.read_children(note->second);
            model::Footnote footnote{.label = std::to_string(i + 1), .blocks = reader.take()};
            context.relationships = &main;
            if (footnote.blocks.empty()) continue;
            document.blocks.push_back({.content = std::move(footnote)});
        }
        return {};
    }

    /// A part that holds notes, by their ids.
    struct NoteParts {
        container::XmlDoc tree;
        Relationships relationships;
        std::map<std::string, const xmlNode*> notes;
    };

    Result<void> open(NoteParts& notes, const std::string& part) {
        auto read = text_part(part);
        if (!read) return std::unexpected(read.error());
        notes.tree = std::move(*read);
        const xmlNode* root = root_of(notes.tree);
        if (root == nullptr) return {};
        auto links = Relationships::of(package_, part);
        if (!links) return std::unexpected(links.error());
        notes.relationships = std::move(*links);
        for (const xmlNode* at = root->children; at != nullptr; at = at->next) {
            if (is_word(at, "footnote") || is_word(at, "endnote"))
                notes.notes[attribute(at, "id")] = at;
        }
        return {};
    }

    container::ZipPackage package_;
    const ParseLimits& limits_;
    std::string source_text_;
    std::vector<std::string> warnings_;
    int nested_ = 0;
};

}  // namespace

Result<Document> parse_docx(std::string_view bytes, const ParseLimits& limits) {
    auto package = container::ZipPackage::open(bytes, limits.unpacked_bytes_max);
    if (!package) return std::unexpected(package.error());
    return DocumentReader(std::move(*package), limits).read();
}

void warm_up_docx() {
    xmlInitParser();
}

}  // namespace ingestor::extract::docx
