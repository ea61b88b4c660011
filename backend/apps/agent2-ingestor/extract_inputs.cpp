#include "extract_inputs.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ingestor::cli {

namespace fs = std::filesystem;

namespace {

bool is_hidden(const fs::path& path) {
    return path.filename().native().starts_with('.');
}

/// The files of a folder, in the order of their paths, so that each run is like the last. A folder
/// within it that cannot be read hides no other.
void walk(const fs::path& root, const fs::path& output_directory, ExtractInputs& out) {
    std::error_code unknown;
    const fs::path skipped = fs::weakly_canonical(output_directory, unknown);
    std::vector<fs::path> files;
    std::vector<fs::path> folders = {root};
    while (!folders.empty()) {
        const fs::path folder = std::move(folders.back());
        folders.pop_back();
        std::error_code error;
        for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
             at.increment(error)) {
            const fs::path& path = at->path();
            if (is_hidden(path)) continue;
            if (at->is_regular_file(unknown)) {
                files.push_back(path);
            } else if (at->is_directory(unknown) && !at->is_symlink(unknown) &&
                       (output_directory.empty() ||
                        fs::weakly_canonical(path, unknown) != skipped)) {
                folders.push_back(path);
            }
        }
        if (error) {
            out.unreadable.push_back({.code = Errc::invalid_argument,
                                      .message = folder.string() + ": " + error.message()});
        }
    }
    std::ranges::sort(files);
    for (const fs::path& file : files) {
        out.documents.push_back({.path = file, .output = file.lexically_relative(root)});
    }
}

std::string cause() {
    return std::strerror(errno);
}

Result<OpenDocument> read_pipe(int from, std::uint64_t bytes_max) {
    OpenDocument out{.file = FileDescriptor(::memfd_create("document", MFD_CLOEXEC))};
    if (!out.file) return fail(Errc::invalid_argument, "no memory to read it into: " + cause());
    std::array<char, 64 * 1024> buffer;
    while (true) {
        const ssize_t count = ::read(from, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(Errc::invalid_argument, cause());
        if (count == 0) return out;
        out.size_bytes += static_cast<std::uint64_t>(count);
        if (out.size_bytes > bytes_max) {
            return fail(Errc::too_large, "larger than " + std::to_string(bytes_max >> 20) + " MB");
        }
        for (ssize_t done = 0; done < count;) {
            const ssize_t written = ::write(out.file.get(), buffer.data() + done,
                                            static_cast<std::size_t>(count - done));
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return fail(Errc::invalid_argument, cause());
            done += written;
        }
    }
}

}  // namespace

ExtractInputs expand_inputs(const std::vector<std::string>& arguments,
                            const fs::path& output_directory) {
    ExtractInputs out;
    for (const std::string& argument : arguments) {
        std::error_code error;
        if (argument != "-" && fs::is_directory(argument, error)) {
            walk(argument, output_directory, out);
        } else {
            out.documents.push_back({.path = argument, .output = fs::path(argument).filename()});
        }
    }
    return out;
}

Result<OpenDocument> open_document(const fs::path& path, std::uint64_t bytes_max) {
    FileDescriptor file;
    if (path != "-") {
        file = FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file) return fail(Errc::invalid_argument, cause());
    }
    const int descriptor = file ? file.get() : STDIN_FILENO;
    struct stat status{};
    if (::fstat(descriptor, &status) != 0) return fail(Errc::invalid_argument, cause());
    if (S_ISDIR(status.st_mode)) return fail(Errc::invalid_argument, "it is a folder");
    // Of a redirected file, stdin may be at any place of it; files of the kernel have no size.
    if (!S_ISREG(status.st_mode) || status.st_size == 0 || path == "-") {
        return read_pipe(descriptor, bytes_max);
    }
    return OpenDocument{.file = std::move(file),
                        .size_bytes = static_cast<std::uint64_t>(status.st_size)};
}

}  // namespace ingestor::cli
