#include "extract/testing/docx_builder.hpp"

#include <cstring>
#include <stdexcept>
#include <utility>

#include <zip.h>

namespace ingestor::extract {
namespace {

constexpr const char* kWord =
    " xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
    " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
    " xmlns:m=\"http://schemas.openxmlformats.org/officeDocument/2006/math\""
    " xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\""
    " xmlns:wps=\"http://schemas.microsoft.com/office/word/2010/wordprocessingShape\""
    " xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\""
    " xmlns:v=\"urn:schemas-microsoft-com:vml\"";
const std::string kTypes = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";

std::string element(const std::string& name, const std::string& inside) {
    return "<w:" + name + kWord + ">" + inside + "</w:" + name + ">";
}

std::string relationships_part(const std::string& inside) {
    return "<Relationships "
           "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" +
           inside + "</Relationships>";
}

std::string relationship(const std::string& id, const std::string& kind, const std::string& target,
                         const std::string& more = {}) {
    return "<Relationship Id=\"" + id + "\" Type=\"" + kTypes + kind + "\" Target=\"" + target +
           "\"" + more + "/>";
}

}  // namespace

DocxBuilder::DocxBuilder(const std::string& body) {
    parts_["[Content_Types].xml"] =
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
        "<Override PartName=\"/word/document.xml\" ContentType=\"application/"
        "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    parts_["_rels/.rels"] =
        relationships_part(relationship("a", "officeDocument", "word/document.xml") +
                           "<Relationship Id=\"b\" "
                           "Type=\"http://schemas.openxmlformats.org/package/2006/relationships/"
                           "metadata/core-properties\" Target=\"docProps/core.xml\"/>");
    parts_["word/document.xml"] = element("document", "<w:body>" + body + "</w:body>");
    for (const char* kind : {"styles", "numbering", "footnotes", "endnotes"}) {
        relationships_ += relationship(kind, kind, std::string(kind) + ".xml");
    }
}

DocxBuilder& DocxBuilder::part(const std::string& name, std::string content) {
    parts_[name] = std::move(content);
    return *this;
}

DocxBuilder& DocxBuilder::styles(const std::string& elements) {
    return part("word/styles.xml", element("styles", elements));
}

DocxBuilder& DocxBuilder::numbering(const std::string& elements) {
    return part("word/numbering.xml", element("numbering", elements));
}

DocxBuilder& DocxBuilder::link(const std::string& id, const std::string& url) {
    relationships_ += relationship(id, "hyperlink", url, " TargetMode=\"External\"");
    return *this;
}

std::string DocxBuilder::build() const {
    auto parts = parts_;
    parts["word/_rels/document.xml.rels"] = relationships_part(relationships_);
    for (const char* kind : {"footnotes", "endnotes"}) {
        const auto found = parts.find("word/" + std::string(kind) + ".xml");
        if (found != parts.end()) found->second = element(kind, found->second);
    }
    return zip_of(parts);
}

std::string zip_of(const std::map<std::string, std::string>& parts) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* out = zip_source_buffer_create(nullptr, 0, 0, &error);
    if (out == nullptr) throw std::runtime_error("no zip source");
    zip_source_keep(out);
    zip_t* archive = zip_open_from_source(out, ZIP_TRUNCATE, &error);
    if (archive == nullptr) throw std::runtime_error("no zip archive");
    for (const auto& [name, content] : parts) {
        zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
        const zip_int64_t index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
        if (index < 0) throw std::runtime_error("no zip entry");
        zip_file_set_mtime(archive, static_cast<zip_uint64_t>(index), 1'600'000'000, 0);
    }
    if (zip_close(archive) != 0) throw std::runtime_error("zip not closed");
    zip_stat_t stat;
    if (zip_source_open(out) != 0 || zip_source_stat(out, &stat) != 0) {
        throw std::runtime_error("zip not readable");
    }
    std::string bytes(stat.size, '\0');
    if (zip_source_read(out, bytes.data(), bytes.size()) !=
        static_cast<zip_int64_t>(bytes.size())) {
        throw std::runtime_error("zip not read");
    }
    zip_source_close(out);
    zip_source_free(out);
    return bytes;
}

std::string paragraph(const std::string& text, const std::string& properties) {
    return "<w:p><w:pPr>" + properties + "</w:pPr>" + run(text) + "</w:p>";
}

std::string run(const std::string& text, const std::string& properties) {
    return "<w:r><w:rPr>" + properties + "</w:rPr><w:t xml:space=\"preserve\">" + text +
           "</w:t></w:r>";
}

}  // namespace ingestor::extract
