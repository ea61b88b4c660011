#include "sqlite/sqlite_object_index.hpp"

#include <map>
#include <random>

#include <gmock/gmock.h>

#include "base/encoding.hpp"
#include "sqlite/object_rows.hpp"
#include "sqlite/testing/test_database.hpp"

namespace ingestor::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::run;

class NoClock final : public ports::Clock {
public:
    [[nodiscard]] TimePoint now() const override { return {}; }
};

class SqliteObjectIndexTest : public ::testing::Test {
protected:
    static ports::ObjectIndex::Put small(const std::string& key, const std::string& bytes = "x") {
        ports::IndexedObject object{.info = {.key = domain::ObjectKey(key)}};
        object.info.size_bytes = bytes.size();
        object.info.etag = domain::ETag("etag of " + bytes);
        object.bytes = bytes;
        return {.object = std::move(object)};
    }
    static ports::ObjectIndex::Put large(const std::string& key, const std::string& file) {
        ports::IndexedObject object{.info = {.key = domain::ObjectKey(key)}};
        object.info.etag = domain::ETag("etag of " + file);
        object.file = file;
        return {.object = std::move(object)};
    }
    Result<std::monostate> put(ports::ObjectIndex::Put one) {
        std::vector<ports::ObjectIndex::Put> puts;
        puts.push_back(std::move(one));
        return run(io_, index_.put(std::move(puts)));
    }
    Result<std::monostate> remove(const std::string& key,
                                  std::optional<domain::ETag> if_match = std::nullopt) {
        std::vector<ports::ObjectIndex::Remove> removals;
        removals.push_back({.key = domain::ObjectKey(key), .if_match = std::move(if_match)});
        return run(io_, index_.remove(std::move(removals)));
    }
    std::optional<ports::IndexedObject> find(const std::string& key) {
        return run(io_, index_.find(domain::ObjectKey(key), ports::ObjectIndex::With::bytes))
            .value();
    }
    std::vector<std::string> to_remove() { return run(io_, index_.files_to_remove(10)).value(); }
    std::int64_t count(const char* table) {
        auto work = [sql = std::string("SELECT count(*) FROM ") +
                           table](Connection& connection) -> Result<std::int64_t> {
            return connection.number(sql);
        };
        return run(io_, database_->read(std::move(work))).value();
    }
    /// Straight into the tables, many at a time.
    void fill(const std::vector<std::string>& keys) {
        std::vector<ports::ObjectIndex::Put> puts;
        for (const auto& key : keys) puts.push_back(large(key, "f/" + key));
        ASSERT_TRUE(run(io_, index_.put(std::move(puts))));
    }

    TemporaryDirectory directory_;
    NoClock clock_;
    boost::asio::io_context io_;
    std::unique_ptr<Database> database_ = testing::open_database(directory_.path(), clock_);
    SqliteObjectIndex index_{*database_};
};

TEST_F(SqliteObjectIndexTest, KeepsAllOfAnObject) {
    auto wanted = small("a", "hello");
    auto& info = wanted.object.info;
    info.last_modified = TimePoint{std::chrono::milliseconds(1'234)};
    info.attributes.content_type = "text/plain";
    info.attributes.system_headers = {{"cache-control", "a: b"}, {"expires", ""}};
    info.attributes.user_metadata = {{"n", "\xFC"}};
    info.attributes.checksum = {"crc32", "NhCmhg=="};
    wanted.object.bytes_crc32c = std::string("\0\1\2\3", 4);
    ASSERT_TRUE(put(wanted));
    const auto found = find("a");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->bytes, "hello");
    EXPECT_EQ(found->bytes_crc32c, wanted.object.bytes_crc32c);
    EXPECT_EQ(found->info.size_bytes, 5U);
    EXPECT_EQ(found->info.etag, info.etag);
    EXPECT_EQ(found->info.last_modified, info.last_modified);
    EXPECT_EQ(found->info.attributes.content_type, "text/plain");
    EXPECT_EQ(found->info.attributes.system_headers, info.attributes.system_headers);
    EXPECT_EQ(found->info.attributes.user_metadata, info.attributes.user_metadata);
    EXPECT_EQ(found->info.attributes.checksum, info.attributes.checksum);
    EXPECT_FALSE(find("b"));
}

TEST_F(SqliteObjectIndexTest, LeavesNoBytesAndNoFilesBehind) {
    ASSERT_TRUE(put(small("a", "one")));
    ASSERT_TRUE(put(small("a", "two")));
    EXPECT_EQ(count("object_bodies"), 1);
    ASSERT_TRUE(put(large("a", "file-1")));
    EXPECT_EQ(count("object_bodies"), 0);
    ASSERT_TRUE(put(large("a", "file-2")));
    EXPECT_THAT(to_remove(), ElementsAre("file-1"));
    ASSERT_TRUE(put(small("a", "three")));
    EXPECT_THAT(to_remove(), ElementsAre("file-1", "file-2"));
    ASSERT_TRUE(remove("a"));
    EXPECT_EQ(count("object_bodies"), 0);
    EXPECT_EQ(count("objects"), 0);
    std::vector<std::string> files{"file-1"};
    ASSERT_TRUE(run(io_, index_.forget_files(std::move(files))));
    EXPECT_THAT(to_remove(), ElementsAre("file-2"));
}

TEST_F(SqliteObjectIndexTest, ChangesAllOrNothing) {
    ASSERT_TRUE(put(small("a", "old")));
    std::vector<ports::ObjectIndex::Put> puts;
    puts.push_back(small("b"));
    puts.push_back(small("a", "new"));
    puts.back().condition.mode = ports::PutMode::create_only;
    EXPECT_EQ(run(io_, index_.put(std::move(puts))).error().code, Errc::conflict);
    EXPECT_FALSE(find("b"));
    EXPECT_EQ(find("a")->bytes, "old");
}

TEST_F(SqliteObjectIndexTest, ChecksWhatIsThere) {
    auto wanted = small("a", "new");
    wanted.condition.if_match = domain::ETag("etag of old");
    EXPECT_EQ(put(wanted).error().code, Errc::not_found);
    EXPECT_EQ(remove("a", domain::ETag("x")).error().code, Errc::not_found);
    ASSERT_TRUE(put(small("a", "other")));
    EXPECT_EQ(put(wanted).error().code, Errc::conflict);
    EXPECT_EQ(remove("a", domain::ETag("x")).error().code, Errc::conflict);
    ASSERT_TRUE(put(small("a", "old")));
    EXPECT_TRUE(put(wanted));
    EXPECT_TRUE(remove("a", domain::ETag("etag of new")));
}

TEST_F(SqliteObjectIndexTest, CopiesShareAFile) {
    ASSERT_TRUE(put(large("a", "file-1")));
    const auto copy = [&](const std::string& source, const std::string& target,
                          std::optional<ports::ObjectAttributes> attributes = std::nullopt) {
        ports::ObjectCopy wanted{.source = domain::ObjectKey(source),
                                 .source_etag = domain::ETag("etag of file-1"),
                                 .target = domain::ObjectKey(target)};
        wanted.attributes = std::move(attributes);
        return run(io_, index_.copy(std::move(wanted)));
    };
    ports::ObjectAttributes attributes;
    attributes.content_type = "text/plain";
    ASSERT_TRUE(copy("a", "b"));
    ASSERT_TRUE(copy("a", "a", attributes));
    EXPECT_EQ(find("a")->info.attributes.content_type, "text/plain");
    ASSERT_TRUE(remove("a"));
    EXPECT_THAT(to_remove(), IsEmpty());
    EXPECT_EQ(find("b")->file, "file-1");
    EXPECT_EQ(copy("a", "c").error().code, Errc::not_found);
    EXPECT_EQ(copy("a", "c").error().field, "source");
    ASSERT_TRUE(remove("b"));
    EXPECT_THAT(to_remove(), ElementsAre("file-1"));
}

TEST_F(SqliteObjectIndexTest, CopiesOfSmallObjectsAreTheirOwn) {
    ASSERT_TRUE(put(small("a", "one")));
    ports::ObjectCopy wanted{.source = domain::ObjectKey("a"),
                             .source_etag = domain::ETag("etag of one"),
                             .target = domain::ObjectKey("b")};
    ASSERT_TRUE(run(io_, index_.copy(wanted)));
    ASSERT_TRUE(put(small("a", "two")));
    EXPECT_EQ(find("b")->bytes, "one");
    EXPECT_EQ(run(io_, index_.copy(wanted)).error().code, Errc::conflict);
}

TEST_F(SqliteObjectIndexTest, TakesInWhatIsNeitherThereNorRemoved) {
    const auto adopt = [&] {
        std::vector<ports::IndexedObject> older;
        for (const auto* key : {"kept", "replaced", "removed"}) {
            older.push_back(large(key, key).object);
        }
        return run(io_, index_.adopt(std::move(older)));
    };
    ASSERT_TRUE(put(small("replaced", "new")));
    ASSERT_TRUE(put(large("removed", "removed")));
    ASSERT_TRUE(remove("removed"));
    ASSERT_TRUE(adopt());
    EXPECT_EQ(find("kept")->file, "kept");
    EXPECT_EQ(find("replaced")->bytes, "new");
    EXPECT_FALSE(find("removed"));
    EXPECT_FALSE(run(io_, index_.adopted()).value());
    ASSERT_TRUE(run(io_, index_.finish_adoption()));
    EXPECT_TRUE(run(io_, index_.adopted()).value());
    std::vector<std::string> files{"kept", "removed", "stray"};
    EXPECT_THAT(run(io_, index_.unknown_files(std::move(files))).value(), ElementsAre("stray"));
}

/// What a list is by its definition.
ports::ListPage reference(const std::vector<std::string>& keys, const ports::ListQuery& query) {
    ports::ListPage page;
    for (const auto& key : keys) {
        if (key < query.from || !key.starts_with(query.prefix)) continue;
        if (query.within && std::ranges::none_of(*query.within, [&](const std::string& range) {
                return key.starts_with(range);
            })) {
            continue;
        }
        const auto group = ports::group_of(key, query.prefix, query.delimiter);
        if (!group.empty() && !page.groups.empty() && page.groups.back() == group) continue;
        if (page.objects.size() + page.groups.size() == query.count) {
            page.next = key;
            break;
        }
        if (group.empty()) {
            page.objects.push_back({.key = domain::ObjectKey(key)});
        } else {
            page.groups.push_back(group);
        }
    }
    return page;
}

TEST_F(SqliteObjectIndexTest, ListsAsTheDefinitionSays) {
    std::mt19937 dice(4711);
    const auto text = [&](std::size_t least, std::size_t most) {
        static constexpr std::string_view kSigns[] = {
            "a", "b", "/", "//", "-", "ü", "\xF4\x8F\xBF\xBF"};
        std::string out;
        for (auto count = least + dice() % (most - least + 1); count > 0; --count) {
            out += kSigns[dice() % std::size(kSigns)];
        }
        return out;
    };
    std::set<std::string> distinct;
    while (distinct.size() < 300) distinct.insert(text(1, 6));
    const std::vector<std::string> keys(distinct.begin(), distinct.end());
    fill(keys);
    for (int round = 0; round < 600; ++round) {
        ports::ListQuery query;
        query.prefix = text(0, 2);
        if (dice() % 2 == 0) query.delimiter = text(1, 2);
        if (dice() % 2 == 0) query.from = text(0, 4);
        query.count = 1 + dice() % 20;
        if (dice() % 3 == 0) query.within = {"-", "a/", "b", "ü"};
        const auto page = run(io_, index_.list(query)).value();
        const auto wanted = reference(keys, query);
        const auto names = [](const ports::ListPage& of) {
            std::vector<std::string> out = of.groups;
            for (const auto& object : of.objects) out.push_back(object.key.value());
            return out;
        };
        ASSERT_EQ(names(page), names(wanted)) << query.prefix << ' ' << query.delimiter;
        ASSERT_EQ(page.next, wanted.next) << query.prefix << ' ' << query.delimiter;
    }
}

TEST_F(SqliteObjectIndexTest, APageCostsWhatItShows) {
    std::vector<std::string> keys;
    for (int folder = 0; folder < 50; ++folder) {
        for (int n = 0; n < 400; ++n) keys.push_back(fmt::format("f{:02}/{:05}", folder, n));
    }
    fill(keys);
    ports::ListQuery query;
    query.delimiter = "/";
    query.count = 10;
    const auto groups = run(io_, index_.list(query)).value();
    EXPECT_EQ(groups.groups.size(), 10U);
    EXPECT_LE(groups.rows_read, 11U);
    query.from = *groups.next;
    EXPECT_LE(run(io_, index_.list(query)).value().rows_read, 11U);
    query = {};
    query.count = 100;
    query.from = "f25/00100";
    EXPECT_LE(run(io_, index_.list(query)).value().rows_read, 101U);
    // Neither do keys cost that may not be shown.
    query.within = {"f01/00399", "f48/00000"};
    query.from = "";
    const auto few = run(io_, index_.list(query)).value();
    EXPECT_EQ(few.objects.size(), 2U);
    EXPECT_LE(few.rows_read, 4U);
}

}  // namespace
}  // namespace ingestor::sqlite
