#include "documents/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ingestor::documents {
namespace {

Done some_done() {
    return {
        .outputs = {{formats::OutputKind::markdown, 1}, {formats::OutputKind::docling, 1ULL << 40}},
        .words = 4,
        .pages = 5,
        .format = "pdf",
        .content_type = "application/pdf",
        .sha256 = "ab12",
        .warnings = {"page 2 holds a picture only", ""}};
}

std::vector<Reply> replies() {
    SandboxStatus sandbox;
    sandbox.layers = {{SandboxLayer::file_system, LayerState::active, "Landlock ABI 4"},
                      {SandboxLayer::non_dumpable, LayerState::left_out, ""}};
    auto no_pages = some_done();
    no_pages.pages.reset();
    return {Hello{.version = 7, .sandbox = sandbox},
            Hello{},
            Progress{.pages_done = 12},
            some_done(),
            no_pages,
            Failed{.code = Errc::corrupt, .message = "größer als erlaubt"},
            Forked{.pid = 4711},
            ForkFailed{.message = "Resource temporarily unavailable"}};
}

TEST(Messages, EveryReplyComesBackAsItWas) {
    for (const auto& reply : replies()) {
        const auto decoded = decode_reply(encode(reply));
        ASSERT_TRUE(decoded);
        EXPECT_EQ(*decoded, reply);
    }
}

TEST(Messages, AJobComesBackAsItWas) {
    const Job job{.size_bytes = 1ULL << 33,
                  .output_bytes_max = 9,
                  .memory_bytes_max = 1ULL << 29,
                  .filename = "Übersicht.pdf",
                  .source_uri = "s3://bucket/key",
                  .chunks_key = "sidecars/j/0-a.chunks.jsonl",
                  .outputs = {formats::OutputKind::chunks, formats::OutputKind::html}};
    const auto decoded = decode_job(encode(job));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, job);
}

TEST(Messages, AReplyCutAnywhereIsRefused) {
    for (const auto& reply : replies()) {
        const auto message = encode(reply);
        for (std::size_t size = 0; size < message.size(); ++size) {
            EXPECT_FALSE(decode_reply(message.substr(0, size))) << size;
        }
        EXPECT_FALSE(decode_reply(message + '\0'));
    }
}

TEST(Messages, AJobCutAnywhereIsRefused) {
    const auto message = encode(Job{
        .size_bytes = 1, .filename = "a", .source_uri = "b", .outputs = formats::stored_outputs()});
    for (std::size_t size = 0; size < message.size(); ++size) {
        EXPECT_FALSE(decode_job(message.substr(0, size))) << size;
    }
    EXPECT_FALSE(decode_job(message + "x"));
}

TEST(Messages, NoSingleByteChangedBreaksTheServer) {
    for (const auto& reply : replies()) {
        const auto message = encode(reply);
        for (std::size_t i = 0; i < message.size(); ++i) {
            for (int value = 0; value < 256; ++value) {
                auto changed = message;
                changed[i] = static_cast<char>(value);
                const auto decoded = decode_reply(changed);
                // Whatever is let through says the same when it is said again.
                if (decoded) {
                    EXPECT_EQ(encode(*decoded), changed);
                }
            }
        }
    }
}

struct Hostile {
    const char* name;
    std::string message;
};

class HostileReply : public testing::TestWithParam<Hostile> {};

TEST_P(HostileReply, IsRefused) {
    EXPECT_FALSE(decode_reply(GetParam().message));
}

std::string bytes(std::initializer_list<int> values) {
    std::string text;
    for (const int value : values) text += static_cast<char>(value);
    return text;
}

INSTANTIATE_TEST_SUITE_P(
    Messages, HostileReply,
    testing::Values(
        Hostile{"Nothing", ""}, Hostile{"UnknownKind", "\x09"},
        Hostile{"AJob", encode(Job{.size_bytes = 1, .filename = "a", .source_uri = "b"})},
        Hostile{"UnknownErrorCode", bytes({5, 99, 0, 0, 0, 0})},
        Hostile{"MessageThatIsNoUtf8", bytes({5, 0, 2, 0, 0, 0, 0xC3, 0x28})},
        Hostile{"LengthBeyondTheMessage", bytes({5, 0, 0xFF, 0xFF, 0xFF, 0xFF, 'x'})},
        Hostile{"MoreLayersThanThereAre", bytes({2, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F})},
        Hostile{"UnknownLayer", bytes({2, 1, 0, 0, 0, 1, 0, 0, 0, 77, 0, 0, 0, 0, 0})},
        Hostile{"UnknownState", bytes({2, 1, 0, 0, 0, 1, 0, 0, 0, 0, 3, 0, 0, 0, 0})}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Messages, LongTextIsCutAtTheBorderOfACharacter) {
    Failed failed{.code = Errc::corrupt, .message = std::string(kNameBytesMax - 1, 'x') + "ü"};
    const auto decoded = decode_reply(encode(Reply(failed)));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(std::get<Failed>(*decoded).message, std::string(kNameBytesMax - 1, 'x'));
}

TEST(Messages, WarningsBeyondTheLimitStayInTheSidecar) {
    auto done = some_done();
    done.warnings.assign(kWarningsMax + 10, std::string(kWarningBytesMax * 2, 'w'));
    const auto message = encode(Reply(done));
    EXPECT_LE(message.size(), kReplyMessageBytesMax);
    const auto decoded = decode_reply(message);
    ASSERT_TRUE(decoded);
    EXPECT_THAT(std::get<Done>(*decoded).warnings,
                testing::AllOf(testing::SizeIs(kWarningsMax),
                               testing::Each(testing::SizeIs(kWarningBytesMax))));
}

TEST(SandboxStatus, IsCompleteOnlyWithEveryLayerActive) {
    SandboxStatus status;
    EXPECT_FALSE(status.complete());
    status.layers = {{SandboxLayer::privileges, LayerState::active, ""}};
    EXPECT_TRUE(status.complete());
    status.layers.push_back({SandboxLayer::network, LayerState::unavailable, "Landlock ABI 2"});
    EXPECT_FALSE(status.complete());
    EXPECT_EQ(status.summary(), "privileges active, network unavailable (Landlock ABI 2)");
}

}  // namespace
}  // namespace ingestor::documents
