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
# The number of warnings that other people's headers would give goes to stderr.
if ! xargs -P "$(nproc)" -n 1 clang-tidy-19 -p build/fuzz --quiet --checks="$checks" <<<"$files" 2>"$log"; then
    grep -E '^(Error|error)' "$log" >&2 || true
    exit 1
fi
