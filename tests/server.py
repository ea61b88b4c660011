"""Starts the built server for a test and talks to it the way a person's program would."""
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = pathlib.Path(os.environ.get("AGENT2_INGESTOR", ROOT / "build" / "bin" / "agent2-ingestor"))
SAMPLES = ROOT / "samples" / "documents"
ENDED = {"completed", "failed", "cancelled"}
START_SECONDS = 60


def eventually(condition, seconds=60.0, what="the condition"):
    """Polls until `condition()` is true and returns its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come true within {seconds} s")
        threading.Event().wait(0.02)


def free_port():
    """One that nobody listens on at the moment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def environment():
    """Ours without what would point the product or AWS clients elsewhere."""
    drop = ("AWS_", "AGENT2_", "OIDC_", "COGNITO_", "S3_BUCKET", "EVENT_BUS_NAME", "ENVIRONMENT")
    return {name: value for name, value in os.environ.items() if not name.startswith(drop)}


class Server:
    """One server process on a data directory; may be killed and started again."""

    def __init__(self, data, *arguments, listen="127.0.0.1:0", launcher=()):
        self.data = pathlib.Path(data)
        self.arguments = arguments
        self.listen = listen
        self.launcher = launcher  # A command that starts the program in some other world.
        self.process = None
        self.url = None
        self.lines = []
        self._reader = None

    def start(self, wait=True):
        service = self.data / "service.json"
        with contextlib.suppress(FileNotFoundError):
            service.unlink()
        self.process = subprocess.Popen(
            [*self.launcher, PROGRAM, "serve", "--data", self.data, "--listen", self.listen, "--log-format", "json", *self.arguments],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment())
        self._reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self._reader.start()
        if wait:
            self.wait_ready()
        return self

    def _read(self, process):
        for line in process.stdout:
            self.lines.append(line.rstrip("\n"))

    def wait_ready(self):
        service = self.data / "service.json"

        def ready():
            if self.process.poll() is not None:
                self._reader.join()
                raise AssertionError("the server ended:\n" + "\n".join(self.lines[-30:]))
            if not service.exists():
                return False
            self.url = json.loads(service.read_text())["url"]
            try:
                return requests.get(self.url + "/ready", timeout=5).status_code == 200
            except requests.ConnectionError:
                return False

        eventually(ready, START_SECONDS, "readiness")
        # The same address after a restart, as a service would have.
        self.listen = self.url.split("//")[1]

    def stop(self, seconds=30):
        """Asks the server to end, and says how it did."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait_end(seconds)

    def wait_end(self, seconds=30):
        """Its exit status, when it has ended and all it printed has been read."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not stop within {seconds} s:\n" + "\n".join(self.lines[-30:]))
        self._reader.join(seconds)
        return status

    def kill(self):
        self.process.kill()
        self.process.wait()

    def sign_in_code(self):
        """Of the link that it leaves in its data directory once it serves."""
        link = self.data / "sign-in-link"
        eventually(link.exists, what="the sign-in link")
        return re.fullmatch(r"http\S+#code=([A-Za-z0-9_-]+)\n", link.read_text()).group(1)

    def log(self, message=None):
        """The log's JSON objects, or those with that message."""
        out = []
        for line in list(self.lines):
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict) and message in (None, entry.get("msg")):
                    out.append(entry)
        return out

    def cli(self, *arguments, check=True, extra_environment=None, timeout=120):
        result = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
                                env=environment() | {"AGENT2_INGESTOR_DATA": str(self.data)} | (extra_environment or {}))
        if check and result.returncode != 0:
            raise AssertionError(f"{arguments}: exit {result.returncode}\n{result.stdout}\n{result.stderr}")
        return result

    def token(self, user="ada", ttl="1h"):
        return self.cli("token", "--user", user, "--ttl", ttl).stdout.strip()

    def aws_environment(self, *options):
        """What `agent2-ingestor env` exports, as a child process wants it."""
        shell = f'eval "$({PROGRAM} env --data {self.data} {" ".join(options)})"; env -0'
        raw = subprocess.run(["bash", "-c", shell], capture_output=True, check=True, env=environment()).stdout
        return dict(entry.split("=", 1) for entry in raw.decode().split("\0") if "=" in entry)

    def client(self, user="ada"):
        return Client(self.url, self.token(user))


class Client:
    """The REST API as one user."""

    def __init__(self, url, token=None):
        self.url = url
        self.http = requests.Session()
        if token:
            self.http.headers["Authorization"] = f"Bearer {token}"

    def get(self, path, **options):
        return self.http.get(self.url + path, timeout=30, **options)

    def post(self, path, body=None, **options):
        return self.http.post(self.url + path, json=body, timeout=30, **options)

    def upload(self, content, filename, content_type=None):
        """A presigned upload; returns the file key."""
        request = {"filename": filename} | ({"content_type": content_type} if content_type else {})
        answer = self.post("/upload/presigned-url", request)
        assert answer.status_code == 200, answer.text
        place = answer.json()
        stored = requests.put(place["upload_url"], data=content, headers=place["headers"], timeout=60)
        assert stored.status_code == 200, stored.text
        return place["file_key"]

    def submit(self, keys, name=None, **headers):
        body = {"files": [{"file_key": key} for key in keys]} | ({"job_name": name} if name else {})
        answer = self.post("/upload/process-s3-files", body, headers=headers)
        assert answer.status_code == 202, answer.text
        return answer.json()["job_id"]

    def job(self, job_id):
        answer = self.get(f"/jobs/{job_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def wait(self, job_id, seconds=60):
        def ended():
            job = self.job(job_id)
            return job if job["status"] in ENDED else None

        return eventually(ended, seconds, f"the end of job {job_id}")

    def ingest(self, *files, name=None, seconds=60):
        """Uploads (content, filename) pairs, submits and waits."""
        return self.wait(self.submit([self.upload(*file) for file in files], name), seconds)

    def output(self, job_id, index, kind="markdown"):
        answer = self.get(f"/jobs/{job_id}/documents/{index}/{kind}")
        assert answer.status_code == 200, answer.text
        return answer.content.decode("utf-8")
