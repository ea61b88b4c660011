#include "document_properties.hpp"
#include "extract/formats/csv/csv.hpp"
#include "fuzz.hpp"

/// A file of delimited text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ingestor;
    const auto bytes = fuzz::Input(data, size).rest();
    fuzz::check(extract::csv::parse_csv(bytes, fuzz::small_limits()));
    return 0;
}
