#!/usr/bin/env bash
# test.sh all|unit|sanitizers|e2e|page: installs what is missing, builds, tests. Exits non-zero at the first failure.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-all}
jobs=$(nproc)
scripts/setup.sh build test

programs() { scripts/build.sh release agent2-ingestor agent2-ingestor-extract "$@"; }

step() { printf '\n== %s (%s)\n' "$1" "$(date +%H:%M:%S)"; }

unit() { # PRESET
    step "unit tests, $1"
    scripts/build.sh "$1" unit_tests
    ctest --preset "$1" -j "$jobs"
}

threads() {
    step "unit tests with several threads, tsan"
    scripts/build.sh tsan threaded_unit_tests
    # Those of other modules are not built; make test-sanitizers runs them too.
    ctest --preset tsan -j "$jobs" -L threads
}

python_environment() {
    step "Python clients for the end-to-end tests"
    [[ -x .venv/bin/python ]] || python3 -m venv .venv
    # Installed once for each content of the list.
    local stamp
    stamp=.venv/.installed-$(sha256sum tests/requirements.txt | cut -c1-16)
    [[ -f $stamp ]] || { .venv/bin/pip install -q --disable-pip-version-check -r tests/requirements.txt && touch "$stamp"; }
}

e2e() {
    programs contract_test
    step "the function's zip"
    scripts/lambda.sh
    python_environment
    step "end to end"
    .venv/bin/python -m pytest -q -n "$jobs" --dist worksteal tests
}

page() {
    programs
    step "the web page, in Chromium"
    npm run --prefix frontend --silent test
    if [[ $(node --version | cut -c2- | cut -d. -f1) -ge 20 ]]; then
        npm run --prefix frontend --silent e2e
    else
        echo "left out: Playwright needs Node.js 20, and this is $(node --version)"
    fi
}

case $what in
    unit) unit release ;;
    sanitizers) unit asan; unit tsan ;;
    e2e) e2e ;;
    page) page ;;
    all)
        step lint
        scripts/lint.sh
        e2e
        page
        unit asan
        threads
        ;;
    *) echo "test.sh all|unit|sanitizers|e2e|page" >&2; exit 2 ;;
esac
