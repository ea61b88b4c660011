#pragma once

#include <boost/json/object.hpp>

#include "domain/job.hpp"
#include "jobs/job_service.hpp"

namespace ingestor::api {

/// A job as `GET /jobs/{job_id}` shows it: schema `Job` of the API description.
[[nodiscard]] boost::json::object to_json(const jobs::JobView& view);

/// A job as lists show it, without files and attempts: schema `JobSummary`.
[[nodiscard]] boost::json::object to_summary(const domain::Job& job);

}  // namespace ingestor::api
