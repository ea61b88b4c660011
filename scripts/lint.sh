#!/usr/bin/env bash
# Formatting, the arrows between modules, banned constructs; clang-tidy where sources differ from main. Changes
# nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh build test
scripts/cpp_files.sh | xargs clang-format-19 --dry-run --Werror
python3 scripts/tidy.py
scripts/clang_tidy.sh
shellcheck scripts/*.sh infrastructure/*.sh .ci/run

# The page: types and the linter's rules; and a lock file that installs from whatever registry is set up.
scripts/build_page.sh packages
npm run --prefix frontend --silent check
if grep -q '"resolved"' frontend/package-lock.json; then
    echo "frontend/package-lock.json names registry addresses: delete its \"resolved\" lines" >&2
    exit 1
fi
scripts/cfn_lint.sh
echo "lint: clean"
