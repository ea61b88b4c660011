#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "api_client.hpp"
#include "documents/sandbox_status.hpp"
#include "domain/names.hpp"
#include "formats/outputs.hpp"
#include "telemetry/log.hpp"

namespace ingestor::cli {

// Each command does its work, tells the person, and returns the process's exit status
// (exit_codes.hpp).

struct SubmitOptions {
    ServiceOptions service;
    std::vector<std::string> files;
    std::string job_name;
    bool wait = false;
    bool json = false;
    std::uint32_t preview_lines = 0;  ///< Of each document's Markdown, after --wait.
};
int submit(const SubmitOptions& options);

struct JobsOptions {
    ServiceOptions service;
    std::string status;
    std::string job_id;
    std::vector<std::string> job_ids;
    std::uint32_t limit = 20;
    bool json = false;
};
int list_jobs(const JobsOptions& options);
int show_job(const JobsOptions& options);
int retry_job(const JobsOptions& options);
int cancel_job(const JobsOptions& options);
/// Each of `job_ids`; goes on after one that is refused, and says so.
int delete_jobs(const JobsOptions& options);

struct BusOptions {
    ServiceOptions service;
    std::vector<std::int64_t> ids;
    bool all = false;
    std::uint32_t limit = 100;
    bool json = false;
};
int list_rules(const BusOptions& options);
int list_dead_letters(const BusOptions& options);
int redrive(const BusOptions& options);

struct ExtractOptions {
    std::vector<std::string> files;  ///< Or folders; "-" is standard input.
    std::string name;                ///< Of standard input; a hint of its format.
    std::string output_directory;    ///< Empty: one document, which is printed.
    formats::OutputKind format = formats::OutputKind::markdown;
    documents::SandboxPolicy sandbox = documents::SandboxPolicy::automatic;
};
/// Goes on after a document that fails, and says so.
int extract_files(const ExtractOptions& options);

struct MatchOptions {
    std::string rules;   ///< A file of `{"name": NAME, "pattern": {…}}` lines, or one object.
    std::string events;  ///< A file of one event a line.
    bool bench = false;  ///< Measures it, too.
};
/// Which rules match which events, as counts a rule and a digest of all matches. No server.
int match(const MatchOptions& options);

struct TokenOptions {
    std::string data = "data";
    std::string user = "local";
    std::chrono::seconds lifetime{3600};
    bool for_metrics = false;  ///< Reads `/metrics` and nothing else.
    std::string revoke;        ///< A token or its `jti`, to be ended; empty: none.
    bool revoke_all = false;   ///< Ends every token that was issued until now.
};
/// Mints a token, or revokes one or all.
int run_token(const TokenOptions& options);

struct EnvOptions {
    std::string data = "data";
    bool as_operator = false;  ///< With the key for the whole bucket.
};
int print_env(const EnvOptions& options);

struct BackupOptions {
    std::string data = "data";
    std::string destination;
};
/// A consistent copy of a data directory, whether a server runs on it or not.
int backup(const BackupOptions& options);

enum class AuthMode { local, oidc, none };
struct ServeOptions {
    std::string data = "data";
    std::string listen = "127.0.0.1:8080";
    std::string public_url;  ///< Where clients reach it; empty: http:// and the listener.
    domain::Names names;
    std::string bucket;     ///< S3_BUCKET; empty: as the names say.
    std::string event_bus;  ///< EVENT_BUS_NAME; empty: as the names say.
    AuthMode auth = AuthMode::local;
    std::string oidc_issuer;            ///< Or from the user pool.
    std::string oidc_audience;          ///< The client id.
    std::string user_pool;              ///< COGNITO_USER_POOL_ID.
    std::string operators;              ///< The group of the issuer whose members are operators.
    std::uint32_t workers = 0;          ///< Documents at once; 0: as many as cores.
    std::uint32_t jobs_at_once = 1000;  ///< 0: jobs are accepted and left queued.
    std::uint32_t keep_jobs_days = 30;  ///< Ended jobs go after so many days; 0: never.
    std::uint64_t quota_jobs = 0;       ///< Jobs that one user may have; 0: no limit.
    std::uint64_t quota_bytes = 0;      ///< Bytes of their documents; 0: no limit.
    double rate_limit = 1000;           ///< Requests a second of one caller; 0: no limit.
    std::uint32_t connections = 0;      ///< 0: what the descriptors are enough for.
    std::uint32_t connections_per_address = 0;  ///< Where room is short; 0: half of all.
    std::vector<std::string> private_targets;   ///< Networks that API destinations may reach.
    std::vector<std::string> allowed_origins;
    std::string log_format;  ///< json, human; empty: human on a terminal.
    telemetry::LogLevel log_level = telemetry::LogLevel::info;
    documents::SandboxPolicy sandbox = documents::SandboxPolicy::automatic;
};
int serve(const ServeOptions& options);

struct LambdaOptions {
    std::string runtime_api;  ///< AWS_LAMBDA_RUNTIME_API: `host:port`.
    telemetry::LogLevel log_level = telemetry::LogLevel::info;
};
/// The function on AWS Lambda; what else it needs to know it reads from its environment.
int run_lambda(const LambdaOptions& options);

}  // namespace ingestor::cli
