"""Event patterns beside event-ruler, AWS's own engine, and simdjson's reading of four fields, on one core in turn.

Events, rule sets and event-ruler's harness stand in ../shared/bench beside the project; without that folder the
question is left out, and says so.
"""
import json
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SHARED = HERE.parent.parent / "shared" / "bench"
CORE = str(os.cpu_count() - 1)


def lines_of(command, **options):
    """The last JSON line of each run; nothing where it fails."""
    result = subprocess.run(["taskset", "-c", CORE, *map(str, command)], capture_output=True, text=True, timeout=600, **options)
    return json.loads(result.stdout.splitlines()[-1]) if result.returncode == 0 and result.stdout.strip() else None


def event_ruler(work):
    """Its classes, by Maven; None where they cannot be had."""
    if not shutil.which("mvn"):
        return None
    result = subprocess.run(["mvn", "-q", "-f", HERE / "peers" / "event_ruler.pom.xml", "dependency:copy-dependencies",
                             f"-DoutputDirectory={work / 'ruler'}"], capture_output=True, text=True, timeout=600)
    if result.returncode != 0:
        return None
    jars = ":".join(map(str, (work / "ruler").glob("*.jar")))
    compiled = subprocess.run(["javac", "-nowarn", "-cp", jars, "-d", work / "classes", SHARED / "RulerBench.java"], capture_output=True)
    return f"{work / 'classes'}:{jars}" if compiled.returncode == 0 else None


def four_fields(work, data):
    """Events a second of which simdjson reads four fields, by file of events; nothing where it cannot be built."""
    program = work / "json_ceiling"
    built = subprocess.run(["g++", "-O3", "-march=native", SHARED / "json_ceiling.cpp", "-o", program, "-lsimdjson"], capture_output=True)
    if built.returncode != 0:
        return {}
    rates = {}
    for events in ("citylots2.jsonl", "events.jsonl"):
        result = subprocess.run(["taskset", "-c", CORE, program, data / events], capture_output=True, text=True, timeout=600)
        modes = {line["mode"]: line["eps"] for line in map(json.loads, result.stdout.splitlines())}
        rates[events] = modes["ondemand_4fields"]
    return rates


def mean(ratios):
    return math.exp(statistics.fmean(map(math.log, ratios))) if ratios else float("nan")


def patterns(work, program, table):
    """(j) Events a second that are matched, beside event-ruler."""
    if not SHARED.is_dir():
        print(f"\n(j) left out: {SHARED} is not there")
        return
    data = work / "data"
    subprocess.run([sys.executable, SHARED / "gen_data.py", data], check=True, capture_output=True)
    manifest = {entry["set"]: entry["data"] for entry in json.loads((data / "manifest.json").read_text())["sets"]}
    ruler = event_ruler(work)
    ceiling = four_fields(work, data)
    rows, ratios, rates, loads = [], [], {}, {}
    for name, events in manifest.items():
        rules = data / "rules" / f"{name}.jsonl"
        ours = lines_of([program, "match", "--bench", "--rules", rules, "--events", data / events])
        theirs = ruler and lines_of(["java", "-Xms3g", "-Xmx3g", "-XX:+UseSerialGC", "-cp", ruler, "RulerBench", data, name, "5", "7", "1"])
        rates[name] = ours["eps_cpu_median"]
        row = [name, ours["rules"], f"{rates[name]:,}", "-", f"{ours['add_ms']:.0f}", "-", "-"]
        if theirs:
            ratios.append(rates[name] / theirs["eps_cpu_median"])
            loads[name] = (theirs["add_ms"] / ours["add_ms"], theirs["heap_mb"] / ours["rss_mb"])
            row[3:] = [f"{ratios[-1]:.1f}", f"{ours['add_ms']:.0f}", f"{theirs['add_ms']:.0f}",
                       "equal" if theirs["digest"] == ours["digest"] else "DIFFERENT"]
        rows.append(row)
    table("(j) Event patterns: events a second of CPU on one core, and how many times event-ruler's",
          ["set", "rules", "events/s", "x event-ruler", "add ms", "event-ruler's", "matches"], rows)
    print(f"\nratio to event-ruler: geometric mean {mean(ratios):.1f} (goal 10), least {min(ratios, default=0):.1f} (goal 5); rate of 100,000 "
          f"rules to that of 10: {rates['SCALE_100000'] / rates['SCALE_10']:.2f} exact, {rates['MIXED_100000'] / rates['MIXED_10']:.2f} mixed (goal 0.6)")
    for name, events in (("EXACT", "citylots2.jsonl"), ("EB_EXACT", "events.jsonl")):
        if events in ceiling:
            print(f"{name}: {rates[name] / ceiling[events]:.2f} of the rate at which simdjson reads four fields (goal 0.5)")
    for name in ("SCALE_100000", "MIXED_100000"):
        if name in loads:
            faster, smaller = loads[name]
            print(f"{name}: loaded {faster:.0f} x faster than event-ruler (goal 10), its heap is {smaller:.1f} x our whole process (goal 4)")
