#include "base/encoding.hpp"
#include "files/object_path.hpp"
#include "fuzz.hpp"

/// A key of an object; and the path of a file that may be one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ingestor;
    using namespace ingestor::files;
    using fuzz::require;
    const auto text = fuzz::Input(data, size).rest();
    if (const auto key = object_key(text)) {
        require(object_path(*key) == text, "one path for a key");
    }
    constexpr std::size_t kKeyBytesMax = 1024;
    if (text.empty() || text.size() > kKeyBytesMax || !is_utf8(text) ||
        text.find('\0') != text.npos) {
        return 0;
    }
    const auto path = object_path(text);
    require(object_key(path) == text, "a key comes back from its path");
    require(!path.starts_with('/'), "a path stays below the root");
    for (std::string_view rest = path; !rest.empty();) {
        const auto segment = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(segment.size() + 1, rest.size()));
        require(!segment.empty() && segment != "." && segment != "..", "no step leads elsewhere");
        require(segment.size() <= 255, "names fit the file system");
    }
    return 0;
}
