#!/usr/bin/env bash
# pdfset.sh DIR: puts the born-digital PDFs of pdfset.tsv into DIR, out of Debian packages that are
# downloaded and not installed. A file whose SHA-256 differs (a newer package) is left out, and said.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
directory=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
apt-get download -q $(tail -n +2 "$here/pdfset.tsv" | cut -f1 | sort -u) >/dev/null
for package in *.deb; do dpkg -x "$package" "${package%%_*}"; done
mkdir -p pdfs
number=0
while IFS=$'\t' read -r package _ path _ _ sum; do
    [[ $package == package ]] && continue
    number=$((number + 1))
    out=pdfs/$(printf %02d "$number")-$(basename "$path")
    if [[ -f $package$path ]]; then cp "$package$path" "$out"; elif [[ -f $package$path.gz ]]; then gunzip -c "$package$path.gz" >"$out"; fi
    if ! echo "$sum  $out" | sha256sum -c --quiet >/dev/null 2>&1; then echo "left out: $package $path" >&2; rm -f "$out"; fi
done <"$here/pdfset.tsv"
mkdir -p "$(dirname "$directory")"
mv pdfs "$directory"
