#include "extract/testing/pdf_builder.hpp"

#include <iterator>

#include <fmt/format.h>
#include <zlib.h>

namespace ingestor::extract {
namespace {

std::string literal(std::string_view text) {
    std::string out = "(";
    for (const char c : text) {
        if (c == '(' || c == ')' || c == '\\') out += '\\';
        out += c;
    }
    return out + ")";
}

// Objects by number, with the table that finds them.
class Objects {
public:
    int reserve() {
        bodies_.emplace_back();
        return static_cast<int>(bodies_.size());
    }
    void set(int number, std::string body) {
        bodies_[static_cast<std::size_t>(number) - 1] = std::move(body);
    }
    int add(std::string body) {
        const int number = reserve();
        set(number, std::move(body));
        return number;
    }
    [[nodiscard]] std::string file(int root, int info, std::string_view more) const {
        std::string out = "%PDF-1.7\n";
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < bodies_.size(); ++i) {
            places.push_back(out.size());
            fmt::format_to(std::back_inserter(out), "{} 0 obj\n{}\nendobj\n", i + 1, bodies_[i]);
        }
        const std::size_t table = out.size();
        fmt::format_to(std::back_inserter(out), "xref\n0 {}\n0000000000 65535 f \n",
                       bodies_.size() + 1);
        for (const std::size_t place : places) {
            fmt::format_to(std::back_inserter(out), "{:010} 00000 n \n", place);
        }
        fmt::format_to(
            std::back_inserter(out),
            "trailer\n<< /Size {} /Root {} 0 R /Info {} 0 R {}>>\nstartxref\n{}\n%%EOF\n",
            bodies_.size() + 1, root, info, more, table);
        return out;
    }

private:
    std::vector<std::string> bodies_;
};

std::string stream(std::string_view dictionary, std::string_view data) {
    return fmt::format("<< {} /Length {} >>\nstream\n{}\nendstream", dictionary, data.size(), data);
}

std::string deflated(std::string_view data) {
    uLongf length = compressBound(static_cast<uLong>(data.size()));
    std::string out(length, '\0');
    compress(reinterpret_cast<Bytef*>(out.data()), &length,
             reinterpret_cast<const Bytef*>(data.data()), static_cast<uLong>(data.size()));
    out.resize(length);
    return out;
}

}  // namespace

PdfBuilder& PdfBuilder::page(double width, double height) {
    sheets_.push_back({.width = width, .height = height, .content = {}, .annotations = {}});
    return *this;
}

PdfBuilder& PdfBuilder::text(double x, double y, std::string_view text, double size, Font font) {
    Sheet& sheet = sheets_.back();
    fmt::format_to(std::back_inserter(sheet.content), "BT /F{} {} Tf {} {} Td {} Tj ET\n",
                   static_cast<int>(font), size, x, sheet.height - y, literal(text));
    return *this;
}

PdfBuilder& PdfBuilder::lines(double x, double y, const std::vector<std::string>& texts,
                              double size, double leading, Font font) {
    for (const std::string& line : texts) {
        text(x, y, line, size, font);
        y += leading;
    }
    return *this;
}

PdfBuilder& PdfBuilder::rule(double x0, double y0, double x1, double y1) {
    Sheet& sheet = sheets_.back();
    fmt::format_to(std::back_inserter(sheet.content), "{} {} m {} {} l S\n", x0, sheet.height - y0,
                   x1, sheet.height - y1);
    return *this;
}

PdfBuilder& PdfBuilder::link(double x0, double y0, double x1, double y1, std::string_view uri) {
    Sheet& sheet = sheets_.back();
    sheet.annotations.push_back(
        fmt::format("<< /Type /Annot /Subtype /Link /Rect [{} {} {} {}] /Border [0 0 0] "
                    "/A << /S /URI /URI {} >> >>",
                    x0, sheet.height - y1, x1, sheet.height - y0, literal(uri)));
    return *this;
}

PdfBuilder& PdfBuilder::picture() {
    sheets_.back().picture = true;
    sheets_.back().content += "q 200 0 0 200 50 50 cm /Im0 Do Q\n";
    return *this;
}

PdfBuilder& PdfBuilder::raw(std::string_view operators) {
    sheets_.back().content += operators;
    sheets_.back().content += '\n';
    return *this;
}

PdfBuilder& PdfBuilder::form(std::string_view operators) {
    forms_.emplace_back(operators);
    return *this;
}

PdfBuilder& PdfBuilder::further_fonts(int count) {
    further_fonts_ += count;
    return *this;
}

PdfBuilder& PdfBuilder::resources(std::string_view entries) {
    resources_ += entries;
    return *this;
}

PdfBuilder& PdfBuilder::info(std::string_view key, std::string_view value) {
    info_.emplace_back(key, value);
    return *this;
}

PdfBuilder& PdfBuilder::language(std::string_view tag) {
    language_ = tag;
    return *this;
}

PdfBuilder& PdfBuilder::bookmark(std::string_view title) {
    bookmarks_.emplace_back(title);
    return *this;
}

PdfBuilder& PdfBuilder::packed() {
    packed_ = true;
    return *this;
}

PdfBuilder& PdfBuilder::encrypted() {
    encrypted_ = true;
    return *this;
}

PdfBuilder& PdfBuilder::field(double x, double y, std::string_view value) {
    const double bottom = sheets_.back().height - y;
    fields_.emplace_back(
        sheets_.size() - 1,
        fmt::format("/Type /Annot /Subtype /Widget /FT /Tx /T (name) /F 4 /V {} /DA (/F0 10 Tf) "
                    "/Rect [{} {} {} {}]",
                    literal(value), x, bottom - 3, x + 100, bottom + 12));
    return *this;
}

std::string PdfBuilder::build() const {
    Objects objects;
    const int catalog = objects.reserve();
    const int tree = objects.reserve();
    std::string fonts = "<<";
    int index = 0;
    for (const std::string_view name : {"Times-Roman", "Times-Bold", "Times-Italic", "Courier"}) {
        const int font = objects.add(fmt::format(
            "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>", name));
        fmt::format_to(std::back_inserter(fonts), " /F{} {} 0 R", index++, font);
    }
    for (int i = 0; i < further_fonts_; ++i) {
        const std::string font =
            fmt::format("<< /Type /Font /Subtype /Type1 /BaseFont /{} /Tag{} 0 >>",
                        i % 3 == 0 ? "Courier" : "Times-Bold", i);
        fmt::format_to(std::back_inserter(fonts), " /G{} {}", i,
                       i % 2 == 0 ? fmt::format("{} 0 R", objects.add(font)) : font);
    }
    fonts += " >>";
    const int picture =
        objects.add(stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 "
                           "/ColorSpace /DeviceGray",
                           "x"));

    std::string forms;
    for (std::size_t i = 0; i < forms_.size(); ++i) {
        const std::string dictionary = fmt::format(
            "/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /Font {} >>", fonts);
        fmt::format_to(std::back_inserter(forms), " /Fm{} {} 0 R", i,
                       objects.add(stream(dictionary, forms_[i])));
    }

    std::string kids;
    std::string all_fields;
    for (std::size_t i = 0; i < sheets_.size(); ++i) {
        const Sheet& sheet = sheets_[i];
        const int content =
            objects.add(packed_ ? stream("/Filter /FlateDecode", deflated(sheet.content))
                                : stream("", sheet.content));
        std::string annotations;
        for (const std::string& annotation : sheet.annotations) {
            fmt::format_to(std::back_inserter(annotations), "{} 0 R ", objects.add(annotation));
        }
        for (const auto& [on, dictionary] : fields_) {
            if (on != i) continue;
            const auto value = dictionary.substr(
                dictionary.find("/V ") + 3, dictionary.find(" /DA") - dictionary.find("/V ") - 3);
            const int look =
                objects.add(stream(fmt::format("/Type /XObject /Subtype /Form /BBox [0 0 100 15] "
                                               "/Resources << /Font {} >>",
                                               fonts),
                                   fmt::format("BT /F0 10 Tf 2 3 Td {} Tj ET", value)));
            const int widget =
                objects.add(fmt::format("<< {} /AP << /N {} 0 R >> >>", dictionary, look));
            fmt::format_to(std::back_inserter(annotations), "{} 0 R ", widget);
            fmt::format_to(std::back_inserter(all_fields), "{} 0 R ", widget);
        }
        const std::string drawn =
            (sheet.picture ? fmt::format(" /Im0 {} 0 R", picture) : std::string()) + forms;
        const int page = objects.add(fmt::format(
            "<< /Type /Page /Parent {} 0 R /MediaBox [0 0 {} {}] /Contents {} 0 R "
            "/Resources << /Font {} /XObject <<{} >> {} >> /Annots [{}] >>",
            tree, sheet.width, sheet.height, content, fonts, drawn, resources_, annotations));
        fmt::format_to(std::back_inserter(kids), "{} 0 R ", page);
    }
    objects.set(tree, fmt::format("<< /Type /Pages /Kids [{}] /Count {} >>", kids, sheets_.size()));

    std::string root = fmt::format("<< /Type /Catalog /Pages {} 0 R", tree);
    if (!language_.empty()) root += " /Lang " + literal(language_);
    if (!all_fields.empty()) {
        root += fmt::format(" /AcroForm << /Fields [{}] /DR << /Font {} >> >>", all_fields, fonts);
    }
    if (!bookmarks_.empty()) {
        const int outline = objects.reserve();
        const int first = outline + 1;
        for (std::size_t i = 0; i < bookmarks_.size(); ++i) {
            const std::string next =
                i + 1 < bookmarks_.size()
                    ? fmt::format(" /Next {} 0 R", first + static_cast<int>(i) + 1)
                    : std::string();
            objects.add(fmt::format("<< /Title {} /Parent {} 0 R{} >>", literal(bookmarks_[i]),
                                    outline, next));
        }
        objects.set(outline, fmt::format("<< /First {} 0 R /Last {} 0 R /Count {} >>", first,
                                         first + static_cast<int>(bookmarks_.size()) - 1,
                                         bookmarks_.size()));
        root += fmt::format(" /Outlines {} 0 R", outline);
    }
    objects.set(catalog, root + " >>");
    std::string info = "<<";
    for (const auto& [key, value] : info_) info += fmt::format(" /{} {}", key, literal(value));
    // The keys do not match any password, least of all the empty one.
    const std::string keys = fmt::format(
        "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{0:a>64}> /U <{0:b>64}> >> /ID [<00> "
        "<00>] ",
        "");
    return objects.file(catalog, objects.add(info + " >>"), encrypted_ ? keys : std::string());
}

}  // namespace ingestor::extract
