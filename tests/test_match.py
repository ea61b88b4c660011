"""`agent2-ingestor match`: event patterns without a server, and the answers of AWS's own engine where they are at hand."""
import json
import re
import subprocess
import sys

import pytest

from conftest import CORPUS
from server import PROGRAM

BENCH = CORPUS.parent / "bench"
RULES = [{"name": "created", "pattern": {"source": ["aws.s3"], "detail": {"object": {"key": [{"prefix": "inbox/"}]}}}},
         {"name": "large", "pattern": {"detail": {"object": {"size": [{"numeric": [">", 1000]}]}}}},
         {"name": "never", "pattern": {"nonesuch": [True]}}]
EVENTS = [{"source": "aws.s3", "detail": {"object": {"key": "inbox/a.pdf", "size": 2000}}},
          {"source": "aws.s3", "detail": {"object": {"key": "inbox/b.pdf", "size": 5}}},
          {"source": "other", "detail": {"object": {"key": "inbox/c.pdf", "size": 1001}}}]


def run(*arguments):
    return subprocess.run([PROGRAM, "match", *map(str, arguments)], capture_output=True, text=True, timeout=300)


def lines(result):
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def write(path, records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def fnv1a(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


@pytest.fixture
def events(tmp_path):
    return write(tmp_path / "events.jsonl", EVENTS)


def test_matches_are_counted_by_rule_and_digested(tmp_path, events):
    *rules, summary = lines(run("--rules", write(tmp_path / "rules.jsonl", RULES), "--events", events))
    assert rules == [{"rule": "created", "matches": 2}, {"rule": "large", "matches": 2}, {"rule": "never", "matches": 0}]
    digest = sum(map(fnv1a, ["created@0", "created@1", "large@0", "large@2"])) % 2**64
    assert summary == {"set": "rules", "rules": 3, "events": 3, "total_matches": 4, "digest": f"{digest:016x}"}


def test_rules_may_be_one_object(tmp_path, events):
    by_name = tmp_path / "object.json"
    by_name.write_text(json.dumps({rule["name"]: rule["pattern"] for rule in RULES}, indent=2))
    one = lines(run("--rules", by_name, "--events", events))
    other = lines(run("--rules", write(tmp_path / "object.jsonl", RULES), "--events", events))
    assert one == other


def test_bench_measures(tmp_path, events):
    summary = lines(run("--rules", write(tmp_path / "rules.jsonl", RULES), "--events", events, "--bench"))[-1]
    assert summary["total_matches"] == 4
    assert all(summary[name] > 0 for name in ("eps_median", "eps_cpu_median", "add_ms", "rss_mb"))


def test_what_is_wrong_is_named_with_its_line(tmp_path, events):
    rules = write(tmp_path / "rules.jsonl", RULES)
    bad_pattern = write(tmp_path / "pattern.jsonl", [RULES[0], {"name": "x", "pattern": {"a": 1}}])
    bad_rule = tmp_path / "rule.jsonl"
    bad_rule.write_text(json.dumps(RULES[0]) + '\n{"pattern": {"a": [1]}}\n')
    bad_event = tmp_path / "event.jsonl"
    bad_event.write_text(json.dumps(EVENTS[0]) + '\n\n{"detail": {}, "after": ]}\n')
    cases = [((bad_pattern, events), r'pattern\.jsonl:2: Event pattern is not valid\. Reason: "a" must be an object'),
             ((bad_rule, events), r"rule\.jsonl:2: not a rule"), ((rules, bad_event), r"event\.jsonl:3: not a JSON object"),
             ((tmp_path / "none", events), "none cannot be read"), ((rules, tmp_path), "cannot be read")]
    for (rule_file, event_file), message in cases:
        result = run("--rules", rule_file, "--events", event_file)
        assert result.returncode == 2 and result.stdout == ""
        assert re.search(message, result.stderr), result.stderr


@pytest.fixture(scope="session")
def generated(tmp_path_factory):
    """Events and rule sets, with the matches that AWS's engine found."""
    if not BENCH.is_dir():
        pytest.skip(f"left out: the answers of AWS's engine are not at hand ({BENCH})")
    data = tmp_path_factory.mktemp("bench")
    subprocess.run([sys.executable, BENCH / "gen_data.py", data], check=True, capture_output=True, timeout=300)
    table = re.findall(r"^\| (\w+) \| (\d+) \| ([0-9a-f]{16}) \|", (BENCH / "README.md").read_text(), re.MULTILINE)
    sets = {entry["set"]: data / entry["data"] for entry in json.loads((data / "manifest.json").read_text())["sets"]}
    return data, sets, {name: (int(total), digest) for name, total, digest in table}


def test_every_match_is_that_of_aws_own_engine(generated):
    data, sets, answers = generated
    assert set(answers) == set(sets) and len(sets) == 37
    for name, events_file in sets.items():
        summary = lines(run("--rules", data / "rules" / f"{name}.jsonl", "--events", events_file))[-1]
        assert (summary["total_matches"], summary["digest"]) == answers[name], name
