#!/usr/bin/env bash
# build_page.sh [packages]: builds the web page into build/page, compressed, ready to be embedded; or only
# installs what building and testing it needs. Does nothing where nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
out=build/page

digest() { sha256sum -- "$@" | sha256sum | cut -c1-32; }

# npm's own lock names versions and checksums; the packages are installed once for each content of it.
packages=$(digest frontend/package-lock.json)
installed=frontend/node_modules/.installed-$packages
if [[ ! -f $installed ]]; then
    npm ci --prefix frontend --no-audit --no-fund --loglevel=error >&2
    touch "$installed"
fi
[[ ${1:-} == packages ]] && exit 0

mapfile -t sources < <(find frontend/src frontend/public frontend/index.html frontend/vite.config.ts frontend/tsconfig.json \
    -type f | sort)
built="$packages-$(digest "${sources[@]}")"
[[ -f $out/index.html && $(cat build/page.built 2>/dev/null) == "$built" ]] && exit 0

log=$(mktemp)
trap 'rm -f "$log"' EXIT
npm run --prefix frontend --silent build >"$log" 2>&1 || { cat "$log" >&2; exit 1; }
echo "$built" >build/page.built
