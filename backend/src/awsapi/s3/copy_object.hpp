#pragma once

#include "awsapi/s3/asked.hpp"
#include "awsapi/s3/copy_source.hpp"
#include "objects/indexed_objects.hpp"

namespace ingestor::awsapi::s3 {

/// CopyObject. The bytes are not touched, so that an object of any size is copied at once; the
/// entity tag is the source's. Errors: as S3's, NotImplemented for another checksum than it has.
Answer copy_object(objects::IndexedObjects& objects, Asked asked, CopySource source);

}  // namespace ingestor::awsapi::s3
