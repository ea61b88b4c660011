#include "files/object_path.hpp"

#include <random>
#include <set>

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace ingestor::files {
namespace {

TEST(ObjectPath, OrdinaryKeysStayReadable) {
    struct Row {
        std::string_view key, path;
    };
    for (const auto& row :
         {Row{"uploads/u-1/Report 2026 (final).pdf", "uploads/u-1/Report 2026 (final).pdf.object"},
          Row{"a", "a.object"}, Row{"a/b", "a/b.object"}, Row{"ü/日本", "ü/日本.object"},
          Row{"x//y/", "x/%/y/%.object"}, Row{"/", "%/%.object"},
          Row{"a/../b", "a/%2E%2E/b.object"}, Row{".", "%2E.object"}, Row{"...", "....object"},
          Row{"100%", "100%25.object"}, Row{"%2F", "%252F.object"},
          Row{"a\nb\x7F", "a%0Ab%7F.object"}, Row{"a.object", "a.objec%74.object"},
          Row{"a.object/b", "a.objec%74/b.object"}}) {
        EXPECT_EQ(object_path(row.key), row.path);
        EXPECT_EQ(object_key(row.path), row.key);
    }
}

void expect_sound(const std::string& key) {
    const auto path = object_path(key);
    EXPECT_EQ(object_key(path), key) << path;
    EXPECT_LT(path.size(), 4096U);
    std::string_view rest = path;
    while (true) {
        const auto name = rest.substr(0, rest.find('/'));
        EXPECT_LE(name.size(), 255U) << path;
        EXPECT_FALSE(name.empty() || name == "." || name == "..") << path;
        EXPECT_TRUE(is_utf8(name)) << path;
        if (name.size() == rest.size()) return;
        EXPECT_FALSE(name.ends_with(".object")) << path;
        rest.remove_prefix(name.size() + 1);
    }
}

TEST(ObjectPath, LongAndHostileKeysFitTheFileSystem) {
    for (const auto* unit :
         {"a", "/", ".", "%", "\x01", "é", "😀", "./", "../", ".object", "a/", "%+", "\x01/"}) {
        std::string key;
        while (key.size() + std::string_view(unit).size() <= 1024) {
            key += unit;
            const bool near_a_cut = key.size() % 200 < 6 || key.size() % 200 > 190;
            if (near_a_cut || key.size() > 1015) expect_sound(key);
        }
    }
}

TEST(ObjectPath, NoPieceOfALongSegmentIsADotName) {
    for (std::size_t letters = 190; letters < 206; ++letters) {
        expect_sound(std::string(letters, 'a') + "./x");
        expect_sound(std::string(letters, 'a') + "../x");
        expect_sound(std::string(letters, 'a') + "é../x");
        expect_sound(std::string(letters, 'a') + ".object/x");
        expect_sound(std::string(letters, 'a') + "%/x");
    }
}

TEST(ObjectPath, DifferentKeysHaveDifferentFiles) {
    constexpr std::string_view kAlphabet = "ab/.%+\x01t25EObject";
    std::mt19937 random(7);
    std::set<std::string> keys;
    std::set<std::string> paths;
    for (int i = 0; i < 4'000; ++i) {
        std::string key;
        const auto size = 1 + random() % 12;
        for (std::size_t k = 0; k < size; ++k) key += kAlphabet[random() % kAlphabet.size()];
        if (random() % 8 == 0) key += ".object";
        expect_sound(key);
        paths.insert(object_path(key));
        keys.insert(std::move(key));
    }
    EXPECT_EQ(paths.size(), keys.size());
}

TEST(ObjectPath, ForeignFilesAreNoObjects) {
    for (const auto* path :
         {"a", "a.objects", ".object", "a/.object", "a/../b.object", "%2e.object", "a%.object",
          "%41.object", "a%+/b.object", "//a.object"}) {
        EXPECT_EQ(object_key(path), std::nullopt) << path;
    }
    EXPECT_EQ(object_key(std::string(197, 'd') + std::string(10, '\x99') + ".object"),
              std::nullopt);
}

}  // namespace
}  // namespace ingestor::files
