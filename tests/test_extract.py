"""`extract`, without a server: standard input, many documents, names in any encoding, and what it says."""

import json
import os
import pathlib
import pty
import subprocess

import pytest

from server import PROGRAM, SAMPLES, environment


def extract(*arguments, stdin=b"", cwd=None):
    """What it answers; arguments are strings, paths or bytes."""
    return subprocess.run([PROGRAM, "extract", *arguments], input=stdin, capture_output=True, env=environment(), cwd=cwd,
                          timeout=120)


def tree(directory):
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())


@pytest.fixture
def folder(tmp_path):
    documents = tmp_path / "documents"
    (documents / "inner").mkdir(parents=True)
    (documents / "a.md").write_text("# A\n\nfirst\n")
    (documents / "inner" / "b.csv").write_text("x,y\n1,2\n")
    (documents / "inner" / "c.txt").write_bytes("Größe und Höhe\n".encode("latin-1"))
    (documents / ".hidden").write_text("not to be read")
    return documents


def test_standard_input_is_read_to_its_end():
    result = extract("-", stdin=b"<h1>Title</h1><p>text</p>")
    assert (result.returncode, result.stdout, result.stderr) == (0, b"# Title\n\ntext\n", b"")
    large = b"A line of text.\n\n" * 200_000
    assert extract("-", stdin=large).stdout == large[:-1]


def test_a_name_tells_kinds_of_text_apart():
    assert extract("-", stdin=b"a,b\n1,2\n").stdout.startswith(b"a,b")
    table = extract("-", "--name", "table.csv", stdin=b"a,b\n1,2\n")
    assert table.stdout == b"| a | b |\n| --- | --- |\n| 1 | 2 |\n"
    sidecar = json.loads(extract("-", "--name", "some/table.csv", "--format", "sidecar", stdin=b"a,b\n1,2\n").stdout)
    assert sidecar["document"]["filename"] == "table.csv"


def test_an_empty_standard_input_is_an_error():
    result = extract("-")
    assert result.returncode == 1 and result.stdout == b""
    assert result.stderr == b"agent2-ingestor: stdin: empty: the file is empty\n"


def test_a_pipe_with_a_name_is_read(tmp_path):
    pipe = tmp_path / "pipe.md"
    os.mkfifo(pipe)
    writer = subprocess.Popen(["sh", "-c", f"printf '# Piped\\n' > '{pipe}'"])
    result = extract(pipe)
    assert writer.wait(timeout=30) == 0
    assert (result.returncode, result.stdout) == (0, b"# Piped\n")


def test_a_file_of_the_kernel_has_no_size_but_text():
    result = extract("/proc/self/status")
    assert result.returncode == 0 and b"Name:" in result.stdout


def test_links_that_lead_back_are_not_followed(folder, tmp_path):
    (folder / "inner" / "again").symlink_to(folder)
    (folder / "linked.md").symlink_to(folder / "a.md")
    out = tmp_path / "out"
    assert extract(folder, "-o", out).returncode == 0
    assert tree(out) == ["a.md.md", "inner/b.csv.md", "inner/c.txt.md", "linked.md.md"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_closed_folder_hides_no_other(folder, tmp_path):
    (folder / "closed").mkdir(mode=0)
    out = tmp_path / "out"
    result = extract(folder, "-o", out)
    assert result.returncode == 2 and b"closed: Permission denied" in result.stderr
    assert len(tree(out)) == 3


def test_a_folder_keeps_its_places(folder, tmp_path):
    out = tmp_path / "out"
    result = extract(folder, "-o", out)
    assert result.returncode == 0, result.stderr
    assert tree(out) == ["a.md.md", "inner/b.csv.md", "inner/c.txt.md"]
    assert (out / "inner/c.txt.md").read_text(encoding="utf-8") == "Größe und Höhe\n"
    assert result.stdout == b"" and result.stderr == b"agent2-ingestor: 3 of 3 documents done\n"


@pytest.mark.parametrize("format_,ending", [("sidecar", ".json"), ("chunks", ".chunks.jsonl"), ("docling", ".docling.json"),
                                            ("html", ".html"), ("text", ".txt"), ("markdown", ".md")])
def test_every_format_has_its_ending(folder, tmp_path, format_, ending):
    out = tmp_path / "out"
    assert extract(folder, "-o", out, "--format", format_).returncode == 0
    assert tree(out) == [f"a.md{ending}", f"inner/b.csv{ending}", f"inner/c.txt{ending}"]
    text = (out / f"a.md{ending}").read_text(encoding="utf-8")
    assert "first" in text or format_ == "sidecar"
    assert text.endswith("\n") and not text.endswith("\n\n")
    if "json" in ending:
        json.loads(text)


def test_outputs_within_the_folder_are_no_documents(folder):
    out = folder / "out"
    assert extract(folder, "-o", out).returncode == 0
    first = tree(out)
    assert extract(folder, "-o", out).returncode == 0
    assert tree(out) == first


def test_one_bad_document_stops_no_other(folder, tmp_path):
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7\nno more")
    (folder / "empty.txt").write_bytes(b"")
    out = tmp_path / "out"
    result = extract(folder, SAMPLES / "workshop-handbook.md", tmp_path / "missing.md", "-o", out)
    assert result.returncode == 1
    assert tree(out) == ["a.md.md", "inner/b.csv.md", "inner/c.txt.md", "workshop-handbook.md.md"]
    said = result.stderr.decode().splitlines()
    assert any(line.startswith(f"agent2-ingestor: {folder}/bad.pdf: corrupt: ") for line in said), said
    assert f"agent2-ingestor: {folder}/empty.txt: empty: the file is empty" in said
    assert f"agent2-ingestor: {tmp_path}/missing.md: No such file or directory" in said
    assert said[-1] == "agent2-ingestor: 4 of 7 documents done"


def test_a_file_that_cannot_be_read_is_wrong_usage(tmp_path):
    result = extract(tmp_path / "missing.md")
    assert result.returncode == 2
    assert result.stderr.decode() == f"agent2-ingestor: {tmp_path}/missing.md: No such file or directory\n"


def test_many_documents_need_a_directory(folder):
    for arguments in ([folder], [folder / "a.md", folder / "inner" / "b.csv"]):
        result = extract(*arguments)
        assert result.returncode == 2 and b"-o DIR" in result.stderr and result.stdout == b""


@pytest.mark.parametrize("arguments", [["-", "-", "-o", "out"], ["a.md", "--name", "b.md"], ["a.md", "-o", ""], []])
def test_wrong_usage_is_told(arguments, tmp_path):
    (tmp_path / "a.md").write_text("text")
    result = extract(*arguments, cwd=tmp_path)
    assert result.returncode == 2 and result.stderr and not result.stdout


def test_an_empty_folder_is_told(tmp_path):
    result = extract(tmp_path, "-o", tmp_path / "out")
    assert result.returncode == 2 and b"there is no document in" in result.stderr


def test_no_output_is_written_over_another(folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.md").write_text("# Another\n")
    out = tmp_path / "out"
    result = extract(folder / "a.md", other / "a.md", "-o", out)
    assert result.returncode == 1 and b"another document has the same name" in result.stderr
    assert (out / "a.md.md").read_text() == "# A\n\nfirst\n"


def test_what_cannot_be_written_is_told(folder, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    result = extract(folder / "a.md", "-o", blocked)
    assert result.returncode == 1 and str(blocked).encode() in result.stderr
    assert blocked.read_text() == "in the way"


@pytest.mark.parametrize("name", [b"caf\xe9.md", b"\xff\xfe.md", "名前.md".encode(), b"new\nline.md", b"100% sure?#1.md"])
def test_names_are_bytes(name, tmp_path):
    path = os.fsencode(tmp_path) + b"/" + name
    with open(path, "wb") as file:
        file.write(b"# Hi\n\nwords\n")
    assert extract(path).stdout == b"# Hi\n\nwords\n"
    sidecar = json.loads(extract(path, "--format", "sidecar").stdout.decode("utf-8"))
    assert sidecar["document"]["filename"] == name.decode("utf-8", "replace")
    record = json.loads(extract(path, "--format", "chunks").stdout.decode("utf-8"))
    assert record["metadata"]["source"].startswith("file:///") and record["metadata"]["source"].isascii()
    out = tmp_path / "out"
    assert extract(path, "-o", out).returncode == 0
    assert os.listdir(os.fsencode(out)) == [name + b".md"]


def test_progress_is_shown_on_a_terminal(folder, tmp_path):
    terminal, side = pty.openpty()
    process = subprocess.Popen([PROGRAM, "extract", folder, "-o", tmp_path / "out"], stderr=side, stdout=subprocess.DEVNULL,
                               env=environment())
    os.close(side)
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(terminal)
    assert process.wait(timeout=60) == 0
    assert b"of 3" in shown and b"3 of 3 documents done" in shown


def test_many_documents_come_out_as_one_by_one(tmp_path):
    documents = tmp_path / "many"
    documents.mkdir()
    for i in range(60):
        (documents / f"{i:02}.md").write_text(f"# Number {i}\n\n" + "words " * (i * 50) + "\n")
    out = tmp_path / "out"
    assert extract(documents, "-o", out).returncode == 0
    for path in pathlib.Path(documents).iterdir():
        assert (out / f"{path.name}.md").read_text().startswith(f"# Number {int(path.stem)}\n")
