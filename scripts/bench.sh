#!/usr/bin/env bash
# bench.sh [a b c d e f g h i j k]: installs the peers, builds, measures side by side; see bench/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh build test bench
scripts/build.sh release agent2-ingestor agent2-ingestor-extract benchmarks
mkdir -p build/bench
[[ -x build/bench/venv/bin/python ]] || python3 -m venv build/bench/venv
build/bench/venv/bin/pip install -q --disable-pip-version-check -r bench/requirements.txt requests
cp bench/peers/package.json build/bench/
npm install --prefix build/bench --no-audit --no-fund --silent
exec build/bench/venv/bin/python bench/run.py "$@"
