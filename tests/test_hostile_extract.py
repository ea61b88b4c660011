"""Small documents that are made to cost much (hostile_documents.py) are read within a share of time and memory, or
are refused for what they are; none runs on, takes the helper down, or becomes out of proportion large."""

import os
import pathlib
import resource
import subprocess

import pytest

from hostile_documents import CASES
from server import PROGRAM, environment

SIZE = 100_000
# Generous: without bounds the worst of these took minutes or gigabytes.
CPU_SECONDS = 15
MEMORY_BYTES = 400 << 20
OUTPUT_BYTES = 16 << 20
# The helper is told apart by what it says when it ends by itself: that would be our fault, not the document's.
NOT_THE_DOCUMENT = ("crash", "timed out", "timed_out", "internal", "signal", "memory")


@pytest.mark.parametrize("name", sorted(CASES))
def test_reading_is_in_proportion(name, tmp_path):
    document = tmp_path / name
    document.write_bytes(CASES[name](SIZE))
    errors = tmp_path / "errors"
    output = tmp_path / "output"
    with output.open("wb") as out, errors.open("wb") as err:
        process = subprocess.Popen(
            [PROGRAM, "extract", document],
            stdout=out,
            stderr=err,
            env=environment(),
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (60, 60)),
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    said = pathlib.Path(errors).read_text(errors="replace")
    assert process.returncode in (0, 1), said
    if process.returncode == 1:
        assert not any(word in said.lower() for word in NOT_THE_DOCUMENT), said
    assert usage.ru_utime + usage.ru_stime < CPU_SECONDS
    assert usage.ru_maxrss * 1024 < MEMORY_BYTES
    assert output.stat().st_size < OUTPUT_BYTES


@pytest.mark.parametrize(
    "name",
    ["images_in_brackets.md", "attributes_of_one_tag.html", "words_in_a_grid.pdf", "table_of_missing_cells.md"],
)
def test_what_cannot_be_read_as_meant_is_kept_as_text(name, tmp_path):
    document = tmp_path / name
    document.write_bytes(CASES[name](4 * SIZE))
    result = subprocess.run(
        [PROGRAM, "extract", document], capture_output=True, text=True, env=environment(), timeout=120, check=True
    )
    word = {"md": "x " if "images" in name else "|-|", "html": "word", "pdf": "w9999"}[name.rsplit(".", 1)[1]]
    assert word in result.stdout
    sidecar = subprocess.run(
        [PROGRAM, "extract", "--format", "sidecar", document],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=120,
        check=True,
    )
    assert '"warnings":["' in sidecar.stdout.replace(" ", "")
