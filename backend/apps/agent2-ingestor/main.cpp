// The command line: what it takes is described here, what it does in the file of each command.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/printable.hpp"
#include "commands.hpp"
#include "duration.hpp"
#include "exit_codes.hpp"
#include "version.hpp"

namespace {

using namespace ingestor;
using namespace ingestor::cli;

constexpr const char* kFooter = R"text(
Exit status: 0 done; 1 the job or document failed; 2 wrong usage; 3 the service refused; 4 it did not answer.

First steps:
  agent2-ingestor serve                          start the service on 127.0.0.1:8080
  agent2-ingestor submit report.pdf --wait       upload, submit, wait, show what came of it
  agent2-ingestor extract report.pdf             one document to Markdown, without a server
  agent2-ingestor extract -o out folder/         all documents of a folder
  eval "$(agent2-ingestor env)"                  point the AWS CLI and SDKs at the service
)text";

void add_service_options(CLI::App& command, ServiceOptions& service) {
    command
        .add_option("--url", service.url,
                    "Where the service is; default: as its data directory says")
        ->envname("AGENT2_INGESTOR_URL");
    command
        .add_option("--token", service.token,
                    "Bearer token; default: minted from the data directory")
        ->envname("AGENT2_INGESTOR_TOKEN");
    command.add_option("--data", service.data, "The service's data directory")
        ->envname("AGENT2_INGESTOR_DATA")
        ->capture_default_str();
    command.add_option("--user", service.user, "Whom to be, where the token is minted")
        ->capture_default_str();
}

void add_sandbox(CLI::App& command, documents::SandboxPolicy& policy) {
    const std::map<std::string, documents::SandboxPolicy> policies = {
        {"required", documents::SandboxPolicy::required},
        {"best-effort", documents::SandboxPolicy::best_effort}};
    command
        .add_option("--sandbox", policy,
                    "Where the kernel lacks a layer of it: parse nothing, or parse behind the rest "
                    "(default: required where the kernel has all)")
        ->transform(CLI::CheckedTransformer(policies))
        ->type_name("required|best-effort")
        ->option_text("required|best-effort");
}

void add_log_level(CLI::App& command, telemetry::LogLevel& level) {
    command
        .add_option("--log-level", level, "Least level that is logged: debug, info, warn, error")
        ->transform(CLI::CheckedTransformer(
            std::map<std::string, telemetry::LogLevel>{{"debug", telemetry::LogLevel::debug},
                                                       {"info", telemetry::LogLevel::info},
                                                       {"warn", telemetry::LogLevel::warn},
                                                       {"error", telemetry::LogLevel::error}}))
        ->envname("AGENT2_INGESTOR_LOG_LEVEL")
        ->default_str("info");
}

int run(int argc, char** argv) {
    CLI::App app{
        "Documents in, Markdown and chunks out: API, event bus, stores and sandboxed workers in "
        "one binary."};
    app.footer(kFooter);
    app.set_version_flag("--version", std::string("agent2-ingestor ") + kVersion);
    app.require_subcommand(1);
    int status = kDone;

    ServeOptions serve_options;
    std::string auth = "local";
    auto* serve_command = app.add_subcommand("serve", "Run the service until SIGINT or SIGTERM");
    serve_command->add_option("--data", serve_options.data, "Where everything is kept")
        ->envname("AGENT2_INGESTOR_DATA")
        ->capture_default_str();
    serve_command
        ->add_option("--listen", serve_options.listen, "HOST:PORT; port 0 takes a free one")
        ->envname("AGENT2_INGESTOR_LISTEN")
        ->capture_default_str();
    serve_command
        ->add_option("--public-url", serve_options.public_url,
                     "Where clients reach it, if not at the listener")
        ->envname("AGENT2_INGESTOR_PUBLIC_URL");
    serve_command
        ->add_option("--environment", serve_options.names.environment,
                     "Ends every name: bus, rule, function")
        ->check(CLI::IsMember({"dev", "test", "main"}))
        ->envname("ENVIRONMENT")
        ->capture_default_str();
    serve_command
        ->add_option("--auth", auth, "Who issues tokens: this server, an OIDC issuer, or nobody")
        ->check(CLI::IsMember({"local", "oidc", "none"}))
        ->envname("AGENT2_INGESTOR_AUTH")
        ->capture_default_str();
    serve_command
        ->add_option("--oidc-issuer", serve_options.oidc_issuer, "Issuer URL, for --auth oidc")
        ->envname("OIDC_ISSUER");
    serve_command
        ->add_option("--oidc-audience", serve_options.oidc_audience,
                     "Audience or client id that tokens must name")
        ->envname("COGNITO_CLIENT_ID");
    serve_command
        ->add_option("--user-pool", serve_options.user_pool,
                     "Cognito user pool; implies its issuer")
        ->envname("COGNITO_USER_POOL_ID");
    serve_command
        ->add_option("--operators", serve_options.operators,
                     "With --auth oidc: the group whose members are operators (claims groups, "
                     "cognito:groups, roles)")
        ->envname("AGENT2_INGESTOR_OPERATORS");
    serve_command->add_option("--workers", serve_options.workers, "Document helpers; 0: one a core")
        ->check(CLI::Range(0, 256))
        ->capture_default_str();
    add_sandbox(*serve_command, serve_options.sandbox);
    serve_command
        ->add_option("--jobs-at-once", serve_options.jobs_at_once,
                     "Jobs in progress at once; 0 accepts jobs and leaves them queued")
        ->check(CLI::Range(0, 100'000))
        ->capture_default_str();
    serve_command
        ->add_option("--keep-jobs-days", serve_options.keep_jobs_days,
                     "Ended jobs go with their documents after so many days; 0: never")
        ->check(CLI::Range(0, 36'500))
        ->envname("AGENT2_INGESTOR_KEEP_JOBS_DAYS")
        ->capture_default_str();
    serve_command
        ->add_option("--quota-jobs", serve_options.quota_jobs,
                     "Jobs that one user may have; 0: no limit")
        ->envname("AGENT2_INGESTOR_QUOTA_JOBS")
        ->capture_default_str();
    serve_command
        ->add_option("--quota-bytes", serve_options.quota_bytes,
                     "Bytes that the documents of one user's jobs may take, such as 10GB; 0: no "
                     "limit")
        ->transform(CLI::AsSizeValue(false))
        ->envname("AGENT2_INGESTOR_QUOTA_BYTES")
        ->default_str("0");
    serve_command
        ->add_option("--rate-limit", serve_options.rate_limit,
                     "Requests a second of one caller; 0: no limit")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    serve_command
        ->add_option("--connections", serve_options.connections,
                     "Connections at once; 0: as many as file descriptors allow, up to 8192")
        ->check(CLI::Range(0, 100'000))
        ->capture_default_str();
    serve_command
        ->add_option("--connections-per-address", serve_options.connections_per_address,
                     "Of one address, once three quarters of all are in use; 0: half of all")
        ->check(CLI::Range(0, 100'000))
        ->capture_default_str();
    serve_command
        ->add_option("--private-targets", serve_options.private_targets,
                     "Private networks that API destinations may reach, also over plain HTTP, "
                     "such as 127.0.0.0/8,10.1.2.3")
        ->delimiter(',')
        ->envname("AGENT2_INGESTOR_PRIVATE_TARGETS");
    serve_command->add_option("--allowed-origin", serve_options.allowed_origins,
                              "Origins whose pages may upload (CORS); repeat for more");
    serve_command
        ->add_option("--bucket", serve_options.names.bucket_name,
                     "Default: agent2-ingestor-bucket-REGION")
        ->envname("S3_BUCKET");
    serve_command
        ->add_option("--region", serve_options.names.region,
                     "Region that names and signatures carry")
        ->envname("AWS_REGION")
        ->capture_default_str();
    serve_command
        ->add_option("--log-format", serve_options.log_format,
                     "Default: human on a terminal, else json")
        ->check(CLI::IsMember({"json", "human"}));
    add_log_level(*serve_command, serve_options.log_level);
    serve_command->callback([&] {
        serve_options.auth = auth == "none"   ? AuthMode::none
                             : auth == "oidc" ? AuthMode::oidc
                                              : AuthMode::local;
        status = serve(serve_options);
    });

    LambdaOptions lambda_options;
    auto* lambda_command = app.add_subcommand(
        "lambda", "Be the function on AWS Lambda; also when started as `bootstrap`");
    lambda_command
        ->add_option("--runtime-api", lambda_options.runtime_api,
                     "HOST:PORT of Lambda's Runtime API")
        ->envname("AWS_LAMBDA_RUNTIME_API")
        ->required();
    add_log_level(*lambda_command, lambda_options.log_level);
    lambda_command->callback([&] { status = run_lambda(lambda_options); });

    SubmitOptions submit_options;
    auto* submit_command =
        app.add_subcommand("submit", "Upload documents and submit them as one job");
    submit_command->add_option("FILE", submit_options.files, "Documents")->required();
    submit_command->add_option("--job-name", submit_options.job_name,
                               "Default: the first document's name");
    submit_command->add_flag("--wait", submit_options.wait, "Wait for the end and show it");
    submit_command->add_flag("--json", submit_options.json, "Print the service's JSON");
    submit_command->add_option("--preview", submit_options.preview_lines,
                               "With --wait: lines of each Markdown to show");
    add_service_options(*submit_command, submit_options.service);
    submit_command->callback([&] { status = submit(submit_options); });

    JobsOptions jobs_options;
    auto* jobs_command = app.add_subcommand("jobs", "List, show, retry, cancel and delete jobs");
    jobs_command->require_subcommand(0, 1);
    jobs_command->add_flag("--json", jobs_options.json, "Print the service's JSON");
    add_service_options(*jobs_command, jobs_options.service);
    jobs_command->fallthrough();
    auto* list_command = jobs_command->add_subcommand("list", "Newest first (the default)");
    list_command->add_option("--status", jobs_options.status,
                             "queued, processing, completed, failed or cancelled");
    list_command->add_option("--limit", jobs_options.limit, "How many")
        ->check(CLI::Range(1, 200))
        ->capture_default_str();
    list_command->fallthrough();
    const auto add_job_command = [&](const char* name, const char* description,
                                     int (*command)(const JobsOptions&)) {
        auto* job_command = jobs_command->add_subcommand(name, description);
        job_command->add_option("ID", jobs_options.job_id, "The job's id")->required();
        job_command->fallthrough();
        job_command->callback(
            [&status, &jobs_options, command] { status = command(jobs_options); });
    };
    add_job_command("show", "One job with its documents", show_job);
    add_job_command("retry", "Work again on what did not succeed", retry_job);
    add_job_command("cancel", "Stop a job", cancel_job);
    auto* delete_command =
        jobs_command->add_subcommand("delete", "Delete ended jobs with their documents");
    delete_command->add_option("ID", jobs_options.job_ids, "The jobs' ids")->required();
    delete_command->fallthrough();
    delete_command->callback([&] { status = delete_jobs(jobs_options); });
    jobs_command->final_callback([&] {
        if (jobs_command->get_subcommands().empty() || list_command->parsed())
            status = list_jobs(jobs_options);
    });

    BusOptions bus_options;
    auto* bus_command = app.add_subcommand("bus", "Rules and dead letters of the event bus");
    bus_command->require_subcommand(1);
    bus_command->add_flag("--json", bus_options.json, "Print the service's JSON");
    add_service_options(*bus_command, bus_options.service);
    bus_command->fallthrough();
    auto* rules_command = bus_command->add_subcommand("rules", "Where events go");
    rules_command->fallthrough();
    rules_command->callback([&] { status = list_rules(bus_options); });
    auto* letters_command =
        bus_command->add_subcommand("dead-letters", "Deliveries that were given up, newest first");
    letters_command->add_option("--limit", bus_options.limit, "How many")
        ->check(CLI::Range(1, 1'000))
        ->capture_default_str();
    letters_command->fallthrough();
    letters_command->callback([&] { status = list_dead_letters(bus_options); });
    auto* redrive_command = bus_command->add_subcommand("redrive", "Deliver dead letters again");
    redrive_command->add_option("ID", bus_options.ids, "Of the dead letters");
    redrive_command->add_flag("--all", bus_options.all, "All that there are");
    redrive_command->fallthrough();
    redrive_command->callback([&] { status = redrive(bus_options); });

    ExtractOptions extract_options;
    auto* extract_command =
        app.add_subcommand("extract", "Turn documents into Markdown, without a server");
    extract_command
        ->add_option("FILE", extract_options.files,
                     "Documents, or folders of them; - is standard input")
        ->required();
    auto* output_directory =
        extract_command
            ->add_option("-o,--output", extract_options.output_directory,
                         "Write FILE.md (.html, .json, …) for each into this directory; a folder's "
                         "documents keep their places")
            ->type_name("DIR");
    extract_command->add_option(
        "--name", extract_options.name,
        "What to call standard input; its extension tells kinds of text apart");
    add_sandbox(*extract_command, extract_options.sandbox);
    std::map<std::string, formats::OutputKind> output_kinds;
    for (const auto& row : formats::outputs()) output_kinds.emplace(row.name, row.kind);
    extract_command
        ->add_option("--format", extract_options.format,
                     "markdown, html, text, docling (JSON of a DoclingDocument), sidecar or chunks")
        ->transform(CLI::CheckedTransformer(output_kinds));
    extract_command->callback([&, output_directory] {
        if (output_directory->count() > 0 && extract_options.output_directory.empty()) {
            throw CLI::ValidationError("--output", "names no directory");
        }
        const auto& files = extract_options.files;
        const auto inputs = std::ranges::count(files, "-");
        if (inputs > 1) throw CLI::ValidationError("FILE", "standard input can be read once");
        if (!extract_options.name.empty() && inputs == 0) {
            throw CLI::ValidationError("--name", "is for standard input: extract - --name NAME");
        }
        status = extract_files(extract_options);
    });

    MatchOptions match_options;
    auto* match_command = app.add_subcommand(
        "match", "Say which event patterns match which events, without a server");
    match_command
        ->add_option("--rules", match_options.rules,
                     "One rule a line, {\"name\": NAME, \"pattern\": {...}}, or an object of "
                     "names and patterns")
        ->required();
    match_command->add_option("--events", match_options.events, "One event a line, as JSON")
        ->required();
    match_command->add_flag("--bench", match_options.bench,
                            "Measure it: events a second on one thread, time and memory of the "
                            "rules");
    match_command->callback([&] { status = match(match_options); });

    TokenOptions token_options;
    auto* token_command = app.add_subcommand(
        "token", "Mint a bearer token with the data directory's key, or revoke tokens");
    token_command->add_option("--data", token_options.data, "The service's data directory")
        ->envname("AGENT2_INGESTOR_DATA")
        ->capture_default_str();
    token_command->add_option("--user", token_options.user, "Whose token")->capture_default_str();
    token_command->add_flag("--metrics", token_options.for_metrics,
                            "A token that reads /metrics and nothing else, for a scraper");
    auto* revoke = token_command->add_option("--revoke", token_options.revoke,
                                             "End a token, given as it is or by its jti");
    token_command
        ->add_flag("--revoke-all", token_options.revoke_all,
                   "End every token issued until now, sessions of the page among them")
        ->excludes(revoke);
    std::string lifetime = "1h";
    token_command->add_option("--ttl", lifetime, "How long it is valid: 90s, 15m, 1h, 30d")
        ->capture_default_str();
    token_command->callback([&] {
        const auto parsed = parse_duration(lifetime);
        if (!parsed) throw CLI::ValidationError("--ttl", parsed.error().message);
        token_options.lifetime = *parsed;
        status = run_token(token_options);
    });

    EnvOptions env_options;
    auto* env_command = app.add_subcommand(
        "env", "Print shell exports for AWS clients: eval \"$(agent2-ingestor env)\"");
    env_command->add_option("--data", env_options.data, "The service's data directory")
        ->envname("AGENT2_INGESTOR_DATA")
        ->capture_default_str();
    env_command->add_flag("--operator", env_options.as_operator,
                          "With a key for the whole bucket, in place of one for the uploads and "
                          "outputs of the user 'local'");
    env_command->callback([&] { status = print_env(env_options); });

    BackupOptions backup_options;
    auto* backup_command = app.add_subcommand(
        "backup", "Make a consistent copy of the service's data, also while it runs");
    backup_command->add_option("--data", backup_options.data, "The service's data directory")
        ->envname("AGENT2_INGESTOR_DATA")
        ->capture_default_str();
    backup_command
        ->add_option("DIR", backup_options.destination,
                     "Where the copy is made; must not be there yet")
        ->required();
    backup_command->callback([&] { status = backup(backup_options); });

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        std::ostringstream complaint;
        const bool done = app.exit(error, out, complaint) == 0;
        fmt::print("{}", out.str());
        fmt::print(stderr, "{}", printable(complaint.str(), "\n"));
        return done ? kDone : kUsage;
    }
    return status;
}

/// Lambda starts a program of that name, and without arguments.
bool is_started_by_lambda(int argc, char** argv) {
    if (argc != 1) return false;
    const std::string_view name(argv[0]);
    return name == "bootstrap" || name.ends_with("/bootstrap") ||
           std::getenv("AWS_LAMBDA_RUNTIME_API") != nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    // What any command writes, keys and documents above all, is for its own user alone.
    ::umask(S_IRWXG | S_IRWXO);
    try {
        if (is_started_by_lambda(argc, argv)) {
            std::array<char*, 3> arguments{argv[0], const_cast<char*>("lambda"), nullptr};
            return run(2, arguments.data());
        }
        return run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "agent2-ingestor: {}\n", ingestor::printable(error.what()));
        return ingestor::cli::kRefused;
    }
}
