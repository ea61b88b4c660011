#!/usr/bin/env python3
"""Measures the service beside its peers in one run and prints one table a question.

Usage: run.py [a b c d e f g h i j k]   (default: all). What each letter asks stands in bench/README.md. Figures are
taken alternately and quoted as ratios, since the machines that run this are shared and noisy.
"""
import atexit
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import requests

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "tests"))
from event_bus import event_bus  # noqa: E402
from patterns import patterns  # noqa: E402
from runtime_api import EmptyService, RuntimeApi  # noqa: E402
from server import PROGRAM, Server, environment, eventually  # noqa: E402

BENCH_BIN = ROOT / "build" / "release" / "bench"
CONNECTIONS = 64
SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
MARKDOWN = b"# A small note\n\nSome words in a paragraph.\n\n- one\n- two\n"


def serve(data, *arguments):
    """A server that ends with this program, whatever happens."""
    server = Server(data, *arguments)
    atexit.register(lambda: server.process.poll() is None and server.kill())
    return server.start()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pid):
    """User and system time of a process and its children that still run."""
    ticks = 0
    for path in pathlib.Path("/proc").iterdir():
        if not path.name.isdigit():
            continue
        try:
            fields = (path / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(path.name) == pid or int(fields[1]) == pid:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def milliseconds(text):
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(value) * {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}[unit]


def wrk(url, pid, script=None, arguments=(), seconds=SECONDS):
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--latency", *(["-s", script] if script else []), url,
               *(["--", *arguments] if arguments else [])]
    before = cpu_seconds(pid)
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = cpu_seconds(pid) - before
    count = int(re.search(r"(\d+) requests in", out).group(1))
    if "Non-2xx" in out or count == 0:
        raise SystemExit(f"{url}: {out}")
    return {"req_s": float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1)),
            "p50_ms": milliseconds(re.search(r"(?m)^\s+50%\s+(\S+)", out).group(1)),
            "p99_ms": milliseconds(re.search(r"(?m)^\s+99%\s+(\S+)", out).group(1)),
            "cpu_us": spent / count * 1e6}


def median(rows):
    return {key: statistics.median(row[key] for row in rows) for key in rows[0]}


def table(title, columns, rows):
    print(f"\n## {title}\n")
    widths = [max(len(str(row[i])) for row in [columns, *rows]) for i in range(len(columns))]
    for row in [columns, ["-" * width for width in widths], *rows]:
        print("| " + " | ".join(str(cell).ljust(width) for cell, width in zip(row, widths)) + " |")
    sys.stdout.flush()


class Peer:
    """A peer's process, ended with the block."""

    def __init__(self, command, port, **options):
        self.command, self.port, self.options = command, port, options

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.options)

        def listening():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0

        eventually(listening, 30, f"{self.command[0]} on port {self.port}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def accept(work):
    """(a) Submits a second, and what a request costs."""
    fastapi_port, node_port, redis_port, beast_port = (free_port() for _ in range(4))
    redis_data = work / "redis"
    redis_data.mkdir()
    server = serve(work / "accept", "--rate-limit", "0", "--jobs-at-once", "0", "--log-level", "warn")
    client = server.client("bench")
    key = client.upload(MARKDOWN, "a.md")
    token = client.http.headers["Authorization"].split()[1]
    node = {"env": os.environ | {"NODE_PATH": str(ROOT / "build" / "bench" / "node_modules")}}
    with Peer([BENCH_BIN / "beast_ceiling", str(beast_port)], beast_port) as beast, \
         Peer(["redis-server", "--port", str(redis_port), "--bind", "127.0.0.1", "--dir", str(redis_data), "--save", "",
               "--appendonly", "yes", "--appendfsync", "always"], redis_port), \
         Peer(["node", HERE / "peers" / "bullmq_submit.js", str(node_port), str(redis_port)], node_port, **node) as bullmq, \
         Peer([sys.executable, "-m", "uvicorn", "fastapi_submit:app", "--port", str(fastapi_port), "--log-level", "error"],
              fastapi_port, cwd=HERE / "peers", env=os.environ | {"BENCH_DB": str(work / "fastapi.db")}) as fastapi:
        submit = (HERE / "submit.lua", (token, key))
        cases = {
            "submit": (f"{server.url}/upload/process-s3-files", server.process.pid, *submit),
            "submit, FastAPI + SQLite": (f"http://127.0.0.1:{fastapi_port}/upload/process-s3-files", fastapi.process.pid, *submit),
            "submit, BullMQ + Redis": (f"http://127.0.0.1:{node_port}/upload/process-s3-files", bullmq.process.pid, *submit),
            "GET /health": (f"{server.url}/health", server.process.pid),
            "GET /, bare Beast": (f"http://127.0.0.1:{beast_port}/", beast.process.pid),
        }
        rows = {name: [] for name in cases}
        for name, case in cases.items():
            wrk(*case, seconds=1)
        for _ in range(ROUNDS):
            for name, case in cases.items():
                rows[name].append(wrk(*case))
    server.stop()
    result = {name: median(values) for name, values in rows.items()}
    table("(a) Accepting jobs: durable, authenticated, keep-alive, 64 connections, one file each",
          ["what", "req/s", "p50 ms", "p99 ms", "server CPU us/req"],
          [[name, f"{row['req_s']:.0f}", f"{row['p50_ms']:.2f}", f"{row['p99_ms']:.2f}", f"{row['cpu_us']:.1f}"] for name, row in result.items()])
    ours = result["submit"]
    print(f"\nratio to FastAPI {ours['req_s'] / result['submit, FastAPI + SQLite']['req_s']:.1f} (goal 12), "
          f"to BullMQ {ours['req_s'] / result['submit, BullMQ + Redis']['req_s']:.2f} (goal 2), "
          f"p99 {ours['p99_ms']:.1f} ms (goal 10), "
          f"CPU of /health to bare Beast {result['GET /health']['cpu_us'] / result['GET /, bare Beast']['cpu_us']:.2f} (goal 1.25)")


def histogram(text, name):
    """Cumulative (upper bound, count) pairs of a Prometheus histogram without labels."""
    return [(float(bound), int(float(count))) for bound, count in re.findall(name + r'_bucket\{le="([^"]+)"\} (\S+)', text)]


def quantile(before, after, q):
    buckets = [(bound, count - old) for (bound, count), (_, old) in zip(after, before)]
    wanted, low, below = q * buckets[-1][1], 0.0, 0
    for bound, count in buckets:
        if count >= wanted:
            return low + (bound - low) * (wanted - below) / max(count - below, 1)
        low, below = bound, count
    return float("inf")


def start_delay(work):
    """(b) From a job's commit to the start of its handler, at 500 jobs a second."""
    server = serve(work / "start", "--rate-limit", "0", "--log-level", "warn")
    client = server.client("bench")
    key = client.upload(MARKDOWN, "a.md")
    token = client.http.headers["Authorization"].split()[1]
    operator = server.client("local")
    before = histogram(operator.get("/metrics").text, "agent2_ingestor_start_delay_seconds")
    rate, seconds = 500, 2 * SECONDS
    subprocess.run([BENCH_BIN / "submit_at_rate", server.url.split("//")[1], token, key, str(rate), str(seconds)], check=True,
                   stdout=subprocess.DEVNULL)
    text = operator.get("/metrics").text
    after = histogram(text, "agent2_ingestor_start_delay_seconds")
    server.stop()
    jobs = after[-1][1] - before[-1][1]
    table("(b) From 202 to the handler's start, at 500 jobs a second", ["jobs", "p50 ms", "p99 ms", "goal"],
          [[jobs, f"{quantile(before, after, .5) * 1e3:.2f}", f"{quantile(before, after, .99) * 1e3:.2f}", "0.5 and 4"]])


def throughput(work):
    """(c) Jobs of one small Markdown file, from submit to completed, a second."""
    rows = []
    for round_ in range(ROUNDS):
        server = serve(work / f"throughput-{round_}", "--rate-limit", "0", "--log-level", "warn")
        client = server.client("bench")
        key = client.upload(MARKDOWN, "a.md")
        token = client.http.headers["Authorization"].split()[1]
        jobs = 2000
        started = time.perf_counter()
        subprocess.run([BENCH_BIN / "submit_at_rate", server.url.split("//")[1], token, key, "100000", "60", str(jobs)], check=True,
                       stdout=subprocess.DEVNULL)
        eventually(lambda: client.get("/jobs/counts").json()["completed"] >= jobs, 120, "the jobs' end")
        rows.append(jobs / (time.perf_counter() - started))
        server.stop()
    table("(c) Jobs of one small Markdown file, submit to completed", ["jobs/s (median)", "all runs"],
          [[f"{statistics.median(rows):.0f}", " ".join(f"{row:.0f}" for row in rows)]])


def run_cpu(command):
    """CPU and wall seconds of a command."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - started


def pages(work):
    """(d) Pages a second from born-digital PDFs."""
    directory = ROOT / "build" / "bench" / "pdfs"
    if not directory.exists():
        subprocess.run([HERE / "pdfset.sh", directory], check=True)
    files = sorted(directory.glob("*.pdf"))
    count = int(subprocess.run([BENCH_BIN / "extract_bench", "--pages", *files], capture_output=True, text=True, check=True).stdout)
    tools = {
        "agent2-ingestor: Markdown, chunks, sidecar": lambda: [run_cpu([BENCH_BIN / "extract_bench", *files])],
        "pdftotext": lambda: [run_cpu(["pdftotext", file, "/dev/null"]) for file in files],
        "mutool draw -F txt": lambda: [run_cpu(["mutool", "draw", "-F", "txt", "-o", "/dev/null", file]) for file in files],
    }
    rates = {name: [] for name in tools}
    for _ in range(ROUNDS):
        for name, tool in tools.items():
            rates[name].append(count / sum(cpu for cpu, _ in tool()))
    rates["pypdf"] = [count / run_cpu([sys.executable, HERE / "peers" / "pypdf_text.py", *files])[0]]

    server = serve(work / "pages", "--rate-limit", "0", "--log-level", "warn")
    client = server.client("bench")
    keys = [client.upload(file.read_bytes(), file.name) for file in files]
    both = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        job = client.wait(client.submit(keys), 300)
        both.append(count / (time.perf_counter() - started))
        if job["status"] != "completed":
            raise SystemExit(f"(d) {job['error']}")
    server.stop()
    result = {name: statistics.median(values) for name, values in rates.items()}
    ours = result["agent2-ingestor: Markdown, chunks, sidecar"]
    table(f"(d) Pages a second of {count} pages in {len(files)} born-digital PDFs",
          ["what", "pages/s of a core", "ours / this"],
          [*[[name, f"{rate:.0f}", f"{ours / rate:.2f}"] for name, rate in result.items()],
           [f"through the service, {os.cpu_count()} cores, wall", f"{statistics.median(both):.0f}", ""]])
    print(f"\nratio to pdftotext a core {ours / result['pdftotext']:.2f} (goal 1.0), both cores "
          f"{statistics.median(both) / result['pdftotext']:.2f} (goal 1.8), to pypdf {ours / result['pypdf']:.1f} (goal 5)")


def memory_kilobytes(pid):
    """Proportional set size of a process and its children."""
    total = 0
    for path in pathlib.Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                parent = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
                if int(path.name) == pid or parent == pid:
                    total += int(re.search(r"Pss:\s+(\d+)", (path / "smaps_rollup").read_text()).group(1))
            except (OSError, AttributeError):
                continue
    return total


def footprint(work):
    """(e) Memory, start-up time, and what it costs to hand a document to an idle helper."""
    starts = []
    for round_ in range(5):
        port = free_port()
        started = time.perf_counter()
        process = subprocess.Popen([PROGRAM, "serve", "--data", work / "footprint", "--listen", f"127.0.0.1:{port}", "--log-level", "error"],
                                   stdout=subprocess.DEVNULL, env=environment())
        while True:
            try:
                if requests.get(f"http://127.0.0.1:{port}/ready", timeout=1).status_code == 200:
                    break
            except requests.ConnectionError:
                pass
        starts.append((time.perf_counter() - started) * 1e3)
        process.send_signal(signal.SIGTERM)
        process.wait()
    server = serve(work / "memory", "--rate-limit", "0", "--log-level", "warn")
    eventually(lambda: requests.get(server.url + "/health", timeout=5).json().get("sandbox"), 20, "helpers")
    rest = memory_kilobytes(server.process.pid)
    client = server.client("bench")
    sample = ROOT / "samples" / "documents" / "harbour-report.pdf"
    key = client.upload(sample.read_bytes(), sample.name)
    peak, done = rest, threading.Event()

    def watch():
        nonlocal peak
        while not done.wait(0.05):
            peak = max(peak, memory_kilobytes(server.process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    client.wait(client.submit([key] * 1000), 300)
    done.set()
    watcher.join()
    server.stop()
    dispatch = json.loads(subprocess.run([BENCH_BIN / "dispatch_bench"], capture_output=True, text=True, check=True).stdout)
    table("(e) Footprint", ["what", "figure", "goal"],
          [["ready after, ms (median of 5)", f"{statistics.median(starts):.0f}", "200"],
           ["memory at rest with idle helpers, MB (PSS)", f"{rest / 1024:.1f}", "60"],
           ["memory at the peak of 1,000 PDFs, MB (PSS)", f"{peak / 1024:.1f}", ""],
           ["dispatch to an idle helper, us (p50)", f"{dispatch['dispatch_us']:.1f}", ""],
           ["dispatch to the helper of another user, which is replaced, us (p50)", f"{dispatch['replaced_us']:.1f}", ""],
           ["bare socketpair round trip, us (p50)", f"{dispatch['socketpair_us']:.1f}", ""],
           ["ratio", f"{dispatch['dispatch_us'] / dispatch['socketpair_us']:.2f}", "3"]])


def listing(work):
    """(f) Pages of the jobs of one user, and of the objects of a bucket."""
    rows = []
    for jobs in (1_000, 1_000_000):
        out = json.loads(subprocess.run([BENCH_BIN / "list_bench", work / f"list-{jobs}", str(jobs)], capture_output=True, text=True,
                                        check=True).stdout)
        rows.append([f"{jobs:,}", f"{out['first_us']:.0f}", f"{out['deep_us']:.0f}", f"{out['status_us']:.0f}"])
    table("(f) A page of 50 jobs", ["jobs in the table", "first page, us", "deep page, us", "first page of a status, us"], rows)
    print(f"\nratio of a million to a thousand: first {float(rows[1][1]) / float(rows[0][1]):.2f}, "
          f"deep {float(rows[1][2]) / float(rows[0][2]):.2f} (goal 2)")
    pages = [json.loads(subprocess.run([BENCH_BIN / "object_list_bench", work / f"objects-{count}", str(count)], capture_output=True,
                                       text=True, check=True).stdout) for count in (10_000, 1_000_000)]
    table("(f) A page of 1,000 objects", ["objects in the bucket", "first page, us", "from the middle on, us", "1,000 groups, us"],
          [[name, *(f"{value:.0f}" for value in page.values())] for name, page in zip(("10,000", "1,000,000"), pages)])
    ratios = ", ".join(f"{name.removesuffix('_us')} {pages[1][name] / pages[0][name]:.2f}" for name in pages[0])
    print(f"\nratio of a million to ten thousand: {ratios} (goal 2)")


def quality(work):
    """(g) How much of the facts about real documents the Markdown holds, where the corpus is at hand."""
    corpus = pathlib.Path(os.environ.get("CORPUS", ROOT.parent / "shared" / "corpus"))
    if not (corpus / "expected.json").exists():
        print(f"\n## (g) Extraction quality\n\nleft out: there is no corpus at {corpus}")
        return
    server = serve(work / "quality", "--rate-limit", "0", "--log-level", "warn")
    client = server.client("bench")
    outputs = work / "outputs"
    outputs.mkdir()
    formats = ("pdf", "docx", "html", "md", "csv", "txt")
    for format_ in formats:
        paths = sorted((corpus / "good" / format_).iterdir())
        job = client.ingest(*[(path.read_bytes(), path.name) for path in paths], seconds=120)
        for index, path in enumerate(paths):
            if job["files"][index]["status"] == "completed":
                (outputs / f"{path.stem}.md").write_text(client.output(job["job_id"], index))
    server.stop()
    floors = {"pdf": "0.80", "docx": "0.92", "html": "0.92", "md": "0.95", "csv": "0.95", "txt": "0.95"}
    rows = []
    for format_ in formats:
        scored = work / f"{format_}.json"
        subprocess.run([sys.executable, corpus / "score.py", corpus / "expected.json", outputs, "--only", format_, "--no-ocr", "--json", scored],
                       check=True, stdout=subprocess.DEVNULL)
        rows.append([format_, f"{json.loads(scored.read_text())['total']:.3f}", floors[format_]])
    table("(g) Extraction quality: score of the facts, without OCR", ["format", "score", "floor"], rows)


def first_view(work):
    """(h) The web page in a browser with an empty cache: bytes over the wire, time to the jobs table."""
    server = serve(work / "page", "--rate-limit", "0", "--jobs-at-once", "0", "--log-level", "warn")
    client = server.client("bench")
    key = client.upload(MARKDOWN, "note.md")
    for number in range(1_000):
        client.submit([key], f"Job {number}")
    views = json.loads(subprocess.run(["node", HERE / "first_view.mjs", server.url, server.token("bench"), str(ROUNDS + 2)],
                                      capture_output=True, text=True, check=True).stdout)
    server.stop()
    kilobytes = statistics.median(view["bytes"] for view in views) / 1000
    times = sorted(view["ms"] for view in views)
    table("(h) First view of the page, signed in, nothing cached", ["kB over the wire", "requests", "ms to the jobs, median", "best"],
          [[f"{kilobytes:.0f}", views[0]["requests"], f"{statistics.median(times):.0f}", f"{times[0]:.0f}"]])
    print("\ngoals: 450 kB, 1,000 ms")


HTTP_EVENT = json.dumps({
    "resource": "/{proxy+}", "path": "/health", "httpMethod": "GET", "headers": {"Host": "api.example", "Accept": "*/*"},
    "multiValueHeaders": {"Host": ["api.example"], "Accept": ["*/*"]}, "queryStringParameters": None,
    "multiValueQueryStringParameters": None, "pathParameters": {"proxy": "health"}, "stageVariables": None,
    "requestContext": {"stage": "dev", "path": "/dev/health", "httpMethod": "GET", "requestId": "bench", "resourcePath": "/{proxy+}",
                       "identity": {"sourceIp": "203.0.113.9", "userAgent": "bench"}},
    "body": None, "isBase64Encoded": False}).encode()
BUS_EVENT = json.dumps({
    "version": "0", "id": "5f0c0e0e-5d1a-4a3b-9c62-6a1b7a1f0a01", "detail-type": "Document Processing Required",
    "source": "agent2.ingestor", "account": "000000000000", "time": "2026-01-02T03:04:05Z", "region": "us-east-1", "resources": [],
    "detail": {"job_id": "019aae1c-6a0e-7412-9c2b-33a1f5a0d6c1", "user_id": "bench", "job_name": "bench", "files": []}}).encode()


def resident_kilobytes(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1))


class Function:
    """A function's process from its start to its first poll; ended with the block."""

    def __init__(self, command, service, directory=None):
        self.api = RuntimeApi()
        variables = environment() | {
            "AWS_LAMBDA_RUNTIME_API": self.api.endpoint, "AWS_LAMBDA_FUNCTION_NAME": "agent2-ingestor-api-dev",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "2048", "_HANDLER": "lambda_function.handler",
            "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "example", "AWS_ENDPOINT_URL": service.url, "ENVIRONMENT": "dev",
            "EVENT_BUS_NAME": "agent2-ingestor-events-dev", "S3_BUCKET": "agent2-ingestor-bucket-us-east-1",
            "JOBS_TABLE": "agent2-ingestor-jobs-dev", "COGNITO_USER_POOL_ID": "us-east-1_example"}
        started = time.perf_counter()
        self.process = subprocess.Popen(command, cwd=directory, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.api.poll()
        self.start_ms = (time.perf_counter() - started) * 1e3
        self.megabytes = resident_kilobytes(self.process.pid) / 1024

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.api.close()

    def invocations_a_second(self, event):
        for _ in range(20):
            self.api.invoke(event)
        count, started = 0, time.perf_counter()
        while time.perf_counter() - started < SECONDS:
            self.api.invoke(event)
            count += 1
        return count / (time.perf_counter() - started)


def function(_work):
    """(i) The function of AWS Lambda beside one of Python: start, memory, invocations."""
    service = EmptyService()
    functions = {
        "agent2-ingestor": lambda: Function([PROGRAM, "lambda"], service),
        "FastAPI, Mangum, boto3": lambda: Function([sys.executable, "-m", "awslambdaric", "lambda_function.handler"], service, HERE / "peers"),
    }
    rows = {name: [] for name in functions}
    for start in functions.values():  # So that all files are in the page cache.
        with start():
            pass
    for round_ in range(max(ROUNDS, 10)):
        for name, start in functions.items():
            with start() as running:
                row = {"start_ms": running.start_ms, "megabytes": running.megabytes}
                if round_ < ROUNDS:
                    row |= {"http": running.invocations_a_second(HTTP_EVENT), "bus": running.invocations_a_second(BUS_EVENT)}
                rows[name].append(row)
    service.close()
    result = {name: {key: statistics.median(row[key] for row in values if key in row) for key in values[0]} for name, values in rows.items()}
    table("(i) The function: from its start to its first poll, memory then, invocations one after the other",
          ["what", "start ms", "best ms", "resident MB", "HTTP events/s", "bus events/s"],
          [[name, f"{row['start_ms']:.1f}", f"{min(each['start_ms'] for each in rows[name]):.1f}", f"{row['megabytes']:.1f}",
            f"{row['http']:.0f}", f"{row['bus']:.0f}"] for name, row in result.items()])
    ours, python = result.values()
    print(f"\nratio of the starts {python['start_ms'] / ours['start_ms']:.0f} (goal 60, and 6 ms), memory {ours['megabytes']:.1f} MB (goal 12), "
          f"HTTP events {ours['http'] / python['http']:.1f}, bus events {ours['bus'] / python['bus']:.1f}")


def match(work):
    """(j) Event patterns beside event-ruler."""
    patterns(work, PROGRAM, table)


def bus(work):
    """(k) The event bus beside queues."""
    event_bus(work, sys.modules[__name__])


PARTS = {"a": accept, "b": start_delay, "c": throughput, "d": pages, "e": footprint, "f": listing, "g": quality, "h": first_view,
         "i": function, "j": match, "k": bus}


def main():
    wanted = sys.argv[1:] or list(PARTS)
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    print(f"{os.cpu_count()} cores, {model}; {time.strftime('%Y-%m-%d')}; {ROUNDS} rounds of {SECONDS:g} s")
    for letter in wanted:
        work = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "build" / "bench"))
        try:
            PARTS[letter](work)
        finally:
            shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
