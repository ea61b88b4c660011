#include "extract/container/zip_package.hpp"

#include <algorithm>
#include <utility>

#include <zip.h>

#include "extract/text/utf8.hpp"

namespace ingestor::extract::container {
namespace {

struct FileCloser {
    void operator()(zip_file_t* file) const { (void)zip_fclose(file); }
};

Errc code_of(int zip_code) {
    switch (zip_code) {
        case ZIP_ER_NOPASSWD:
        case ZIP_ER_WRONGPASSWD:
        case ZIP_ER_ENCRNOTSUPP:
            return Errc::encrypted;
        case ZIP_ER_COMPNOTSUPP:
            return Errc::unsupported;
        case ZIP_ER_MEMORY:
            return Errc::too_large;
        default:
            return Errc::corrupt;
    }
}

std::string cause(Errc code) {
    if (code == Errc::encrypted) return " is encrypted";
    if (code == Errc::unsupported) return " is compressed by a method that is not read";
    if (code == Errc::too_large) return " needs more memory than there is";
    return " is damaged";
}

}  // namespace

void ZipPackage::Closer::operator()(zip* archive) const {
    zip_discard(archive);
}

Result<ZipPackage> ZipPackage::open(std::string_view bytes, std::uint64_t unpacked_bytes_max) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    zip_t* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error);
    zip_error_fini(&error);
    if (archive == nullptr) {
        if (source != nullptr) zip_source_free(source);
        return fail(Errc::corrupt, "the zip package is cut off or damaged");
    }
    ZipPackage package(archive, unpacked_bytes_max);
    // libzip finds a name regardless of its case by looking at all of them.
    // Entries that share bytes of the file can unpack to any size; packed sizes give them away.
    std::uint64_t packed = 0;
    const zip_int64_t entries = zip_get_num_entries(archive, 0);
    for (zip_int64_t i = 0; i < entries; ++i) {
        zip_stat_t stat;
        if (zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &stat) != 0) continue;
        if ((stat.valid & ZIP_STAT_COMP_SIZE) != 0)
            packed += std::min<std::uint64_t>(stat.comp_size, bytes.size() + 1);
        if (packed > bytes.size()) return fail(Errc::corrupt, "entries of the zip package overlap");
        if ((stat.valid & ZIP_STAT_NAME) != 0)
            package.entries_.try_emplace(text::to_lower_ascii(stat.name),
                                         static_cast<std::uint64_t>(i));
    }
    return package;
}

bool ZipPackage::has(const std::string& part) const {
    return entries_.contains(text::to_lower_ascii(part));
}

Result<std::string> ZipPackage::read(const std::string& part, std::uint64_t part_bytes_max) {
    const auto entry = entries_.find(text::to_lower_ascii(part));
    if (entry == entries_.end()) return fail(Errc::not_found, "the package has no part " + part);
    const std::uint64_t index = entry->second;
    zip_stat_t stat;
    if (zip_stat_index(archive_.get(), index, 0, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0) {
        return fail(Errc::corrupt, part + " is damaged");
    }
    const bool marked =
        (stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && stat.encryption_method != ZIP_EM_NONE;
    if (marked) return fail(Errc::encrypted, part + " is encrypted");
    const std::uint64_t most = std::min(part_bytes_max, unpacked_bytes_left_);
    if (stat.size > most) {
        return fail(Errc::too_large,
                    part + " unpacks to more than " +
                        (most == part_bytes_max ? "a part of its kind may" : "unpacked_bytes_max"));
    }
    const std::unique_ptr<zip_file_t, FileCloser> file(zip_fopen_index(archive_.get(), index, 0));
    if (!file) {
        const Errc code = code_of(zip_error_code_zip(zip_get_error(archive_.get())));
        return fail(code, part + cause(code));
    }
    std::string bytes(stat.size, '\0');
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const zip_int64_t got = zip_fread(file.get(), bytes.data() + filled, bytes.size() - filled);
        if (got <= 0) {
            const Errc code = got < 0 ? code_of(zip_error_code_zip(zip_file_get_error(file.get())))
                                      : Errc::corrupt;
            return fail(code, part + cause(code));
        }
        filled += static_cast<std::size_t>(got);
    }
    // Reading on past the claimed size finds the lie, and lets the checksum be checked.
    char more = 0;
    if (zip_fread(file.get(), &more, 1) != 0) {
        return fail(Errc::corrupt, part + " is damaged: its size or checksum is wrong");
    }
    unpacked_bytes_left_ -= bytes.size();
    return bytes;
}

}  // namespace ingestor::extract::container
