#!/usr/bin/env bash
# Installs the Debian packages of the named lists that are missing: setup.sh build [test] [bench].
# Needs root or sudo, and only where something is missing.
set -euo pipefail
cd "$(dirname "$0")"

wanted=()
for list in "$@"; do
    while read -r package; do wanted+=("$package"); done < <(grep -vE '^(#|$)' "packages-$list.txt")
done

missing=()
for package in "${wanted[@]}"; do
    # A Node.js from elsewhere serves as well as Debian's, and would conflict with it.
    if [[ $package == nodejs || $package == npm ]] && command -v node npm >/dev/null; then continue; fi
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

echo "setup: installing ${#missing[@]} Debian packages: ${missing[*]}"
as_root=()
if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null || { echo "setup: run as root once, or install sudo: the packages above are missing" >&2; exit 1; }
    as_root=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q &&
       "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    cat "$log" >&2
    echo "setup: apt-get failed (above); this project is built for Debian 12 (bookworm)" >&2
    exit 1
fi
