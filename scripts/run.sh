#!/usr/bin/env bash
# `make run`: builds, starts the server, ingests the samples through the public API, keeps serving.
set -euo pipefail
cd "$(dirname "$0")/.."
data=${AGENT2_INGESTOR_DATA:-$PWD/data}
listen=${LISTEN:-127.0.0.1:8080}
program=build/bin/agent2-ingestor

echo "Building (the first time takes some minutes) …"
scripts/build.sh release agent2-ingestor agent2-ingestor-extract

# The log is kept apart until the result is shown, and followed from then on. Nobody else may read it.
umask 077
mkdir -p "$data"
log=$data/serve.log
format=json
[[ -t 1 ]] && format=human
"$program" serve --data "$data" --listen "$listen" --log-format "$format" >"$log" 2>&1 &
server=$!
stop() { kill -TERM "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
trap 'stop; exit 130' INT
trap 'stop; exit 143' TERM
trap stop EXIT

for _ in $(seq 100); do
    kill -0 "$server" 2>/dev/null || { cat "$log" >&2; exit 1; }
    curl -fsS -o /dev/null "http://$listen/ready" 2>/dev/null && break
    sleep 0.1
done

export AGENT2_INGESTOR_DATA=$data
echo
echo "Ingesting samples/ through the public API:"
"$program" submit samples/documents/* --job-name "Sample documents" --wait --preview 12
sign_in=$(cat "$data/sign-in-link" 2>/dev/null || true)
cat <<END

Where to look next
  Sign in, once             ${sign_in:-http://$listen/}
  Jobs page                 http://$listen/app/
  API and its description   http://$listen/docs
  Your own documents        $program submit FILE… --wait
  All jobs                  $program jobs list
  AWS clients               eval "\$($program env)"; aws s3 cp FILE s3://agent2-ingestor-bucket-us-east-1/uploads/local/FILE
  Stop                      Ctrl-C
END
tail -n 0 -F --pid="$server" "$log" 2>/dev/null &
wait "$server"
