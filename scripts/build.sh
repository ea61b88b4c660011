#!/usr/bin/env bash
# build.sh PRESET [TARGET…]: installs what is missing, configures once, builds.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1
shift
scripts/setup.sh build
# The release program carries the web page.
[[ $preset == release ]] && scripts/build_page.sh
log=$(mktemp)
trap 'rm -f "$log"' EXIT
cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
if [[ -t 1 ]]; then
    cmake --build --preset "$preset" ${@:+--target "$@"}
else
    cmake --build --preset "$preset" ${@:+--target "$@"} >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
fi
