#include "documents/preloaded_files.hpp"

#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <system_error>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_descriptor.hpp"

namespace {

using Files = std::map<std::string, std::string_view, std::less<>>;

/// Not destroyed: libraries open files until the process ends.
Files& files() {
    static auto* const kFiles = new Files();
    return *kFiles;
}

std::string_view map_file(const std::filesystem::path& path) {
    const ingestor::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status{};
    if (!file || ::fstat(file.get(), &status) != 0 || status.st_size <= 0) return {};
    const auto size = static_cast<std::size_t>(status.st_size);
    void* const bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (bytes == MAP_FAILED) return {};
    return {static_cast<const char*>(bytes), size};
}

std::FILE* open_file(const char* path, const char* mode) {
    const auto place = files().find(std::string_view(path));
    if (place != files().end()) {
        // Opened for reading, it is not written to.
        return ::fmemopen(const_cast<char*>(place->second.data()), place->second.size(), "r");
    }
    using Fopen = std::FILE* (*)(const char*, const char*);
    static const auto kFopen = reinterpret_cast<Fopen>(::dlsym(RTLD_NEXT, "fopen"));
    return kFopen(path, mode);
}

}  // namespace

extern "C" {
// In place of the C library's, for the program and all that it has loaded.
std::FILE* fopen(const char* path, const char* mode) {
    return open_file(path, mode);
}
std::FILE* fopen64(const char* path, const char* mode) {
    return open_file(path, mode);
}
}

namespace ingestor::documents {

namespace fs = std::filesystem;

std::size_t preload_files(const fs::path& directory) {
    std::error_code error;
    fs::recursive_directory_iterator entry(directory, error);
    std::size_t loaded = 0;
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (!entry->is_regular_file(error)) continue;
        const auto bytes = map_file(entry->path());
        if (bytes.empty()) continue;
        files().insert_or_assign(entry->path().string(), bytes);
        ++loaded;
    }
    return loaded;
}

}  // namespace ingestor::documents
