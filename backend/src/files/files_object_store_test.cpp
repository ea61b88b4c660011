#include "files/files_object_store.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <latch>
#include <map>
#include <optional>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "async/offload.hpp"
#include "async/testing/spawned_task.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/testing/temporary_directory.hpp"
#include "files/object_path.hpp"

namespace ingestor::files {

namespace asio = boost::asio;
namespace {

namespace fs = std::filesystem;

class FixedClock final : public ports::Clock {
public:
    [[nodiscard]] TimePoint now() const override {
        return TimePoint{std::chrono::milliseconds{1'767'323'045'678}};
    }
};

using Put = async::testing::SpawnedTask<Result<ports::ObjectInfo>>;

/// How many puts were stored (nullopt), and how many refused with which error.
using Outcomes = std::map<std::optional<Errc>, int>;

Outcomes outcomes_of(std::vector<Put>& puts) {
    Outcomes outcomes;
    for (auto& put : puts) {
        const auto info = put.get();
        ++outcomes[info ? std::nullopt : std::optional(info.error().code)];
    }
    return outcomes;
}

class FilesObjectStoreTest : public testing::Test {
protected:
    FilesObjectStoreTest() { reopen(); }
    ~FilesObjectStoreTest() override { pool_.join(); }

    void reopen(FilesObjectStore::Limits limits = {}) {
        store_.reset();
        store_ = std::make_unique<FilesObjectStore>(root_, pool_, clock_, limits);
    }

    /// Runs a call of the store to its end.
    template <class T>
    T await(asio::awaitable<T> call) {
        asio::io_context context;
        return async::testing::run_to_end(context, std::move(call));
    }

    Result<ports::ObjectInfo> put(const std::string& key, std::string bytes,
                                  ports::PutOptions options = {}) {
        return await(store_->put(domain::ObjectKey{key}, std::move(bytes), std::move(options)));
    }
    Result<std::string> get(const std::string& key) {
        return await(store_->get(domain::ObjectKey{key}, 100'000'000));
    }
    Result<ports::ObjectInfo> head(const std::string& key) {
        return await(store_->head(domain::ObjectKey{key}));
    }

    fs::path file_of(const std::string& key) { return root_ / "objects" / object_path(key); }
    std::size_t incoming() {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(root_ / "incoming"), fs::directory_iterator{}));
    }

    const TemporaryDirectory directory_;
    const fs::path& root_ = directory_.path();
    asio::thread_pool pool_{2};
    FixedClock clock_;
    std::unique_ptr<FilesObjectStore> store_;
};

ports::ObjectAttributes full_attributes() {
    return {.content_type = "text/plain; charset=\"utf-8\"",
            .system_headers = {{"content-disposition", "attachment; filename=\"a\\b\""},
                               {"cache-control", "no-store"}},
            .user_metadata = {{"title", "Ein \xC3\x9C"}, {"raw", "\xFF\x01"}, {"empty", ""}},
            .checksum = std::pair<std::string, std::string>{"crc32", "NjowIA=="}};
}

TEST_F(FilesObjectStoreTest, KeepsBytesAndAttributesAcrossRestarts) {
    const auto stored = put("docs/a b.txt", "hello\n", {.attributes = full_attributes()});
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_EQ(stored->etag.value(), "b1946ac92492d2347c6235b4d2611184");
    reopen();
    const auto info = head("docs/a b.txt");
    ASSERT_TRUE(info) << info.error().message;
    EXPECT_EQ(info->key.value(), "docs/a b.txt");
    EXPECT_EQ(info->size_bytes, 6U);
    EXPECT_EQ(info->etag, stored->etag);
    EXPECT_EQ(info->last_modified, clock_.now());
    const auto wanted = full_attributes();
    EXPECT_EQ(info->attributes.content_type, wanted.content_type);
    EXPECT_EQ(info->attributes.system_headers, wanted.system_headers);
    EXPECT_EQ(info->attributes.user_metadata, wanted.user_metadata);
    EXPECT_EQ(info->attributes.checksum, wanted.checksum);
    EXPECT_EQ(get("docs/a b.txt").value(), "hello\n");
    EXPECT_EQ(incoming(), 0U);
}

TEST_F(FilesObjectStoreTest, EveryLegalKeyIsAnObjectOfItsOwn) {
    const std::string long_segment(1000, 'x');
    const std::vector<std::string> keys = {
        "a",        "a/b",  "a/b/c",      "a//b",       "/a",
        "a/",       "/",    "//",         ".",          "..",
        "a/..",     "../a", "a/../b",     "%",          "%2F",
        "a%2Fb",    "a\nb", "ü/日本",     "a ",         " a",
        "a.object", "A",    "a.object/b", long_segment, long_segment + "/y",
        "-rf",      "*"};
    for (const auto& key : keys) {
        const auto stored = put(key, "bytes of " + key);
        ASSERT_TRUE(stored) << key << ": " << stored.error().message;
    }
    for (const auto& key : keys) EXPECT_EQ(get(key).value(), "bytes of " + key);
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
        files += entry.is_regular_file() ? 1 : 0;
    }
    EXPECT_EQ(files, keys.size());
}

TEST_F(FilesObjectStoreTest, MissingIsNotFound) {
    ASSERT_TRUE(put("a/b", "x"));
    for (const auto* key : {"b", "a", "a/c", "a/b/c", "c/d/e"}) {
        EXPECT_EQ(head(key).error().code, Errc::not_found) << key;
        EXPECT_EQ(get(key).error().code, Errc::not_found) << key;
    }
}

TEST_F(FilesObjectStoreTest, GetRefusesMoreThanAsked) {
    ASSERT_TRUE(put("a", "12345"));
    EXPECT_EQ(await(store_->get(domain::ObjectKey{"a"}, 4)).error().code, Errc::too_large);
    EXPECT_TRUE(await(store_->get(domain::ObjectKey{"a"}, 5)));
}

TEST_F(FilesObjectStoreTest, CreateOnlyDoesNotReplace) {
    EXPECT_TRUE(put("a", "first", {.mode = ports::PutMode::create_only}));
    EXPECT_EQ(put("a", "second", {.mode = ports::PutMode::create_only}).error().code,
              Errc::conflict);
    EXPECT_EQ(get("a").value(), "first");
    EXPECT_TRUE(put("a", "third"));
    EXPECT_EQ(get("a").value(), "third");
    EXPECT_EQ(incoming(), 0U);
}

TEST_F(FilesObjectStoreTest, AnOpenObjectOutlivesItsReplacement) {
    ASSERT_TRUE(put("a", "old bytes"));
    const auto object = await(store_->open(domain::ObjectKey{"a"}));
    ASSERT_TRUE(object);
    ASSERT_TRUE(put("a", "new"));
    ASSERT_TRUE(await(store_->remove(domain::ObjectKey{"a"})));
    std::string bytes(object->info.size_bytes, '\0');
    EXPECT_EQ(::pread(object->file.get(), bytes.data(), bytes.size(), 0), 9);
    EXPECT_EQ(bytes, "old bytes");
    EXPECT_EQ(get("a").error().code, Errc::not_found);
}

TEST_F(FilesObjectStoreTest, RemovingTwiceSucceeds) {
    ASSERT_TRUE(put("a/b", "x"));
    EXPECT_TRUE(await(store_->remove(domain::ObjectKey{"a/b"})));
    EXPECT_TRUE(await(store_->remove(domain::ObjectKey{"a/b"})));
    EXPECT_TRUE(await(store_->remove(domain::ObjectKey{"never/was"})));
    EXPECT_EQ(head("a/b").error().code, Errc::not_found);
}

struct Streamed {
    Result<ports::ObjectInfo> info = fail(Errc::internal, "not committed");
    std::string md5;
    std::string crc32c;
};

asio::awaitable<Streamed> stream(ports::ObjectStore& store, std::string bytes, std::size_t cut,
                                 ports::PutOptions options) {
    Streamed out;
    auto writer = co_await store.begin_put(domain::ObjectKey{"big"}, std::move(options));
    if (!writer) {
        out.info = std::unexpected(writer.error());
        co_return out;
    }
    for (std::size_t at = 0; at < bytes.size(); at += cut) {
        const auto written = co_await (*writer)->write(std::string_view(bytes).substr(at, cut));
        if (!written) {
            out.info = std::unexpected(written.error());
            co_return out;
        }
    }
    const auto flushed = co_await (*writer)->flush();
    if (!flushed) {
        out.info = std::unexpected(flushed.error());
        co_return out;
    }
    out.md5 = to_hex((*writer)->digest("md5"));
    out.crc32c = to_base64((*writer)->digest("crc32c"));
    out.info = co_await (*writer)->commit();
    co_return out;
}

TEST_F(FilesObjectStoreTest, StreamsOfAnySizeInAnyCut) {
    std::string all(1'000'000, '\0');
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<char>(i * 31 + i / 977);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{262'143}, std::size_t{262'144},
          std::size_t{262'145}, std::size_t{524'288}, all.size()}) {
        for (const std::size_t cut : {std::size_t{9'973}, std::size_t{65'536}, all.size()}) {
            const auto bytes = all.substr(0, size);
            const auto out = await(stream(*store_, bytes, cut,
                                          {.digests = {"md5", "crc32c"}, .kept_digest = "crc32c"}));
            ASSERT_TRUE(out.info) << out.info.error().message;
            Digest md5(DigestKind::md5);
            md5.update(bytes);
            EXPECT_EQ(out.md5, to_hex(md5.finish()));
            EXPECT_EQ(out.info->etag.value(), out.md5);
            ASSERT_TRUE(out.info->attributes.checksum);
            EXPECT_EQ(out.info->attributes.checksum->second, out.crc32c);
            EXPECT_EQ(head("big")->attributes.checksum, out.info->attributes.checksum);
            EXPECT_EQ(get("big").value(), bytes);
        }
    }
    EXPECT_EQ(incoming(), 0U);
}

asio::awaitable<std::monostate> begin_and_drop(ports::ObjectStore& store) {
    ports::PutOptions options;
    auto writer = co_await store.begin_put(domain::ObjectKey{"dropped"}, std::move(options));
    const std::string bytes(600'000, 'x');
    (void)co_await (*writer)->write(bytes);
    co_return std::monostate{};
}

TEST_F(FilesObjectStoreTest, ADroppedUploadLeavesNoTrace) {
    await(begin_and_drop(*store_));
    pool_.join();
    EXPECT_EQ(incoming(), 0U);
    EXPECT_FALSE(fs::exists(file_of("dropped")));
}

TEST_F(FilesObjectStoreTest, RefusesWhatIsOverTheLimit) {
    reopen({.object_bytes_max = 10});
    EXPECT_TRUE(put("a", std::string(10, 'x')));
    EXPECT_EQ(put("a", std::string(11, 'x')).error().code, Errc::too_large);
    EXPECT_EQ(await(stream(*store_, std::string(11, 'x'), 3, {})).info.error().code,
              Errc::too_large);
}

TEST_F(FilesObjectStoreTest, RefusesAnUnknownDigest) {
    EXPECT_EQ(await(stream(*store_, "x", 1, {.digests = {"md4"}})).info.error().code,
              Errc::invalid_argument);
}

TEST_F(FilesObjectStoreTest, StartRemovesWhatACrashLeft) {
    store_.reset();
    std::ofstream(root_ / "incoming" / "1-1") << "half";
    reopen();
    EXPECT_EQ(incoming(), 0U);
}

TEST_F(FilesObjectStoreTest, StartLeavesTheFilesOfARunningProcess) {
    std::ofstream(root_ / "incoming" / "1-1") << "half";
    const FilesObjectStore second(root_, pool_, clock_);
    EXPECT_EQ(incoming(), 1U);
}

TEST_F(FilesObjectStoreTest, DamageIsFoundOnOpening) {
    ASSERT_TRUE(put("a", std::string(5'000, 'c'), {.attributes = full_attributes()}));
    std::ifstream in(file_of("a"), std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(in), {}};
    const auto damage = [&](const std::string& bytes) {
        std::ofstream(file_of("a"), std::ios::binary | std::ios::trunc) << bytes;
        return head("a");
    };
    ASSERT_TRUE(damage(whole));
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{31}, std::size_t{5'000}, whole.size() - 1}) {
        EXPECT_EQ(damage(whole.substr(0, size)).error().code, Errc::corrupt) << size;
    }
    EXPECT_EQ(damage(whole + "x").error().code, Errc::corrupt);
    EXPECT_EQ(damage(whole.substr(1)).error().code, Errc::corrupt);
    // Every byte of the tail but the four that are always zero.
    for (std::size_t at = 5'000; at < whole.size(); ++at) {
        if (at >= whole.size() - 12 && at < whole.size() - 8) continue;
        auto bytes = whole;
        bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
        const auto info = damage(bytes);
        ASSERT_FALSE(info) << at;
        EXPECT_EQ(info.error().code, Errc::corrupt) << at << info.error().message;
    }
}

TEST_F(FilesObjectStoreTest, ABitThatFlippedAnywhereInTheContentIsFound) {
    // Beyond one piece of reading, so that each piece counts.
    const std::string bytes(300'000, 'b');
    ASSERT_TRUE(put("a", bytes));
    const auto verify = [this] {
        auto object = await(store_->open(domain::ObjectKey{"a"}));
        return await(store_->verify(*object));
    };
    ASSERT_TRUE(verify());
    for (const std::streamoff at : {0L, 150'000L, 299'999L}) {
        const auto flip = [this, at](char byte) {
            std::fstream file(file_of("a"), std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(at);
            file.put(byte);
        };
        flip('c');
        const auto sound = verify();
        ASSERT_FALSE(sound) << at;
        EXPECT_EQ(sound.error().code, Errc::corrupt);
        EXPECT_THAT(sound.error().message, testing::HasSubstr("object a"));
        EXPECT_EQ(get("a").error().code, Errc::corrupt);
        flip('b');
        EXPECT_EQ(get("a").value(), bytes);
    }
}

TEST_F(FilesObjectStoreTest, AnObjectFromBeforeTheChecksumIsVerifiedByItsEntityTag) {
    ASSERT_TRUE(put("a", "hello\n"));
    const auto object = await(store_->open(domain::ObjectKey{"a"}));
    const auto old_file = [&](std::string content) {
        std::ofstream(file_of("a"), std::ios::binary)
            << content + to_bytes(ObjectTail{.info = object->info, .content_crc32c = {}});
    };
    old_file("hello\n");
    EXPECT_EQ(get("a").value(), "hello\n");
    old_file("jello\n");
    EXPECT_EQ(get("a").error().code, Errc::corrupt);
}

TEST_F(FilesObjectStoreTest, NothingIsStoredInADirectoryThatWasReplaced) {
    ASSERT_TRUE(put("a", "x"));
    ASSERT_TRUE(store_->check_files());
    fs::rename(root_ / "objects", root_ / "away");
    fs::create_directory(root_ / "objects");
    EXPECT_FALSE(store_->check_files());
    const auto stored = put("b", "x");
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().code, Errc::unavailable);
    fs::remove_all(root_ / "objects");
    EXPECT_FALSE(put("c", "x"));
    fs::rename(root_ / "away", root_ / "objects");
    EXPECT_TRUE(put("d", "x"));
}

TEST_F(FilesObjectStoreTest, NoMoreCallsWaitThanTheLimitAllows) {
    reopen({.pool_threads = 2, .calls_max = 3});
    asio::io_context context;
    std::latch release(1);
    // Both threads of the pool are held, as by a disk that hangs.
    for (int n = 0; n < 2; ++n) asio::post(pool_, [&release] { release.wait(); });
    std::vector<Put> puts;
    for (int n = 0; n < 5; ++n) {
        puts.emplace_back(context,
                          store_->put(domain::ObjectKey{"k" + std::to_string(n)}, "x", {}));
    }
    context.poll();
    EXPECT_EQ(std::ranges::count_if(puts, &Put::done), 2);
    release.count_down();
    context.run();
    EXPECT_EQ(outcomes_of(puts), (Outcomes{{std::nullopt, 3}, {Errc::unavailable, 2}}));
    EXPECT_TRUE(put("later", "x"));
}

TEST_F(FilesObjectStoreTest, AFileOfAnotherKeyIsCorrupt) {
    ASSERT_TRUE(put("a", "x"));
    fs::rename(file_of("a"), file_of("b"));
    EXPECT_EQ(head("b").error().code, Errc::corrupt);
}

TEST_F(FilesObjectStoreTest, LongMetadataNeedsASecondRead) {
    ports::ObjectAttributes attributes;
    for (int i = 0; i < 100; ++i)
        attributes.user_metadata["m" + std::to_string(i)] = std::string(100, 'v');
    ASSERT_TRUE(put("a", "content", {.attributes = attributes}));
    EXPECT_EQ(head("a")->attributes.user_metadata, attributes.user_metadata);
}

TEST_F(FilesObjectStoreTest, LinksLeadNowhere) {
    ASSERT_TRUE(put("a", "x"));
    const auto outside = root_ / "outside";
    fs::create_directory(outside);
    fs::copy_file(file_of("a"), outside / "a.object");
    fs::create_directory_symlink(outside, root_ / "objects" / "link");
    fs::create_symlink(file_of("a"), root_ / "objects" / "b.object");
    EXPECT_EQ(head("link/a").error().code, Errc::corrupt);
    EXPECT_EQ(head("b").error().code, Errc::corrupt);
    EXPECT_FALSE(put("link/new", "x"));
    EXPECT_FALSE(fs::exists(outside / "new.object"));
}

TEST_F(FilesObjectStoreTest, ManyUploadsAtOnceIntoNewDirectories) {
    asio::io_context context;
    std::vector<Put> puts;
    for (int i = 0; i < 64; ++i) {
        const domain::ObjectKey key{"jobs/" + std::to_string(i % 8) + "/deep/" + std::to_string(i)};
        puts.emplace_back(context, store_->put(key, "x", {}));
    }
    context.run();
    EXPECT_EQ(outcomes_of(puts), (Outcomes{{std::nullopt, 64}}));
    for (int i = 0; i < 64; ++i) {
        EXPECT_TRUE(head("jobs/" + std::to_string(i % 8) + "/deep/" + std::to_string(i)));
    }
}

TEST_F(FilesObjectStoreTest, OfManyCreatorsOneWins) {
    asio::io_context context;
    std::vector<Put> puts;
    for (int i = 0; i < 16; ++i) {
        puts.emplace_back(context, store_->put(domain::ObjectKey{"same"}, "x",
                                               {.mode = ports::PutMode::create_only}));
    }
    context.run();
    EXPECT_EQ(outcomes_of(puts), (Outcomes{{std::nullopt, 1}, {Errc::conflict, 15}}));
}

TEST_F(FilesObjectStoreTest, ARemovedObjectTakesItsEmptyDirectoriesAlong) {
    ASSERT_TRUE(put("documents/job-1/0-a.md", "a"));
    ASSERT_TRUE(put("documents/job-1/0-b.md", "b"));
    ASSERT_TRUE(put("documents/job-2/0-a.md", "a"));
    ASSERT_TRUE(await(store_->remove(domain::ObjectKey{"documents/job-1/0-a.md"})));
    EXPECT_TRUE(fs::exists(root_ / "objects/documents/job-1"));
    ASSERT_TRUE(await(store_->remove(domain::ObjectKey{"documents/job-1/0-b.md"})));
    EXPECT_FALSE(fs::exists(root_ / "objects/documents/job-1"));
    ASSERT_TRUE(await(store_->remove(domain::ObjectKey{"documents/job-2/0-a.md"})));
    EXPECT_FALSE(fs::exists(root_ / "objects/documents"));
    EXPECT_TRUE(put("documents/job-1/0-a.md", "again"));
}

TEST_F(FilesObjectStoreTest, ManyAreRemovedAtOnceWhetherTheyAreThereOrNot) {
    std::vector<domain::ObjectKey> keys;
    for (int n = 0; n < 50; ++n) {
        const auto key = fmt::format("sidecars/{}/{}.json", n % 5, n);
        if (n % 2 == 0) {
            ASSERT_TRUE(put(key, "x"));
        }
        keys.emplace_back(key);
    }
    ASSERT_TRUE(put("sidecars/0/stays.json", "x"));
    ASSERT_TRUE(await(store_->remove_all(keys)));
    EXPECT_TRUE(head("sidecars/0/stays.json"));
    for (const auto& key : keys) EXPECT_FALSE(head(key.value()));
    EXPECT_TRUE(await(store_->remove_all(keys)));
}

// A directory that is removed, being empty, while somebody is about to store into it.
TEST_F(FilesObjectStoreTest, StoringAndRemovingInOneDirectoryDoNotMeet) {
    constexpr int kRounds = 300;
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([this, thread, &failures] {
            const domain::ObjectKey key{fmt::format("documents/shared/deep/{}.md", thread)};
            for (int round = 0; round < kRounds; ++round) {
                asio::io_context context;
                if (!async::testing::run_to_end(context, store_->put(key, "x", {}))) ++failures;
                if (!async::testing::run_to_end(context, store_->remove(key))) ++failures;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(failures, 0);
}

TEST_F(FilesObjectStoreTest, AWalkSeesEveryObjectOnce) {
    std::vector<std::string> keys;
    for (int n = 0; n < 25; ++n) keys.push_back(fmt::format("uploads/u{}/{}//x.pdf", n % 3, n));
    keys.emplace_back("top");
    for (const auto& key : keys) ASSERT_TRUE(put(key, std::string(5000, 'x')));
    std::ofstream(root_ / "objects" / "foreign") << "no object of ours";
    fs::create_symlink("/etc/passwd", root_ / "objects" / "link.object");

    const auto walk = store_->walk();
    std::vector<std::string> seen;
    while (true) {
        const auto batch = await(walk->next(4));
        ASSERT_TRUE(batch) << batch.error().message;
        if (batch->empty()) break;
        EXPECT_LE(batch->size(), 4U);
        for (const auto& object : *batch) {
            EXPECT_GE(object.stored_bytes, 4096U);
            seen.push_back(object.key.value());
        }
    }
    EXPECT_THAT(seen, testing::UnorderedElementsAreArray(keys));
}

}  // namespace
}  // namespace ingestor::files
