#!/usr/bin/env bash
# dynamodb_local.sh fetch | PORT: fetches AWS's DynamoDB Local into build/, once for each list of it; serves it on
# PORT, in memory, until it is ended.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:?fetch or a port}
list=tests/dynamodb_local.pom.xml
home=build/dynamodb-local-$(sha256sum "$list" | cut -c1-16)

if [[ ! -d $home ]]; then
    mkdir -p build
    # Tests that run side by side fetch it once.
    exec 9>build/dynamodb-local.lock
    flock 9
    if [[ ! -d $home ]]; then
        partial=$(mktemp -d build/dynamodb-local.XXXXXX)
        trap 'rm -rf "$partial"' EXIT
        mvn --batch-mode --quiet -f "$list" dependency:copy-dependencies -DincludeScope=runtime \
            -DoutputDirectory="$PWD/$partial/lib" >&2
        mv -T "$partial" "$home"
    fi
    exec 9>&-
fi
[[ $what == fetch ]] && exit 0
exec java -Djava.library.path="$home/lib" -cp "$home/lib/*" \
    software.amazon.dynamodb.services.local.main.ServerRunner -inMemory -disableTelemetry -port "$what"
