#!/usr/bin/env bash
# simulate.sh SECONDS [FIRST]: runs seeds of the simulation on all cores for so long, from FIRST on
# (else from a random one), and prints each that breaks a promise. Exits 1 if any does.
# SIMULATION_SEED=N build/release/backend/simulation/simulation_test replays one.
set -euo pipefail
cd "$(dirname "$0")/.."
[[ ${1:-} =~ ^[0-9]+$ ]] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
seconds=$1
first=${2:-$((RANDOM * 32768 * 32768 + RANDOM * 32768 + RANDOM))}
scripts/build.sh release simulate
end=$((SECONDS + seconds))
found=$(mktemp)
trap 'rm -f "$found" "$found".*' EXIT

explore() { # WORKER
    local seed=$((first + $1 * 1000000000))
    local at=$seed status
    while ((SECONDS < end)); do
        status=0
        build/release/backend/simulation/simulate "$at" $((at + 19)) >"$found.$1" || status=$?
        grep SIMULATION_SEED "$found.$1" >>"$found" || true
        ((status < 2)) || echo "one of the seeds $at to $((at + 19)) ended the program: $status" >>"$found"
        at=$((at + 20))
    done
    echo "seeds $seed to $((at - 1))"
}

for worker in $(seq 0 $(($(nproc) - 1))); do explore "$worker" & done
wait
cat "$found"
[[ ! -s $found ]]
