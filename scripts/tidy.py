#!/usr/bin/env python3
"""Lints the repository: module arrows, banned constructs with their replacement, stray files.

Run by `make lint`. Prints one line a finding and exits 1 if there is any.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "backend" / "src"

# Which modules a module may include, beside itself: the arrows of docs/architecture.md.
BOTTOM = {"base"}
PURE = BOTTOM | {"domain", "formats", "eventbridge", "sigv4"}
PORTS = PURE | {"async", "telemetry", "ports"}
ARROWS = {
    "base": set(),
    "async": BOTTOM,
    "telemetry": BOTTOM,
    "httpclient": PURE | {"async", "ports"},
    "domain": BOTTOM,
    "formats": BOTTOM,
    "eventbridge": BOTTOM,
    "sigv4": BOTTOM,
    "extract": BOTTOM | {"formats"},
    "ports": PURE,
    "memory": PORTS,
    "sqlite": PORTS,
    "files": PORTS,
    "objects": PORTS,
    "identity": PORTS | {"httpclient"},
    "documents": PORTS,
    "aws": PORTS | {"httpclient"},
    "bus": PORTS,
    "logs": PORTS,
    "provisioning": PORTS,
    "queues": PORTS,
    "jobs": PORTS,
    "engine": PORTS | {"sqlite", "objects", "bus", "logs", "provisioning", "jobs", "queues"},
    "http": BOTTOM | {"async", "telemetry"},
    "api": PORTS | {"bus", "jobs", "http"},
    "awsapi": PORTS | {"bus", "http", "jobs", "logs", "objects", "queues"},
    "lambda": PORTS | {"jobs", "http"},
}
# What tests may use beyond their module's arrows.
TEST_ONLY = {"memory", "files", "sqlite", "http", "bus", "provisioning"}

BANNED = [
    (r"\bstd::cout\b|\bprintf\(", "log through telemetry/log.hpp", ("backend/src/",)),
    (r"asio::detached\b", "spawn into a TaskGroup: detached tasks lose their exceptions", ("backend/",)),
    (r"\bsleep_for\b|\busleep\(", "wait on a condition", ("backend/",)),
    (r"\biequals\(", "equal_ignoring_case of base/encoding.hpp: Beast's reads past the end", ("backend/",)),
    (r"\busing namespace std;", "name what you use", ("backend/",)),
    (r"\bTODO\b|\bFIXME\b", "finish it, or write it down in docs/", ("backend/", "scripts/", "tests/")),
    (r"\bfor \([^;\n]* : [^;\n]*\)\.value\(\)\)", "name the range: GCC 12 drops the temporary it lies in",
     ("backend/",)),
    (r"\bparser\.get\(\)\)\s*;?\s*//\s*read", "read into the parser, or its limits are off", ("backend/",)),
]
# GCC 12 destroys capturing lambdas and aggregates inside a co_await expression twice; types with
# constructors and empty braces are sound.
CO_AWAIT = re.compile(r"co_await[^;]*?(\[[^\]]+\]\s*[({]|[(,]\s*\{\s*[^}\s]|[(,]\s*[\w:<>]*\{\s*\.)")
# … and what stands beside a co_await in a condition.
CO_AWAIT_IN_CONDITION = re.compile(r"(\? | : |&& |\|\| )!?\(?co_await\b")
LINES_MAX = 900
# Folders that are a part of their module's namespace: what only tests use.
SHARED_NAMESPACE = [["extract", "testing"], ["documents", "testing"]]
SQLITE = SOURCE / "sqlite"
SQL = re.compile(r'"\s*(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|VACUUM)\s[^"]*"')

findings = []


def found(path, line, text):
    findings.append(f"{path.relative_to(ROOT)}:{line}: {text}")


def check_arrows(path, text):
    module = path.relative_to(SOURCE).parts[0]
    allowed = ARROWS.get(module)
    if allowed is None:
        found(path, 1, f"module '{module}' has no row in scripts/tidy.py and docs/architecture.md")
        return
    is_test = path.stem.endswith("_test") or "testing" in path.parts
    extra = TEST_ONLY if is_test else set()
    for match in re.finditer(r'^#include "([a-z0-9_]+)/', text, re.M):
        target = match.group(1)
        if target != module and target in ARROWS and target not in allowed | extra:
            line = text.count("\n", 0, match.start()) + 1
            found(path, line, f"{module} may not include {target}")


def check_namespace(path, text):
    """A folder is a namespace; the names of base/ stand in the root of ours, formats in extract's."""
    folders = list(path.relative_to(SOURCE).parts[:-1])
    if folders[:1] == ["base"]:
        folders = []
    if folders[:2] == ["extract", "formats"]:
        folders = ["extract", *folders[2:]]
    wanted = "::".join(["ingestor", *folders])
    for match in re.finditer(r"^namespace (ingestor[\w:]*) \{\n(.*)", text, re.M):
        forward = re.match(r"(class|struct) \w+;", match.group(2))
        if match.group(1) != wanted and not forward and folders[:2] not in SHARED_NAMESPACE:
            found(path, text.count("\n", 0, match.start()) + 1, f"the namespace of this folder is {wanted}")


def check_sql(path, text):
    """Statements stand in queries.hpp, where the plan test has each of them."""
    if path.name == "queries.hpp":
        planned = (SQLITE / "query_plan_test.cpp").read_text(encoding="utf-8")
        for match in re.finditer(r"\bSql (k\w+) =", text):
            if not re.search(rf"\b{match.group(1)}\b", planned):
                found(path, text.count("\n", 0, match.start()) + 1,
                      f"{match.group(1)} has no row in query_plan_test.cpp")
    elif path.parent == SQLITE and path.name != "migrations.cpp" and not path.stem.endswith("_test"):
        for match in SQL.finditer(text):
            found(path, text.count("\n", 0, match.start()) + 1, "a statement stands in sqlite/queries.hpp")


def main():
    names = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"],
                           cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    for name in filter(None, names):
        path = ROOT / name
        if not path.is_file():
            continue
        if path.suffix not in {".cpp", ".hpp", ".py", ".sh", ".cmake", ".md", ".yaml", ".txt"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix in {".cpp", ".hpp"}:
            if SOURCE in path.parents and len(path.relative_to(SOURCE).parts) > 1:
                check_arrows(path, text)
                check_namespace(path, text)
            check_sql(path, text)
            if path.suffix == ".hpp" and not text.startswith("#pragma once"):
                found(path, 1, "a header starts with #pragma once")
            if text.count("\n") > LINES_MAX:
                found(path, 1, f"over {LINES_MAX} lines: does it still have one job?")
            for match in CO_AWAIT.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                found(path, line, "name the lambda or aggregate before co_await (GCC 12 destroys it twice)")
            for match in CO_AWAIT_IN_CONDITION.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                found(path, line, "await into a name first: beside ?:, && and || GCC 12 corrupts the frame")
        if path.name == "tidy.py":
            continue
        for pattern, remedy, where in BANNED:
            if name.startswith(where):
                for match in re.finditer(pattern, text):
                    found(path, text.count("\n", 0, match.start()) + 1, f"'{match.group(0)}': {remedy}")
    print("\n".join(findings) if findings else "tidy: clean")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
