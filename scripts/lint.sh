#!/usr/bin/env bash
# Formatting, the arrows between modules, banned constructs. Changes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh test
scripts/cpp_files.sh | xargs clang-format-19 --dry-run --Werror
python3 scripts/tidy.py
for script in scripts/*.sh .ci/run; do bash -n "$script"; done
echo "lint: clean"
