#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ingestor::extract {

/// Writes small PDFs for tests: pages with text at places, lines and links, in the base 14 fonts.
/// Places are in points from the page's top left, as in Box.
class PdfBuilder {
public:
    enum class Font { roman, bold, italic, mono };

    PdfBuilder& page(double width = 612, double height = 792);
    /// Puts `text` (WinAnsi bytes) with its baseline at `y`.
    PdfBuilder& text(double x, double y, std::string_view text, double size = 10,
                     Font font = Font::roman);
    /// One line below the other, `leading` points apart.
    PdfBuilder& lines(double x, double y, const std::vector<std::string>& texts, double size = 10,
                      double leading = 12, Font font = Font::roman);
    PdfBuilder& rule(double x0, double y0, double x1, double y1);
    PdfBuilder& link(double x0, double y0, double x1, double y1, std::string_view uri);
    /// A picture without any data to speak of.
    PdfBuilder& picture();
    /// Raw operators in the page's own coordinates (origin at the bottom left).
    PdfBuilder& raw(std::string_view operators);
    /// A form that the pages' content names `/Fm0`, the next one `/Fm1` and so on.
    PdfBuilder& form(std::string_view operators);
    /// Further fonts that content names `/G0`, `/G1` and so on; each second one is written in
    /// place.
    PdfBuilder& further_fonts(int count);
    /// Further entries of the pages' resources, as written in the file.
    PdfBuilder& resources(std::string_view entries);
    PdfBuilder& info(std::string_view key, std::string_view value);
    PdfBuilder& language(std::string_view tag);
    /// An entry of the outline, of the first level.
    PdfBuilder& bookmark(std::string_view title);
    /// A text field with a value and an appearance that shows it.
    PdfBuilder& field(double x, double y, std::string_view value);

    /// Packs the pages' content with flate.
    PdfBuilder& packed();
    /// Claims to be encrypted with a password that is not known.
    PdfBuilder& encrypted();

    [[nodiscard]] std::string build() const;

private:
    struct Sheet {
        double width = 0, height = 0;
        std::string content;
        std::vector<std::string> annotations;
        bool picture = false;
    };

    std::vector<Sheet> sheets_;
    std::vector<std::pair<std::string, std::string>> info_;
    std::vector<std::string> bookmarks_;
    std::vector<std::pair<std::size_t, std::string>> fields_;  // Sheet and field, with a %s.
    std::vector<std::string> forms_;
    int further_fonts_ = 0;
    std::string resources_;
    std::string language_;
    bool encrypted_ = false;
    bool packed_ = false;
};

}  // namespace ingestor::extract
