#include "sqlite/row_codec.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/uuid.hpp"

namespace ingestor::sqlite {

std::optional<JobKey> JobKey::of(const domain::JobId& job_id) {
    if (!is_uuid(job_id.value())) return std::nullopt;
    const auto nibble = [](char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; };
    JobKey key;
    std::size_t place = 0;
    for (const char digit : job_id.value()) {
        if (digit == '-') continue;
        auto& byte = key.bytes_.at(place / 2);
        byte = static_cast<char>((static_cast<unsigned char>(byte) << 4) | nibble(digit));
        ++place;
    }
    return key;
}

KeyRange::KeyRange(std::string_view text) {
    constexpr std::string_view kLeast = "00000000-0000-0000-0000-000000000000";
    constexpr std::string_view kMost = "ffffffff-ffff-ffff-ffff-ffffffffffff";
    if (text.size() > kLeast.size()) return;
    const auto least =
        JobKey::of(domain::JobId{std::string(text).append(kLeast.substr(text.size()))});
    const auto most =
        JobKey::of(domain::JobId{std::string(text).append(kMost.substr(text.size()))});
    if (!least || !most) return;
    first_ = least->bytes();
    last_ = most->bytes();
}

domain::ObjectKey object_key_at(const Query& row, int column) {
    auto key = domain::ObjectKey::parse(row.text(column));
    if (!key) {
        throw StorageFailure{
            {.code = Errc::corrupt, .message = "the database: " + key.error().message}};
    }
    return std::move(*key);
}

domain::JobId job_id_of(std::string_view bytes) {
    auto text = to_hex(bytes);
    for (const std::size_t dash : {8U, 13U, 18U, 23U})
        text.insert(std::min(dash, text.size()), "-");
    return domain::JobId{std::move(text)};
}

std::string join_resources(const std::vector<std::string>& resources) {
    std::string text;
    for (const auto& resource : resources) text += resource + '\n';
    return text;
}

std::vector<std::string> split_resources(std::string_view text) {
    std::vector<std::string> resources;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        resources.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return resources;
}

}  // namespace ingestor::sqlite
