#pragma once

namespace ingestor {

/// Loads the C library's converters for the encodings that XML comes in besides UTF-8 and UTF-16,
/// and keeps them: the library would look for their files when a document first names one.
void load_converters();

}  // namespace ingestor
