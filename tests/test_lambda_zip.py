"""The function's package runs where there is nothing but itself: unpacked into an empty root, as in Lambda's /var/task,
with no library, no font and no table of the machine that built it."""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import zipfile

import pytest
import requests

from aws_world import AwsWorld, Outcome, descendants, request_v1, request_v2
from server import PROGRAM, ROOT, SAMPLES, eventually, free_port

ZIP = ROOT / "build" / "lambda" / "agent2-ingestor-lambda.zip"
# A root of its own, and in it what Lambda mounts for every function.
ENTER = """
mount -t proc proc "$0/proc" && mount --bind /dev/null "$0/dev/null" && mount --bind /dev/urandom "$0/dev/urandom" &&
exec chroot "$0" "$@"
"""


class Box:
    def __init__(self, root):
        self.root = root
        for directory in ("var/task", "tmp", "proc", "dev"):
            (root / directory).mkdir(parents=True)
        for device in ("null", "urandom"):
            (root / "dev" / device).touch()
        subprocess.run(["unzip", "-q", ZIP, "-d", root / "var" / "task"], check=True)

    def enter(self, *command):
        """The command line that runs `command` in there, and ends it when it is ended itself."""
        rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        return ["unshare", *rights, "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, str(self.root), *command]

    def run(self, *command):
        return subprocess.run(self.enter(*command), capture_output=True, text=True, timeout=120,
                              env={"PATH": os.environ["PATH"]})

    def extract(self, filename, content):
        (self.root / "tmp" / filename).write_bytes(content)
        return self.run("/var/task/bootstrap", "extract", f"/tmp/{filename}")


@pytest.fixture(scope="module")
def package():
    if not ZIP.exists():
        pytest.skip(f"{ZIP} is missing: run 'make lambda'")
    return zipfile.ZipFile(ZIP)


@pytest.fixture(scope="module")
def box(package, tmp_path_factory):
    box = Box(tmp_path_factory.mktemp("function"))
    entered = box.run("/var/task/lib/ld-linux-x86-64.so.2", "--version")
    if re.search(r"unshare|mount|chroot", entered.stderr):
        pytest.skip(f"neither root nor user namespaces here: {entered.stderr.strip()}")
    return box


def test_the_zip_is_what_lambda_takes(package):
    assert ZIP.stat().st_size < 60 << 20
    assert sum(entry.file_size for entry in package.infolist()) < 250 << 20
    modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in package.infolist()}
    assert modes["bootstrap"] == modes["agent2-ingestor-extract"] == 0o755
    assert modes["etc/ssl/cert.pem"] == 0o644
    assert not [name for name in modes if name.startswith(("/", ".."))]
    assert {"lib/libcurl.so.4", "lib/libc.so.6", "share/poppler/cMap/Adobe-Japan1/90ms-RKSJ-H"} <= modes.keys()


def test_the_zip_is_the_same_each_time(package):
    # The time of each file and their order are fixed, so that its bytes depend on the programs alone.
    assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert package.namelist() == sorted(package.namelist())


def test_it_starts_without_a_system(box):
    shown = box.run("/var/task/bootstrap", "--version")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout == subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("sample", sorted(path.name for path in SAMPLES.iterdir()))
def test_it_reads_every_sample_as_the_machine_that_built_it_does(box, sample):
    here = subprocess.run([PROGRAM, "extract", SAMPLES / sample], capture_output=True, text=True, check=True)
    there = box.extract(sample, (SAMPLES / sample).read_bytes())
    assert there.returncode == 0, there.stderr
    assert len(there.stdout) > 200 and there.stdout == here.stdout


def japanese_pdf():
    """Two words in a font that is not embedded, whose codes only the character maps of Adobe-Japan1 explain."""
    text = "BT /F1 24 Tf 72 700 Td <{}> Tj ET".format("日本語の文書".encode("shift_jis").hex())
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(text)}>>stream\n{text}\nendstream",
        "<</Type/Font/Subtype/Type0/BaseFont/Ryumin-Light/Encoding/90ms-RKSJ-H/DescendantFonts[6 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/Ryumin-Light/FontDescriptor 7 0 R"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>>>",
        "<</Type/FontDescriptor/FontName/Ryumin-Light/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800"
        "/Descent -200/StemV 80/CapHeight 700>>",
    ]
    pdf, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return pdf + (f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
                  f"trailer<</Root 1 0 R/Size {len(objects) + 1}>>\nstartxref\n{len(pdf)}\n%%EOF\n").encode()


def test_it_brings_the_character_maps_of_pdf(box):
    read = box.extract("japanese.pdf", japanese_pdf())
    assert read.returncode == 0, read.stderr
    assert "日本語の文書" in read.stdout


def test_without_its_character_maps_that_pdf_cannot_be_read(box, tmp_path):  # box: whether it can be entered
    # The claim above would be empty if the text came from somewhere else.
    bare = Box(tmp_path / "bare")
    shutil.rmtree(bare.root / "var" / "task" / "share")
    assert "日本語" not in bare.extract("japanese.pdf", japanese_pdf()).stdout


class Emulated:
    """The function under AWS's own Runtime Interface Emulator, in the box."""

    def __init__(self, box, program, variables, seconds):
        (box.root / "usr" / "bin").mkdir(parents=True, exist_ok=True)
        shutil.copy(program, box.root / "usr" / "bin" / "aws-lambda-rie")
        self.port = free_port()
        self.lines = []
        self.process = subprocess.Popen(
            box.enter("/usr/bin/aws-lambda-rie", "--runtime-interface-emulator-address", f"127.0.0.1:{self.port}",
                      "--runtime-api-address", f"127.0.0.1:{free_port()}", "/var/task/bootstrap"),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "AWS_LAMBDA_FUNCTION_TIMEOUT": str(seconds), "LAMBDA_TASK_ROOT": "/var/task",
                 "AWS_REGION": "us-east-1"} | variables)
        eventually(self.listens, what="the emulator")

    def listens(self):
        assert self.process.poll() is None
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def invoke(self, event, **_):
        """The emulator drops the header that tells errors from answers; their body tells it too."""
        body = requests.post(f"http://127.0.0.1:{self.port}/2015-03-31/functions/function/invocations", json=event,
                             timeout=120).content
        failed = isinstance(json.loads(body), dict) and "errorType" in json.loads(body)
        return Outcome("", "error" if failed else "response", body)

    def stop(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture(params=["runtime API of the tests", "AWS's emulator"])
def make_packaged(request, box):
    """Makes an account whose function is the package in the box, with so many seconds for an invocation."""
    worlds = []

    def make(seconds=60):
        world = AwsWorld(command=box.enter("/var/task/bootstrap"),
                         variables={"LAMBDA_TASK_ROOT": "/var/task", "PATH": os.environ["PATH"]})
        worlds.append(world)
        if request.param == "AWS's emulator":
            found = sorted((ROOT / "build" / "sam-cli").glob("lib/python*/site-packages/samcli/local/rapid/aws-lambda-rie-x86_64"))
            if not found:
                pytest.skip("the SAM CLI, which brings it, is not installed: run scripts/cfn_lint.sh")
            world.function.stop()
            world.function = Emulated(box, found[0], world.function.variables, seconds)
        return world

    yield make
    for world in worlds:
        world.close()


def test_the_package_answers_and_processes(make_packaged):
    packaged = make_packaged()
    ada = packaged.token()
    for make in (request_v1, request_v2):
        assert packaged.call("GET", "/health", make=make).json["engine"] == "aws"
        assert packaged.call("GET", "/jobs", "forged", make=make).status == 401
    documents = [(path.name, path.read_bytes()) for path in sorted(SAMPLES.iterdir())]
    job_id = packaged.submit(ada, *documents)["job_id"]
    [event] = packaged.events()
    outcome = packaged.function.invoke(event)
    assert outcome.kind == "response", outcome.body
    job = packaged.job(ada, job_id)
    assert job["status"] == "completed" and job["documents_processed"] == len(documents)
    assert packaged.function.invoke({"what": "is this"}).kind == "error"
    assert packaged.function.invoke(event).kind == "response"
    assert packaged.job(ada, job_id)["attempts_count"] == 1


def test_the_package_hands_on_what_a_deadline_is_too_near_for(make_packaged):
    packaged = make_packaged(seconds=9)
    ada = packaged.token()
    documents = [(f"{n}.md", f"# Document {n}\n".encode()) for n in range(2 * (os.cpu_count() or 1) + 1)]
    job_id = packaged.submit(ada, *documents)["job_id"]
    packaged.deliver_all(seconds=9)
    job = packaged.job(ada, job_id)
    assert job["status"] == "completed" and job["attempts_count"] >= 2
    assert [attempt["error"] for attempt in job["attempts"]] == [None] * job["attempts_count"]


def test_the_package_survives_a_crash_of_its_helpers(make_packaged):
    packaged = make_packaged()
    ada = packaged.token()
    packaged.submit(ada, ("a.md", b"# A\n"))
    packaged.deliver_all()
    helpers = [pid for pid, name in descendants(packaged.function.process.pid) if name.startswith("agent2-ingestor")]
    assert helpers
    for pid in helpers:
        os.kill(pid, signal.SIGKILL)
    job_id = packaged.submit(ada, ("b.md", b"# B\n"))["job_id"]

    def completed():
        # A document that meets no helper waits, and the scheduled sweep takes its job up again.
        packaged.deliver_all()
        packaged.sweep()
        return packaged.job(ada, job_id)["status"] == "completed"

    eventually(completed, what="the job beside helpers that start again")
