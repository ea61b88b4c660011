"""What stands between a document and everything else, tried from outside the real programs.

What a captured parser may do is tried from inside in backend/src/documents/sandbox_test.cpp.
"""
import io
import os
import pathlib
import signal
import subprocess
import sys
import zipfile

import pytest
import requests

from server import PROGRAM, ROOT, Client, environment, eventually

WITHOUT_LANDLOCK = (sys.executable, str(ROOT / "tests" / "without_landlock.py"))
RESTARTS = int(os.environ.get("RESTARTS", "15"))
WORKERS = 2


def children(pid):
    """The processes whose parent it is: the zygote and the helpers."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.name))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return sorted(found)


def all_started(server):
    """Zygote, helpers and the one in reserve."""
    return eventually(lambda: len(found := children(server.process.pid)) == WORKERS + 2 and found, what="all helpers")


def extract(*arguments, launcher=()):
    return subprocess.run([*launcher, PROGRAM, "extract", *map(str, arguments)], capture_output=True, text=True,
                          timeout=60, env=environment())


def test_helpers_hold_nothing_of_the_server(make_server):
    server = make_server("--workers", str(WORKERS))
    if os.geteuid() != 0:
        pytest.skip("the files of a process that is not dumpable are root's")

    def held_by(pid):
        # A clone that was made this moment has yet to close what is the zygote's.
        held = {entry.name: os.readlink(entry) for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir()}
        return set(held) == {"0", "1", "2", "3"} and held

    for pid in all_started(server):
        held = eventually(lambda: held_by(pid), what=f"process {pid} with nothing but its own")
        assert held["0"] == held["1"] == "/dev/null"
        assert held["2"].startswith("pipe:") and held["3"].startswith("socket:")


def test_helpers_have_another_user_and_no_rights(make_server):
    server = make_server("--workers", str(WORKERS))
    for pid in all_started(server):
        status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
        assert status["NoNewPrivs"] == "1"
        assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
        assert pathlib.Path(f"/proc/{pid}/oom_score_adj").read_text().strip() == "1000"
        if os.geteuid() == 0:
            assert set(status["Uid"].split()) == {"65534"} and status["Groups"].strip() == ""


def test_nobody_of_the_same_user_reads_the_servers_memory(make_server):
    # Root without its capabilities is a user as any other.
    plain = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()
    server = make_server(launcher=plain)
    with subprocess.Popen([*plain, "sleep", "600"]) as other:
        try:
            eventually(lambda: "sleep" in pathlib.Path(f"/proc/{other.pid}/comm").read_text(), what="the other process")
            for pid, readable in ((server.process.pid, False), (other.pid, True)):
                read = subprocess.run([*plain, "head", "-c1", f"/proc/{pid}/environ"], capture_output=True, text=True)
                assert (read.returncode == 0) == readable, read
        finally:
            other.kill()


def test_a_killed_server_leaves_no_helper_and_its_address_is_free(make_server):
    server = make_server("--workers", str(WORKERS))
    for _ in range(RESTARTS):
        helpers = all_started(server)
        server.kill()
        server.start()
        assert not server.log("cannot start")
        eventually(lambda: not any(pathlib.Path(f"/proc/{pid}").exists() for pid in helpers), 10, "the end of all helpers")


def test_an_address_that_stays_in_use_is_said(make_server, tmp_path):
    server = make_server()
    second = subprocess.run([PROGRAM, "serve", "--data", tmp_path / "second", "--listen", server.listen],
                            capture_output=True, text=True, timeout=60, env=environment())
    assert second.returncode != 0 and "Address already in use" in second.stdout + second.stderr


def test_a_user_whose_documents_hold_all_helpers_keeps_nobody_waiting(make_server):
    server = make_server("--workers", "1")
    ann, bob = server.client("ann"), server.client("bob")
    rows = b"some words in a row,and some more of them,1,2,3\n" * 600_000
    keys = [ann.upload(rows, f"long-{n}.csv") for n in range(3)]
    job_id = ann.submit(keys)
    eventually(lambda: ann.job(job_id)["status"] == "processing", what="ann's documents at work")
    assert bob.ingest((b"Four", "four.txt"))["status"] == "completed"
    job = ann.job(job_id)
    assert job["status"] == "processing" and job["documents_processed"] == 0, job
    ann.post(f"/jobs/{job_id}/cancel")


def test_a_frozen_helper_is_replaced_and_its_document_tried_again(make_server):
    server = make_server("--workers", "1")
    zygote, *helpers = eventually(lambda: len(found := children(server.process.pid)) == 3 and found, what="helpers")
    client = server.client()
    for pid in helpers:
        os.kill(pid, signal.SIGSTOP)
    job_id = client.submit([client.upload(b"Sound text.", "a.txt")])
    eventually(lambda: client.job(job_id)["status"] == "processing", what="the job at work")
    for pid in helpers:
        os.kill(pid, signal.SIGKILL)
    assert client.wait(job_id)["status"] == "completed"


def test_without_landlock_the_service_says_so_and_goes_on(make_server):
    server = make_server(launcher=WITHOUT_LANDLOCK)
    assert server.client().ingest((b"Sound text.", "a.txt"))["status"] == "completed"
    health = requests.get(server.url + "/health", timeout=10).json()["sandbox"]
    assert health["file_system"] == "unavailable" and health["system_calls"] == "active", health
    assert "file_system" in health["warning"]
    assert any(entry["level"] == "warn" for entry in server.log("extraction sandbox"))


def test_a_sandbox_that_is_required_and_not_whole_parses_nothing(tmp_path):
    document = tmp_path / "a.txt"
    document.write_text("Sound text.\n")
    for arguments in ((), ("--sandbox", "best-effort")):
        assert extract(document, *arguments, launcher=WITHOUT_LANDLOCK).stdout == "Sound text.\n"
    refused = extract(document, "--sandbox", "required", launcher=WITHOUT_LANDLOCK)
    assert refused.returncode != 0 and "Sound text" not in refused.stdout
    assert "unavailable" in refused.stderr and "file_system" in refused.stderr


def test_documents_wait_while_the_sandbox_that_is_required_is_not_whole(make_server):
    server = make_server("--sandbox", "required", launcher=WITHOUT_LANDLOCK)
    client = Client(server.url, server.token())
    eventually(lambda: "warning" in requests.get(server.url + "/health", timeout=10).json()["sandbox"], what="a warning")
    job_id = client.submit([client.upload(b"Sound text.", "a.txt")])
    eventually(lambda: client.job(job_id)["attempts"], what="an attempt")
    assert client.job(job_id)["documents_processed"] == 0


def pdf_in_shift_jis(text):
    """A PDF whose font names one of Poppler's tables and has no map of its own."""
    content = b"BT /F1 12 Tf 72 720 Td <" + text.encode("shift_jis").hex().encode() + b"> Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type0/BaseFont/Ryumin-Light/Encoding/90ms-RKSJ-H/DescendantFonts[6 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/Ryumin-Light/FontDescriptor 7 0 R"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>>>",
        b"<</Type/FontDescriptor/FontName/Ryumin-Light/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800"
        b"/Descent -200/CapHeight 700/StemV 80>>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))


def docx_in(encoding, text):
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    body = f'<?xml version="1.0" encoding="{encoding}"?><w:document xmlns:w="{namespace}"><w:body><w:p><w:r><w:t>{text}' \
           "</w:t></w:r></w:p></w:body></w:document>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", f'<Types xmlns="{kinds}"><Override PartName="/word/document.xml" '
                                                f'ContentType="{main}"/></Types>')
        package.writestr("_rels/.rels", f'<Relationships xmlns="{relations}"><Relationship Id="r" Type="{office}" '
                                        'Target="word/document.xml"/></Relationships>')
        package.writestr("word/document.xml", body.encode(encoding))
    return out.getvalue()


@pytest.mark.skipif(not pathlib.Path("/usr/share/poppler/cMap").exists(), reason="Poppler's tables are not installed")
@pytest.mark.parametrize("launcher", [(), WITHOUT_LANDLOCK], ids=["as it is", "without Landlock"])
def test_what_parsers_read_beside_the_document_is_there(tmp_path, launcher):
    pdf = tmp_path / "japanese.pdf"
    pdf.write_bytes(pdf_in_shift_jis("\u65e5\u672c\u8a9e"))
    assert extract(pdf, launcher=launcher).stdout.strip() == "\u65e5\u672c\u8a9e"
    docx = tmp_path / "russian.docx"
    docx.write_bytes(docx_in("windows-1251", "\u043f\u0440\u0438\u0432\u0435\u0442"))
    assert extract(docx, launcher=launcher).stdout.strip() == "\u043f\u0440\u0438\u0432\u0435\u0442"
