#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include "base/printable.hpp"
#include "commands.hpp"
#include "eventbridge/patterns/matcher.hpp"
#include "eventbridge/patterns/pattern.hpp"
#include "exit_codes.hpp"

namespace ingestor::cli {

namespace json = boost::json;
namespace patterns = eventbridge::patterns;

namespace {

constexpr int kPasses = 7;  // Of which --bench prints the median.
constexpr int kWarmUpPasses = 3;

struct Line {
    std::size_t number = 0;  ///< From 1.
    std::string_view text;
};

struct NamedPattern {
    std::string name;
    std::string pattern;
    std::size_t line = 0;  ///< From 1; 0: it stands in an object of names.
};

/// For errors.
std::string place_of(const NamedPattern& rule, const std::string& file) {
    return rule.line > 0 ? fmt::format("{}:{}", file, rule.line)
                         : fmt::format("{}: rule {}", file, rule.name);
}

Error wrong(std::string message) {
    return {.code = Errc::invalid_argument, .message = std::move(message)};
}

Result<std::string> read_file(const std::string& name) {
    std::error_code ignored;
    std::ifstream file(name, std::ios::binary);
    if (!file || std::filesystem::is_directory(name, ignored)) {
        return std::unexpected(wrong(fmt::format("{} cannot be read", name)));
    }
    return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Those that hold more than space.
std::vector<Line> lines_of(std::string_view text) {
    std::vector<Line> lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
            lines.push_back({.number = number, .text = line});
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// One rule a line, or an object of names and patterns.
Result<std::vector<NamedPattern>> read_rules(const std::string& name, std::string_view text) {
    std::vector<NamedPattern> rules;
    boost::system::error_code error;
    const auto whole = json::parse(text, error);
    const auto* object = error ? nullptr : whole.if_object();
    const bool is_one_rule = object != nullptr && object->size() == 2 &&
                             object->if_contains("name") && object->if_contains("pattern");
    if (object != nullptr && !is_one_rule) {
        for (const auto& [rule, pattern] : *object) {
            rules.push_back({.name = rule, .pattern = json::serialize(pattern)});
        }
        return rules;
    }
    for (const auto& line : lines_of(text)) {
        const auto value = json::parse(line.text, error);
        const auto* rule = error ? nullptr : value.if_object();
        const auto* rule_name = rule ? rule->if_contains("name") : nullptr;
        const auto* pattern = rule ? rule->if_contains("pattern") : nullptr;
        if (!rule_name || !rule_name->is_string() || !pattern) {
            return std::unexpected(wrong(fmt::format(
                R"({}:{}: not a rule; each line is {{"name": "NAME", "pattern": {{...}}}})", name,
                line.number)));
        }
        rules.push_back({.name = std::string(rule_name->get_string()),
                         .pattern = json::serialize(*pattern),
                         .line = line.number});
    }
    return rules;
}

Result<std::shared_ptr<const patterns::RuleSet>> compile(const std::vector<NamedPattern>& rules,
                                                         const std::string& file) {
    patterns::RuleSet::Builder builder;
    for (const auto& rule : rules) {
        const auto pattern = patterns::read_pattern(rule.pattern);
        if (!pattern) {
            return std::unexpected(
                wrong(fmt::format("{}: {}", place_of(rule, file), pattern.error().message)));
        }
        builder.add(*pattern);
    }
    return std::make_shared<const patterns::RuleSet>(builder.build());
}

/// What rules do not look at is checked too.
Result<std::vector<Line>> read_events(const std::string& name, std::string_view text) {
    auto lines = lines_of(text);
    for (const auto& line : lines) {
        boost::system::error_code error;
        json::monotonic_resource memory;
        if (const auto event = json::parse(line.text, error, &memory);
            error || !event.is_object()) {
            return std::unexpected(
                wrong(fmt::format("{}:{}: not a JSON object", name, line.number)));
        }
    }
    return lines;
}

/// Of 64 bits (Fowler, Noll and Vo, variant 1a).
std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t hash = 0xCBF29CE484222325;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
    return hash;
}

struct Matches {
    std::vector<std::uint64_t> of_rule;
    std::uint64_t total = 0;
    std::uint64_t digest = 0;  ///< The sum over all of them of the hash of `rule@event`.
};

class Run {
public:
    Run(std::shared_ptr<const patterns::RuleSet> rules, const std::vector<Line>& events,
        std::string_view text)
        : matcher_(std::move(rules)), events_(events), end_(text.data() + text.size()) {}

    template <class Visit>
    void match(const Visit& visit) {
        for (std::size_t i = 0; i < events_.size(); ++i) {
            const auto event = events_[i].text;
            const auto readable = static_cast<std::size_t>(end_ - event.data());
            // They were checked when they were read.
            if (const auto found = matcher_.match(event, readable)) visit(i, *found);
        }
    }

private:
    patterns::Matcher matcher_;
    const std::vector<Line>& events_;
    const char* end_;
};

double seconds_of(clockid_t clock) {
    timespec time = {};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double resident_megabytes() {
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

void add_rates(Run& run, std::size_t events, json::object& summary) {
    std::vector<double> wall;
    std::vector<double> cpu;
    std::uint64_t found = 0;
    for (int pass = 0; pass < kWarmUpPasses + kPasses; ++pass) {
        const auto wall_begin = seconds_of(CLOCK_MONOTONIC);
        const auto cpu_begin = seconds_of(CLOCK_THREAD_CPUTIME_ID);
        run.match([&found](std::size_t, auto matches) { found += matches.size(); });
        if (pass < kWarmUpPasses) continue;
        cpu.push_back(seconds_of(CLOCK_THREAD_CPUTIME_ID) - cpu_begin);
        wall.push_back(seconds_of(CLOCK_MONOTONIC) - wall_begin);
    }
    const auto rate = [events](std::vector<double>& times) {
        std::ranges::nth_element(times, times.begin() + kPasses / 2);
        return static_cast<std::uint64_t>(static_cast<double>(events) / times[kPasses / 2]);
    };
    summary["eps_median"] = rate(wall);
    summary["eps_cpu_median"] = rate(cpu);
}

int fail_usage(const Error& error) {
    fmt::print(stderr, "agent2-ingestor: {}\n", printable(error.message, "\n"));
    return kUsage;
}

}  // namespace

int match(const MatchOptions& options) {
    const auto rules_text = read_file(options.rules);
    if (!rules_text) return fail_usage(rules_text.error());
    const auto rules = read_rules(options.rules, *rules_text);
    if (!rules) return fail_usage(rules.error());

    const auto before_compiling = seconds_of(CLOCK_MONOTONIC);
    auto compiled = compile(*rules, options.rules);
    if (!compiled) return fail_usage(compiled.error());
    const auto compiling = seconds_of(CLOCK_MONOTONIC) - before_compiling;
    const auto compiled_megabytes = resident_megabytes();

    auto events_text = read_file(options.events);
    if (!events_text) return fail_usage(events_text.error());
    const auto events_size = events_text->size();
    events_text->append(patterns::Matcher::kPadding, '\n');
    const auto events =
        read_events(options.events, std::string_view(*events_text).substr(0, events_size));
    if (!events) return fail_usage(events.error());

    Run run(std::move(*compiled), *events, *events_text);
    Matches matches{.of_rule = std::vector<std::uint64_t>(rules->size())};
    run.match([&](std::size_t event, std::span<const std::uint32_t> found) {
        matches.total += found.size();
        for (const auto rule : found) {
            ++matches.of_rule[rule];
            matches.digest += fnv1a(fmt::format("{}@{}", (*rules)[rule].name, event));
        }
    });
    for (std::size_t i = 0; i < rules->size(); ++i) {
        const json::object line{{"rule", (*rules)[i].name}, {"matches", matches.of_rule[i]}};
        fmt::print("{}\n", printable(json::serialize(line)));
    }
    json::object summary{{"set", std::filesystem::path(options.rules).stem().string()},
                         {"rules", rules->size()},
                         {"events", events->size()},
                         {"total_matches", matches.total},
                         {"digest", fmt::format("{:016x}", matches.digest)}};
    if (options.bench) {
        add_rates(run, events->size(), summary);
        summary["add_ms"] = compiling * 1'000;
        summary["rss_mb"] = compiled_megabytes;
    }
    fmt::print("{}\n", printable(json::serialize(summary)));
    return kDone;
}

}  // namespace ingestor::cli
