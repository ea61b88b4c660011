// Turns the documents named into Markdown, chunks and sidecar, in this process, as the helper does.
// Usage: extract_bench [--pages] FILE…   --pages prints how many pages they have in all.
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

#include <fmt/format.h>

#include "extract/pipeline/extract.hpp"

int main(int argc, char** argv) {
    const bool count_pages = argc > 1 && std::strcmp(argv[1], "--pages") == 0;
    ingestor::extract::pipeline::warm_up();
    std::uint64_t pages = 0;
    for (int i = count_pages ? 2 : 1; i < argc; ++i) {
        std::ifstream in(argv[i], std::ios::binary);
        std::stringstream bytes;
        bytes << in.rdbuf();
        const auto content = bytes.str();
        const ingestor::extract::pipeline::Input input{
            .bytes = content,
            .filename = argv[i],
            .source_uri = "file://bench",
            .outputs = ingestor::formats::stored_outputs()};
        const auto output = ingestor::extract::pipeline::extract(input, [](std::uint32_t) {});
        if (!output) {
            fmt::print(stderr, "{}: {}\n", argv[i], output.error().message);
            return 1;
        }
        pages += output->pages.value_or(1);
    }
    if (count_pages) fmt::print("{}\n", pages);
    return 0;
}
