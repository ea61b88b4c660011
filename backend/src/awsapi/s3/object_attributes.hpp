#pragma once

#include "awsapi/s3/asked.hpp"
#include "objects/indexed_objects.hpp"

namespace ingestor::awsapi::s3 {

/// GetObjectAttributes: of the parts of an object their number alone is kept.
Answer get_object_attributes(objects::IndexedObjects& objects, Asked asked);

}  // namespace ingestor::awsapi::s3
