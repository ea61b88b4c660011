"""Every command that the README prints, run as it stands: on a server of the test's own, and against moto where it is
for AWS. Only addresses and the job's id, which the README cannot know, are put in their place."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

import pytest

from server import ROOT, SAMPLES, environment, eventually, free_port
from test_infrastructure import BUS, KEYS, RULE, aws, backend  # noqa: F401: fixtures

README = (ROOT / "README.md").read_text()
PRINTED_ADDRESS = "127.0.0.1:8080"
PRINTED_JOB = "019aae1c-…"
# Under an AWS account's own eyes alone; what it would deploy is deployed by test_infrastructure.py and test_lambda_zip.py.
NEEDS_AN_ACCOUNT = {"sam build && sam deploy"}
SET_UP = {"make run", "make test"}


def commands():
    """Of each block of shell lines, in order and without comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    return [[line for line in (re.sub(r"(^|\s+)#.*", "", line) for line in block.replace("\\\n", " ").splitlines()) if line]
            for block in blocks]


def commands_for(place):
    """`here`: what the program of this machine does; `aws`: what is for an account."""
    aws = README.index("## AWS deployment")
    blocks = commands()
    printed = [match.start() for match in re.finditer(r"^```sh$", README, re.MULTILINE)]
    return [block for block, at in zip(blocks, printed, strict=True) if (at > aws) == (place == "aws")]


class Shell:
    """One bash that remembers what earlier commands set."""

    def __init__(self, home, variables):
        self.process = subprocess.Popen(["bash", "--norc"], cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, env=environment() | variables)

    def run(self, command):
        """What it printed. Its failure is the test's."""
        self.process.stdin.write(f"{command}\nprintf '\\n=%s=\\n' $?\n")
        self.process.stdin.flush()
        out = []
        for line in self.process.stdout:
            if ended := re.fullmatch(r"=(\d+)=\n", line):
                printed = "".join(out).removesuffix("\n")
                assert ended.group(1) == "0", f"{command}: exit {ended.group(1)}\n{printed}"
                return printed
            out.append(line)
        raise AssertionError(f"{command} ended the shell:\n{''.join(out)}")

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


@pytest.fixture
def home(tmp_path):
    """Where somebody stands who has built the project: with a document of their own."""
    for name in ("build", "infrastructure", "backend", "samples"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(SAMPLES / "harbour-report.pdf", tmp_path / "report.pdf")
    return tmp_path


@pytest.fixture
def shell(home):
    shells = []

    def make(**variables):
        shells.append(Shell(home, variables))
        return shells[-1]

    yield make
    for made in shells:
        made.close()


def clients(version):
    """A PATH with that AWS CLI first."""
    programs = {"v1": pathlib.Path(sys.executable).parent, "v2": pathlib.Path("/usr/bin")}[version]
    if not (programs / "aws").exists():
        pytest.skip(f"{programs}/aws is not installed")
    return f"{programs}:{os.environ['PATH']}"


def test_set_up_is_two_commands_that_exist():
    first, *_ = commands()
    assert set(first) == SET_UP
    for command in first:
        shown = subprocess.run([*command.split(), "--dry-run"], cwd=ROOT, capture_output=True, text=True,
                               env=environment())
        assert shown.returncode == 0, shown.stderr


def test_commands_for_this_machine_work_as_printed(home, shell):
    _, serve_block, *others = commands_for("here")
    serve, *rest = serve_block
    address = f"127.0.0.1:{free_port()}"
    variables = {"AGENT2_INGESTOR_DATA": str(home / "data"), "PATH": clients("v1")}
    server = subprocess.Popen(serve.split(), cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              env=environment() | variables | {"AGENT2_INGESTOR_LISTEN": address})
    try:
        eventually((home / "data" / "service.json").exists, what="the service's address")
        terminal = shell(**variables)
        job_id = PRINTED_JOB
        printed = {}
        for command in [*rest, *(command for block in others for command in block)]:
            printed[command] = terminal.run(command.replace(PRINTED_ADDRESS, address).replace(PRINTED_JOB, job_id))
            if accepted := re.search(r'"job_id": *"([0-9a-f-]{36})"', printed[command]):
                job_id = accepted.group(1)
                # Its outputs are asked for next.
                terminal.run(f"until build/bin/agent2-ingestor jobs show {job_id} | grep -q completed; do :; done")

        assert job_id != PRINTED_JOB
        for command, lines in printed.items():
            assert '"detail"' not in lines, f"{command}: {lines}"
        shown = next(lines for command, lines in printed.items() if command.endswith('Bearer $token"') and "/jobs/" in command)
        assert json.loads(shown)["job_id"] == job_id
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0


@pytest.mark.filterwarnings("ignore:Tried to parse")
def test_commands_for_aws_work_as_printed(aws, backend, shell):
    blocks = commands_for("aws")
    assert NEEDS_AN_ACCOUNT < {command for block in blocks for command in block}
    aws.deploy_backend(backend)  # In place of what needs an account.
    for block in blocks:
        terminal = shell(**KEYS, PATH=clients("v2"), AWS_ENDPOINT_URL=aws.endpoint, AWS_REGION="us-east-1",
                         AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null")
        # That of Debian 12 does not know the variable yet.
        terminal.run('aws() { timeout "$seconds" aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }; seconds=60')
        for command in block:
            if command.endswith("--follow"):
                # It goes on until it is ended; on a fault it would end by itself.
                terminal.run(f"seconds=5; {command}; [ $? = 124 ]")
            elif command not in NEEDS_AN_ACCOUNT:
                terminal.run(command)
    rules = {rule["Name"]: rule["State"] for rule in aws.client("events").list_rules(EventBusName=BUS)["Rules"]}
    assert rules[RULE] == "ENABLED"
