#!/usr/bin/env bash
# fuzz.sh [SUBJECT|all] [SECONDS]: feeds generated input to one parser, or to each in turn for so long (60 s).
#
# Goes on from what earlier runs found worth keeping (build/fuzz/corpus/SUBJECT) and from the seeds
# (backend/fuzz/corpus/SUBJECT). Ends at the first fault; the input is then in build/fuzz/faults.
set -euo pipefail
cd "$(dirname "$0")/.."
subject=${1:-all}
seconds=${2:-60}
scripts/setup.sh build fuzz
if [[ $subject == all ]]; then
    scripts/build.sh fuzz fuzz
    subjects=$(cd backend/fuzz/corpus && ls)
else
    scripts/build.sh fuzz "fuzz_$subject"
    subjects=$subject
fi

# The sanitizers report and go on unless they are told to stop. No document needs so much, and no
# part of one so long: what takes longer is a fault too.
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
limits=(-rss_limit_mb=2048 -timeout=10 -max_len=16384)
mkdir -p build/fuzz/faults
for name in $subjects; do
    kept=build/fuzz/corpus/$name
    log=build/fuzz/$name.log
    mkdir -p "$kept"
    if nice -n 10 "build/fuzz/bin/fuzz_$name" "${limits[@]}" -max_total_time="$seconds" -print_final_stats=1 \
        -artifact_prefix="build/fuzz/faults/$name-" "$kept" "backend/fuzz/corpus/$name" >"$log" 2>&1; then
        printf '%-24s %9s inputs, %5s kept\n' "$name" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$(find "$kept" -type f | wc -l)"
    else
        tail -n 60 "$log" >&2
        echo "fuzz: $name has a fault; its input is in build/fuzz/faults/, all of the output in $log" >&2
        exit 1
    fi
done
