#!/usr/bin/env bash
# lambda.sh [DIR]: builds the function: build/lambda/package/ and, of it, build/lambda/agent2-ingestor-lambda.zip, byte
# for byte the same from the same programs; with DIR, fills that instead of the zip, for `sam build`.
#
# The package needs nothing of the system it runs on: it brings the dynamic loader and every library, and
# both programs name them (docs/adr/0009-one-package-for-every-linux.md).
set -euo pipefail
target=${1:+$(realpath "$1")}
cd "$(dirname "$0")/.."
scripts/setup.sh build lambda
scripts/build.sh release agent2-ingestor agent2-ingestor-extract
task=/var/task  # Where Lambda unpacks it.
package=build/lambda/package
zip=$PWD/build/lambda/agent2-ingestor-lambda.zip
stamp=build/lambda/built
server=build/bin/agent2-ingestor
helper=build/bin/agent2-ingestor-extract

# needs FILE…: the libraries that the loader opens for them.
needs() { ldd "$@" | awk '$2 == "=>" && $3 ~ /^\// {print $3}'; }
# libcurl is loaded at the first outgoing call, so no program names it; beside the one that is linked with.
curl=$(ldconfig -p | awk '$1 == "libcurl.so.4" {print $NF; exit}')
[[ -n $curl ]] || { echo "lambda: libcurl.so.4 is missing: install libcurl4" >&2; exit 1; }
mapfile -t libraries < <({ needs "$server" "$helper" "$curl"; echo "$curl"; } | sort -u)

# Does nothing where nothing changed.
built=$(sha256sum scripts/lambda.sh "$server" "$helper" "${libraries[@]}" | sha256sum)
if [[ -z $target && -f $zip && $(cat "$stamp" 2>/dev/null) == "$built" ]]; then exit; fi
rm -rf "$package" "$stamp"
mkdir -p "$package"/{lib,share,etc/ssl}
strip -o "$package/bootstrap" "$server"
strip -o "$package/agent2-ingestor-extract" "$helper"
cp -L "${libraries[@]}" "$package/lib/"

loader=$(patchelf --print-interpreter "$package/bootstrap")
cp -L "$loader" "$package/lib/"
for program in bootstrap agent2-ingestor-extract; do
    # DT_RPATH and not DT_RUNPATH: it serves what the libraries themselves ask for, and goes before the
    # LD_LIBRARY_PATH that Lambda sets to the system's own.
    patchelf --set-interpreter "$task/lib/${loader##*/}" --force-rpath --set-rpath "\$ORIGIN/lib" "$package/$program"
done

# Character maps of PDFs whose fonts have none of their own, and the authorities that libcurl trusts.
cp -RL /usr/share/poppler "$package/share/poppler"
cp -L /etc/ssl/certs/ca-certificates.crt "$package/etc/ssl/cert.pem"
cp LICENSE "$package/"

find "$package" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
chmod 755 "$package"/{bootstrap,agent2-ingestor-extract,lib/"${loader##*/}"}
if [[ -n $target ]]; then
    cp -R "$package/." "$target/"
    exit
fi
find "$package" -exec touch -h -d "1980-01-01 00:00:00 UTC" {} +
rm -f "$zip"
(cd "$package" && find . -type f | LC_ALL=C sort | TZ=UTC zip -q -X "$zip" -@)
echo "$built" >"$stamp"
echo "$zip: $(du -h "$zip" | cut -f1), $(du -sh "$package" | cut -f1) unpacked"
