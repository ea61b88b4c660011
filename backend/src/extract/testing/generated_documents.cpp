#include "extract/testing/generated_documents.hpp"

#include <array>
#include <random>
#include <string_view>
#include <utility>

#include "extract/testing/docx_builder.hpp"
#include "extract/testing/pdf_builder.hpp"

namespace ingestor::extract {
namespace {

class Generator {
public:
    explicit Generator(std::uint32_t seed) : random_(seed) {}

    std::vector<std::string> take_words() { return std::move(words_); }

    std::string text() {
        return blocks("\n\n", [&](int kind) -> std::string {
            switch (kind) {
                case 0:
                    return words(14);
                case 1:
                    return "- " + words(2) + "\n- " + words(3);
                case 2:
                    return word() + "\n====";
                case 3:
                    return word() + "   " + word() + "\n" + word() + "   " + word();
                default:
                    return words(7) + "\n" + words(8) + "\n" + words(3);
            }
        });
    }

    std::string csv() {
        const char delimiter = one_of(std::array{',', ';', '\t'});
        const auto field = [&]() -> std::string {
            switch (below(4)) {
                case 0:
                    return "\"" + word() + " \"\"" + word() + "\"\"\"";
                case 1:
                    return "\"" + word() + "\n" + word() + "\"";
                case 2:
                    return {};
                default:
                    return word();
            }
        };
        std::string out;
        for (int row = 0; row < 12; ++row) {
            out += word();
            for (int column = 0; column < 4; ++column) out += delimiter + field();
            out += '\n';
        }
        return out;
    }

    std::string markdown() {
        return blocks("\n\n", [&](int kind) -> std::string {
            switch (kind) {
                case 0:
                    return "## " + words(2);
                case 1:
                    return "**" + word() + "** _" + word() + "_ [" + word() + "](/) `" + word() +
                           "`";
                case 2:
                    return "> " + words(3) + "\n> - " + word();
                case 3:
                    return "- " + word() + "\n  - " + word() + "\n\n    " + words(2);
                case 4:
                    return "| " + word() + " | " + word() + " |\n| --- | --- |\n| " + word() +
                           " | " + word() + " |";
                case 5:
                    return "```\n" + word() + "\n  " + word() + "\n```";
                default:
                    return "<div>" + word() + " <b>" + word() + "</b></div>";
            }
        });
    }

    std::string html() {
        std::string body;
        for (int i = 0; i < 12; ++i) body += html_block(0);
        return "<!doctype html><body>" + body + "<template>" + word() + "</template></body>";
    }

    std::string docx() {
        std::string body;
        for (int i = 0; i < 10; ++i) body += chance(3) ? docx_table(0) : docx_paragraph(0);
        DocxBuilder builder(body + "<w:p><w:r><w:footnoteReference w:id=\"2\"/></w:r></w:p>");
        builder.part("word/footnotes.xml",
                     "<w:footnote w:id=\"2\"><w:p>" + docx_run(words(3)) + "</w:p></w:footnote>");
        return builder.build();
    }

    std::string pdf() {
        PdfBuilder builder;
        const std::string head = words(3);
        const std::vector<std::string> of_head = words_;
        const int pages = 3 + below(3);
        for (int page = 0; page < pages; ++page) {
            builder.page();
            builder.text(72, 40, head, 9);
            if (page > 0) words_.insert(words_.end(), of_head.begin(), of_head.end());
            double y = 90;
            while (y < 690) {
                switch (below(5)) {
                    case 0:
                        builder.text(72, y += 14, words(2), 16, PdfBuilder::Font::bold);
                        break;
                    case 1:
                        for (const double x : {72.0, 220.0, 370.0}) builder.text(x, y, word());
                        break;
                    case 2:
                        builder.text(72, y, "\x95 " + words(3));
                        break;
                    case 3:
                        builder.text(72, y, words(4), 10, PdfBuilder::Font::mono);
                        break;
                    default:
                        builder.text(72, y, words(6));
                }
                y += one_of(std::array{12, 14, 30});
            }
            builder.text(72, 750, words(2), 8);
        }
        return builder.build();
    }

private:
    int below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }
    bool chance(int of) { return below(of) == 0; }
    template <class Choices>
    typename Choices::value_type one_of(const Choices& choices) {
        return choices[static_cast<std::size_t>(below(static_cast<int>(choices.size())))];
    }

    std::string word() {
        constexpr std::string_view kConsonants = "bdfghkmnprtvz";
        constexpr std::string_view kVowels = "aeiou";
        std::string out;
        for (int i = 0; i < 3; ++i) {
            out += one_of(kConsonants);
            out += one_of(kVowels);
        }
        // Its number keeps it from being any other, or a part of one.
        out += std::to_string(1'000 + words_.size()) + "x";
        words_.push_back(out);
        return out;
    }

    std::string words(int count) {
        std::string out = word();
        for (int i = 1; i < count; ++i) out += " " + word();
        return out;
    }

    template <class Block>
    std::string blocks(std::string_view between, const Block& block) {
        std::string out;
        for (int i = 0; i < 14; ++i) {
            if (i > 0) out += between;
            out += block(below(7));
        }
        return out;
    }

    std::string html_line() {
        constexpr std::array<std::string_view, 8> kTags = {"b",   "i", "code", "sup",
                                                           "sub", "q", "mark", "a"};
        const std::string tag(one_of(kTags));
        switch (below(4)) {
            case 0:
                return word() + " <span hidden>" + word() + "</span>" + word();
            case 1:
                return word() + "<span style='display:none'>" + words(2) + "</span> " + word();
            case 2:
                return word() + " <math><mfrac><mi>" + word() + "</mi><msup><mi>" + word() +
                       "</mi><mi>" + word() + "</mi></msup></mfrac></math> " + word();
            default:
                return words(2) + " <" + tag + ">" + word() + "</" + tag + "> " + word();
        }
    }

    std::string html_block(int depth) {
        constexpr std::array<std::string_view, 8> kBoxes = {
            "div", "section", "article", "aside", "main", "footer", "details", "blockquote"};
        constexpr std::array<std::string_view, 6> kNames = {"",
                                                            " class=widget",
                                                            " id=TOC_1",
                                                            " class=share-price",
                                                            " class=related-posts",
                                                            " class=hidden"};
        const std::string name(one_of(kNames));
        switch (below(depth < 4 ? 8 : 4)) {
            case 0:
                return "<h2" + name + ">" + html_line() + "</h2>";
            case 1:
                return "<p" + name + ">" + html_line() + "<br>" + words(3) + "</p>";
            case 2:
                return "<pre>" + word() + "\n  " + word() + "</pre>";
            case 3:
                return words(2);
            case 4:
                return "<ul><li>" + html_line() + html_block(depth + 1) + "<li>" + word() + "</ul>";
            case 5: {
                std::string rows;
                for (int row = 0; row < 3; ++row) {
                    rows += "<tr><td colspan=" + std::to_string(1 + below(3)) + ">" + word() +
                            "<td rowspan=" + std::to_string(1 + below(2)) + ">" + html_line();
                }
                return "<table" + name + "><caption>" + word() + "</caption>" + rows + "</table>";
            }
            case 6:
                return "<dl><dt>" + word() + "<dd>" + word() + html_block(depth + 1) + "</dl>";
            default: {
                const std::string box(one_of(kBoxes));
                std::string inside;
                for (int i = 0; i <= below(4); ++i) inside += html_block(depth + 1);
                return "<" + box + name + ">" + inside + "</" + box + ">";
            }
        }
    }

    static std::string docx_run(const std::string& text, const std::string& look = {}) {
        return "<w:r><w:rPr>" + look + "</w:rPr><w:t xml:space=\"preserve\">" + text +
               "</w:t></w:r>";
    }

    static std::string math_run(const std::string& text) {
        return "<m:r><m:t>" + text + "</m:t></m:r>";
    }

    std::string docx_paragraph(int depth) {
        constexpr std::array<std::string_view, 5> kLooks = {"", "<w:b/>", "<w:i/>",
                                                            "<w:vertAlign w:val=\"superscript\"/>",
                                                            "<w:rFonts w:ascii=\"Consolas\"/>"};
        constexpr std::array<std::string_view, 4> kStyles = {"", "<w:pStyle w:val=\"Heading1\"/>",
                                                             "<w:pStyle w:val=\"Quote\"/>",
                                                             "<w:outlineLvl w:val=\"1\"/>"};
        std::string runs;
        for (int i = 0; i <= below(4); ++i)
            runs += docx_run(word() + " ", std::string(one_of(kLooks)));
        switch (below(6)) {
            case 0:
                // Hidden amid a word: what is shown around it meets.
                runs += docx_run(word()) + docx_run(word(), "<w:vanish/>") + docx_run(" " + word());
                break;
            case 1:
                runs += "<w:del w:id=\"1\"><w:r><w:delText>" + word() +
                        "</w:delText></w:r></w:del><w:ins w:id=\"2\">" + docx_run(word()) +
                        "</w:ins>";
                break;
            case 2:
                runs += "<m:oMath><m:sSup><m:e><m:d><m:e><m:f><m:num>" + math_run(word()) +
                        "</m:num><m:den>" + math_run(word()) +
                        "</m:den></m:f></m:e></m:d></m:e><m:sup>" + math_run(word()) +
                        "</m:sup></m:sSup></m:oMath>";
                break;
            case 3:
                if (depth < 2) {
                    runs += "<w:r><w:pict><v:shape><v:textbox><w:txbxContent>" +
                            docx_paragraph(depth + 1) +
                            "</w:txbxContent></v:textbox></v:shape></w:pict></w:r>";
                }
                break;
            default:
                break;
        }
        return "<w:p><w:pPr>" + std::string(one_of(kStyles)) + "</w:pPr>" + runs + "</w:p>";
    }

    std::string docx_table(int depth) {
        constexpr std::array<std::string_view, 4> kMerges = {
            "", "<w:vMerge/>", "<w:vMerge w:val=\"restart\"/>", "<w:gridSpan w:val=\"2\"/>"};
        std::string rows;
        for (int row = 0; row < 3; ++row) {
            std::string cells;
            for (int column = 0; column < 3; ++column) {
                const std::string inside =
                    depth < 2 && chance(6) ? docx_table(depth + 1) + "<w:p/>" : docx_paragraph(2);
                cells += "<w:tc><w:tcPr>" + std::string(one_of(kMerges)) + "</w:tcPr>" + inside +
                         "</w:tc>";
            }
            rows += "<w:tr>" + cells + "</w:tr>";
        }
        return "<w:tbl>" + rows + "</w:tbl>";
    }

    std::mt19937 random_;
    std::vector<std::string> words_;
};

std::string bytes_of(formats::Format format, Generator& generator) {
    switch (format) {
        case formats::Format::pdf:
            return generator.pdf();
        case formats::Format::docx:
            return generator.docx();
        case formats::Format::html:
            return generator.html();
        case formats::Format::markdown:
            return generator.markdown();
        case formats::Format::csv:
            return generator.csv();
        case formats::Format::text:
            return generator.text();
    }
    return {};
}

}  // namespace

GeneratedDocument generated_document(formats::Format format, std::uint32_t seed) {
    Generator generator(seed);
    GeneratedDocument out;
    out.bytes = bytes_of(format, generator);
    out.filename = "document." + std::string(formats::row_of(format).extensions.front().name);
    out.words = generator.take_words();
    return out;
}

}  // namespace ingestor::extract
