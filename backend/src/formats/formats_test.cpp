#include "formats/formats.hpp"

#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ingestor::formats {
namespace {

struct TypeCase {
    const char* filename;
    const char* content_type;
    bool supported;
};

constexpr TypeCase kTypes[] = {
    {"a.pdf", "", true},
    {"A.PDF", "image/png", true},
    {"dir.d/a.docm", "", true},
    {"a", "application/pdf", true},
    {"a", "Application/X-PDF", true},
    {"a.bin", "text/plain; charset=utf-8", true},
    {"a", "", true},
    {"a", "application/octet-stream", true},
    {"a.png", "image/png", false},
    {"a.png", "", false},
    {"a", "image/png", false},
    {"a.exe", "application/octet-stream", false},
    {".pdf", "application/zip", false},
};

TEST(Formats, SupportIsToldByNameOrMediaType) {
    for (const auto& [filename, content_type, supported] : kTypes) {
        EXPECT_EQ(may_be_supported(filename, content_type), supported)
            << filename << " " << content_type;
    }
}

TEST(Formats, AnExtensionIsTheLastOfTheName) {
    EXPECT_EQ(extension_of("dir.d/Report.PDF"), "pdf");
    EXPECT_EQ(extension_of("a.tar.gz"), "gz");
    for (const char* name : {"", "name", ".profile", "dir.d/name", "dir/.profile", "a."}) {
        EXPECT_EQ(extension_of(name), "") << name;
    }
}

TEST(Formats, NoExtensionAndNoNameStandsTwice) {
    std::set<std::string_view> names;
    std::set<std::string_view> extensions;
    for (const Row& row : table()) {
        EXPECT_EQ(row_of(row.format).name, row.name);
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        for (const auto& [extension, media_type] : row.extensions) {
            EXPECT_TRUE(extensions.insert(extension).second) << extension;
            EXPECT_EQ(row_of_extension(extension), &row);
            EXPECT_EQ(unread_kind_of_extension(extension), nullptr) << extension;
        }
    }
}

TEST(Formats, ARefusalNamesThemAll) {
    EXPECT_EQ(supported_extensions(), "pdf, docx, html, md, csv, txt");
    EXPECT_EQ(supported_titles(), "PDF, Word (DOCX), HTML, Markdown, CSV and plain text");
}

std::string told_in_words(const Row& row) {
    switch (row.told) {
        case Told::by_signature:
            return fmt::format("its first bytes, `{}`", row.signature);
        case Told::by_package:
            return fmt::format("a ZIP package that declares `{}` or has `{}`", row.signature,
                               row.package_part);
        case Told::by_markup:
            return "text that begins with its markup, or the name";
        case Told::by_name:
            return "text under such a name";
        case Told::as_text:
            return "any other text";
    }
    return {};
}

std::string cells(const Row& row) {
    std::string extensions;
    std::string media_types;
    const auto add = [&](std::string_view media_type) {
        if (media_types.find(fmt::format("`{}`", media_type)) != std::string::npos) return;
        media_types += fmt::format("{}`{}`", media_types.empty() ? "" : ", ", media_type);
    };
    for (const auto& [extension, media_type] : row.extensions) {
        extensions += fmt::format("{}`.{}`", extensions.empty() ? "" : ", ", extension);
        add(media_type);
    }
    for (const auto media_type : row.other_media_types) add(media_type);
    return fmt::format("| {} | `{}` | {} | {} | {} |\n", row.title, row.name, extensions,
                       media_types, told_in_words(row));
}

std::string limits_in_words(const ParseLimits& limits) {
    return fmt::format(
        "{} pages, {} MB of text, {} MB of unpacked parts, {} levels of nesting, {} blocks and {} "
        "columns of a table",
        limits.pages_max, limits.text_bytes_max >> 20, limits.unpacked_bytes_max >> 20,
        limits.nesting_max, limits.blocks_max, limits.table_columns_max);
}

TEST(Formats, ThePageSaysWhatTheTableHolds) {
    std::ifstream file(FORMATS_PAGE);
    std::stringstream content;
    content << file.rdbuf();
    const std::string page = content.str();
    std::size_t rows = 0;
    for (std::size_t at = page.find("\n| "); at != std::string::npos;
         at = page.find("\n| ", at + 1))
        ++rows;
    EXPECT_EQ(rows, table().size() + 2) << "a row a format, below a head of two";
    for (const Row& row : table()) {
        EXPECT_NE(page.find(cells(row)), std::string::npos) << "wanted:\n" << cells(row);
        EXPECT_NE(page.find(limits_in_words(row.limits)), std::string::npos)
            << "wanted: " << limits_in_words(row.limits);
    }
    for (const UnreadKind& kind : unread_kinds()) {
        EXPECT_NE(page.find(kind.title), std::string::npos) << "wanted: " << kind.title;
    }
}

}  // namespace
}  // namespace ingestor::formats
