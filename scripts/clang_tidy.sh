#!/usr/bin/env bash
# clang_tidy.sh [all]: clang-tidy over the C++ sources that differ from main, or over all of them. The static analyzer
# takes three quarters of the time and has its turn with all. Changes nothing; exits non-zero if it finds anything.
set -euo pipefail
cd "$(dirname "$0")/.."
checks="-clang-analyzer-*"
if [[ ${1:-changed} == all ]]; then
    checks=
    files=$(scripts/cpp_files.sh)
elif base=$(git merge-base HEAD main 2>/dev/null); then
    files=$(git diff --name-only --diff-filter=d "$base" -- backend; git ls-files --others --exclude-standard backend)
else
    files=
fi
files=$(grep '\.cpp$' <<<"$files" | sort -u || true)
[[ -n $files ]] || exit 0

scripts/setup.sh build fuzz
log=$(mktemp)
trap 'rm -f "$log"' EXIT
cmake --preset fuzz >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
# What this preset does not compile has headers that it does not make.
compiled=$(python3 -c 'import json, os; [print(os.path.relpath(entry["file"])) for entry in json.load(open("build/fuzz/compile_commands.json"))]')
files=$(grep -Fx "$compiled" <<<"$files" || true)
[[ -n $files ]] || exit 0
# In tests what coroutines capture outlives them, nothing is fast, and what is thrown is told by the test program.
of_tests='_test\.cpp$|_fixture\.cpp$|/testing/|/tests/|/test_'
checks_of_tests="$checks,-performance-*,-cppcoreguidelines-avoid-capturing-lambda-coroutines,-bugprone-exception-escape"
# The number of warnings that other people's headers would give goes to stderr.
look() { # CHECKS
    xargs -r -P "$(nproc)" -n 1 clang-tidy-19 -p build/fuzz --quiet --checks="$1" 2>"$log" && return
    grep -E '^(Error|error)' "$log" >&2 || true
    return 1
}
tests=$(grep -E "$of_tests" <<<"$files" || true)
others=$(grep -Ev "$of_tests" <<<"$files" || true)
clean=true
look "$checks" <<<"$others" || clean=false
look "$checks_of_tests" <<<"$tests" || clean=false
$clean
