#include "objects/object_files.hpp"

#include <fmt/format.h>

#include "base/uuid.hpp"

namespace ingestor::objects {

domain::ObjectKey new_object_file() {
    const auto id = uuid_v4();
    // 256 folders, so that none grows long and none comes and goes.
    return domain::ObjectKey(fmt::format("{}{}/{}", kObjectFiles, id.substr(0, 2), id));
}

bool is_object_file(std::string_view name) {
    constexpr std::size_t kFolder = 3;
    return name.starts_with(kObjectFiles) && name.size() > kObjectFiles.size() + kFolder &&
           is_uuid(std::string(name.substr(kObjectFiles.size() + kFolder)));
}

}  // namespace ingestor::objects
