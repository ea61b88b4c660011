#pragma once

#include <map>
#include <string>

namespace ingestor::extract {

/// Makes small Word documents for tests: parts by name, zipped in memory.
class DocxBuilder {
public:
    /// A package whose body holds this WordprocessingML.
    explicit DocxBuilder(const std::string& body);

    /// Adds or replaces a part; `word/...` parts of known names are related to the document.
    DocxBuilder& part(const std::string& name, std::string content);
    /// `<w:style>` elements.
    DocxBuilder& styles(const std::string& elements);
    /// `<w:abstractNum>` and `<w:num>` elements.
    DocxBuilder& numbering(const std::string& elements);
    /// A link of the document to a URL.
    DocxBuilder& link(const std::string& id, const std::string& url);

    [[nodiscard]] std::string build() const;

private:
    std::map<std::string, std::string> parts_;
    std::string relationships_;
};

/// Zips parts as they are.
[[nodiscard]] std::string zip_of(const std::map<std::string, std::string>& parts);

/// A paragraph with one run of text; `properties` goes into `w:pPr`.
[[nodiscard]] std::string paragraph(const std::string& text, const std::string& properties = {});
/// A run; `properties` goes into `w:rPr`.
[[nodiscard]] std::string run(const std::string& text, const std::string& properties = {});

}  // namespace ingestor::extract
