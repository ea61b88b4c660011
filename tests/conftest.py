"""Fixtures: a server shared by the tests of a worker, and servers of a test's own."""
import fcntl
import os
import pathlib
import shutil
import subprocess

import pytest

from dynamodb import DYNAMODB_LOCAL, serving
from server import PROGRAM, Server, free_port

CORPUS = pathlib.Path(os.environ.get("CORPUS", pathlib.Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"))


def pytest_sessionstart(session):
    if not PROGRAM.exists():
        raise pytest.UsageError(f"{PROGRAM} is missing: run 'make build' first")


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory):
    """For tests that leave others alone: each acts as a user of its own."""
    server = Server(tmp_path_factory.mktemp("shared"), "--rate-limit", "0")
    server.start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def make_server(tmp_path):
    """Starts servers of the test's own; what still runs at its end is stopped."""
    servers = []

    def make(*arguments, data=None, **options):
        server = Server(data or tmp_path / f"data-{len(servers)}", *arguments, **options)
        servers.append(server)
        return server.start()

    yield make
    for server in servers:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture(scope="session")
def dynamodb_local():
    """Where AWS's DynamoDB Local listens."""
    fetched = subprocess.run([DYNAMODB_LOCAL, "fetch"], capture_output=True, text=True, errors="replace")
    if fetched.returncode != 0:
        pytest.skip("Maven could not fetch DynamoDB Local: " + (fetched.stdout + fetched.stderr)[-500:])
    port = free_port()
    with serving([DYNAMODB_LOCAL, str(port)], port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def user(request):
    """A user whom no other test is."""
    return request.node.name.replace("[", "-").replace("]", "").replace("/", "-")


@pytest.fixture
def client(shared_server, user):
    return shared_server.client(user)


@pytest.fixture(scope="session")
def corpus():
    if not (CORPUS / "expected.json").exists():
        pytest.skip(f"the document corpus is not at {CORPUS}: checks on it are left out")
    return CORPUS


@pytest.fixture(scope="session")
def javascript():
    """A folder with our scripts where the AWS SDK for JavaScript is installed."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    source = pathlib.Path(__file__).resolve().parent / "js"
    place = source.parent.parent / "build" / "tests-js"
    place.mkdir(parents=True, exist_ok=True)
    with open(place / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for script in source.iterdir():
            shutil.copy(script, place)
        installed = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--silent"], cwd=place, capture_output=True,
                                   text=True, timeout=600)
    if installed.returncode != 0:
        pytest.skip("npm could not install the SDK: " + installed.stderr[-500:])
    return place
