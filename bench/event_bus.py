"""(k) The event bus beside queues: durable events a second, in process and over HTTP, and the time to a target's start."""
import json
import os
import pathlib
import subprocess

import botocore.auth
import botocore.awsrequest
import botocore.credentials

HERE = pathlib.Path(__file__).resolve().parent


def lines_of(command, **options):
    ended = subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True, **options)
    return [json.loads(line) for line in ended.stdout.splitlines()]


def signed_call(environment, path):
    """Writes a signed PutEvents call of one entry for put_events.lua; it may be sent again for five minutes."""
    entry = {"Source": "depot.scale", "DetailType": "Parcel Weighed", "Detail": json.dumps({"parcel": "t-00042", "pad": "x" * 900})}
    body = json.dumps({"Entries": [entry]})
    request = botocore.awsrequest.AWSRequest("POST", environment["AWS_ENDPOINT_URL"] + "/", data=body, headers={
        "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSEvents.PutEvents"})
    key = botocore.credentials.Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    botocore.auth.SigV4Auth(key, "events", "us-east-1").add_auth(request)
    path.write_text("".join(f"{name}: {value}\n" for name, value in request.headers.items()) + "\n" + body)
    return path


def over_http(work, bench):
    """Events a second from 64 connections: our PutEvents, and a Node.js front of BullMQ."""
    node_port, redis_port = bench.free_port(), bench.free_port()
    data = work / "redis-http"
    data.mkdir()
    server = bench.serve(work / "put", "--rate-limit", "0", "--jobs-at-once", "0", "--log-level", "warn")
    call = signed_call(server.aws_environment(), work / "call")
    submit = json.dumps({"files": [], "parcel": "t-00042", "pad": "x" * 900})
    (work / "bullmq-call").write_text("Content-Type: application/json\n\n" + submit)
    node = {"env": os.environ | {"NODE_PATH": str(bench.ROOT / "build" / "bench" / "node_modules")}}
    with bench.Peer(redis(redis_port, data), redis_port), \
         bench.Peer(["node", HERE / "peers" / "bullmq_submit.js", str(node_port), str(redis_port)], node_port, **node) as front:
        cases = {"PutEvents over HTTP": (server.url + "/", server.process.pid, HERE / "put_events.lua", (str(call),)),
                 "BullMQ behind Node.js": (f"http://127.0.0.1:{node_port}/", front.process.pid, HERE / "put_events.lua",
                                           (str(work / "bullmq-call"),))}
        rows = {name: [] for name in cases}
        for _ in range(bench.ROUNDS):
            for name, case in cases.items():
                rows[name].append(bench.wrk(*case))
    server.stop()
    return {name: bench.median(values) for name, values in rows.items()}


def redis(port, data):
    return ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(data), "--save", "", "--appendonly", "yes",
            "--appendfsync", "always"]


def peer(work, bench, kind, round_):
    port = bench.free_port()
    data = work / f"{kind}-{round_}"
    data.mkdir()
    command = redis(port, data)
    if kind == "nats":
        command = ["nats-server", "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(data)]
    node = os.environ | {"NODE_PATH": str(bench.ROOT / "build" / "bench" / "node_modules")}
    with bench.Peer(command, port):
        return lines_of(["node", HERE / "peers" / "queues.js", kind, port, bench.SECONDS], env=node)


def event_bus(work, bench):
    names = {"redis": "Redis Streams, appendfsync always", "bullmq": "BullMQ, appendfsync always",
             "nats": "NATS JetStream (syncs every two minutes)"}
    rows = {"ours": [], **{kind: [] for kind in names}}
    for round_ in range(bench.ROUNDS):
        rows["ours"].append(lines_of([bench.BENCH_BIN / "put_events_bench", work / f"bus-{round_}", bench.SECONDS]))
        for kind in names:
            rows[kind].append(peer(work, bench, kind, round_))

    def middle(kind, place, by="events_s"):
        return sorted((lines[place] for lines in rows[kind]), key=lambda line: line[by])[len(rows[kind]) // 2]

    bench.table("(k) Events taken a second, durable, of 0.9 kB", ["what", "1 in flight", "64 in flight", "p99 ms at 64"],
                [[name, f"{middle(kind, 0)['events_s']:.0f}", f"{middle(kind, 1)['events_s']:.0f}", f"{middle(kind, 1)['p99_ms']:.2f}"]
                 for kind, name in {"ours": "PutEvents, in process", **names}.items()])
    http = over_http(work, bench)
    bench.table("(k) … over HTTP, 64 connections", ["what", "events/s", "p50 ms", "p99 ms", "server CPU us/event"],
                [[name, f"{row['req_s']:.0f}", f"{row['p50_ms']:.2f}", f"{row['p99_ms']:.2f}", f"{row['cpu_us']:.1f}"]
                 for name, row in http.items()])
    starts = {kind: {by: middle(kind, 2, by)[by] for by in ("p50_ms", "p99_ms")} for kind in ("ours", "bullmq")}
    bench.table("(k) From the call to the start of the target, at 500 a second", ["what", "p50 ms", "p99 ms"],
                [["the bus", *(f"{value:.2f}" for value in starts["ours"].values())],
                 ["BullMQ", *(f"{value:.2f}" for value in starts["bullmq"].values())]])
    ratios = {by: starts["ours"][by] / starts["bullmq"][by] for by in ("p50_ms", "p99_ms")}
    print(f"\nratio to Redis Streams at 64 in flight {middle('ours', 1)['events_s'] / middle('redis', 1)['events_s']:.2f} (goal 0.8), "
          f"to BullMQ over HTTP {http['PutEvents over HTTP']['req_s'] / http['BullMQ behind Node.js']['req_s']:.2f} (goal 2), "
          f"start p50 {ratios['p50_ms']:.2f} (goal 0.5), p99 {ratios['p99_ms']:.2f} (goal 0.4) of BullMQ's")
