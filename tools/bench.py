"""Measure guardrun against the bare engine, as ratios within one run.

Usage: python tools/bench.py [RUNS]
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from generate import template

from guardrun.documents import facts_read
from guardrun.engine import find_engine, to_data
from guardrun.facts import Context, document_views
from guardrun.pack import bundled_rules, load_pack
from guardrun.pack.link import applicable, link
from guardrun.read import parse_template
from guardrun.report import FORMATS
from guardrun.report.read import read_report

GUARDRUN = [sys.executable, "-m", "guardrun", "check"]
ENGINE = find_engine()
PACK = load_pack(bundled_rules())
RULES = [rule for rule in PACK.rules.values() if rule.profile == "core"]
ANSWERS, PART = int(os.environ.get("ANSWERS", "1000")), 20
TEMPLATES = int(os.environ.get("TEMPLATES", "200"))


def main(runs: int = 3) -> None:
    """Print a line or two for each measurement."""
    with tempfile.TemporaryDirectory() as folder:
        start_up(Path(folder), runs)
        throughput(Path(folder), runs)
        scores(Path(folder))


def start_up(folder: Path, runs: int) -> None:
    """One small template from the shell, against the engine alone on the same linked rules and document."""
    path = folder / "small.yaml"
    path.write_text(json.dumps(template(random.Random(1), 3)), encoding="utf-8")  # noqa: S311
    read = parse_template(path.read_bytes(), "small.yaml")
    rules = [rule for rule in applicable(RULES, read.types.values()) if rule.view == "resolved"]
    (document,) = document_views(Context(read.document), {"resolved": facts_read(rules)}).values()
    linked = link(rules, [document])
    payload = json.dumps({"rules": list(linked.texts), "data": [to_data(linked.document(document))]}).encode()
    bare_command = [ENGINE.path, "validate", "--payload", "-z", "-o", "json", "-S", "none"]
    bare = median([lambda: run(bare_command, payload)] * runs * 2)
    whole = median([lambda: run([*GUARDRUN, str(path)])] * runs * 2)
    print(
        f"one small template: {whole:.3f} s, bare engine {bare:.3f} s, difference {whole - bare:.3f} s (limit 0.35 s)"
    )


def throughput(folder: Path, runs: int) -> None:
    """Many templates, against one plain validate with one rule a file, as the rules are written."""
    rules, data = folder / "rules", folder / "data"
    rules.mkdir()
    data.mkdir()
    for rule in RULES:
        (rules / f"{rule.id}.guard").write_text(rule.path.read_text(encoding="utf-8"), encoding="utf-8")
    generator = random.Random(7)  # noqa: S311
    for number in range(TEMPLATES):
        body = json.dumps(template(generator, generator.randint(5, 100)), indent=1)
        (data / f"{number:03}.json").write_text(body, encoding="utf-8")
    plain = [ENGINE.path, "validate", "-r", str(rules), "-d", str(data), "-z", "-o", "json", "-S", "none"]
    ours = [*GUARDRUN, str(data), "-o", f"json:{folder}/report.json"]
    theirs, their_cpu = median([lambda: run(plain)] * runs), cpu(plain)
    mine, my_cpu = median([lambda: run(ours)] * runs), cpu(ours)
    size = sum(path.stat().st_size for path in data.iterdir())
    print(f"{TEMPLATES} templates ({size / 1e6:.1f} MB), {len(RULES)} rules")
    print(f"  wall: guardrun {mine:.1f} s, plain cfn-guard {theirs:.1f} s, ratio {theirs / mine:.1f} (limit 4)")
    print(f"  CPU:  guardrun {my_cpu:.1f} s, plain cfn-guard {their_cpu:.1f} s, ratio {their_cpu / my_cpu:.1f}")
    print(f"  peak memory of guardrun, its workers and engines: {tree_peak(ours):.0f} MB (limit 200 MB)")
    formats(folder / "report.json", mine)


def scores(folder: Path) -> None:
    """Answers of 15 kB each, scored, against plain cfn-guard on a part of their templates."""
    generator = random.Random(11)  # noqa: S311
    templates = [json.dumps(template(generator, 28), indent=1) for _ in range(ANSWERS)]
    texts = [f"# The stack\n\n{'Some prose. ' * 80}\n\n```json\n{one}\n```\n" for one in templates]
    path, part = folder / "answers.jsonl", folder / "part"
    path.write_text("".join(json.dumps({"response": text}) + "\n" for text in texts), encoding="utf-8")
    part.mkdir()
    for number, one in enumerate(templates[:PART]):
        (part / f"{number:03}.json").write_text(one, encoding="utf-8")
    plain = [ENGINE.path, "validate", "-r", str(folder / "rules"), "-d", str(part), "-z", "-o", "json", "-S", "none"]
    ours = [*GUARDRUN[:-1], "score", str(path), "-o", f"jsonl:{folder}/scores.jsonl"]
    theirs = median([lambda: run(plain)]) * ANSWERS / PART
    mine, my_cpu = median([lambda: run(ours)]), cpu(ours)
    size = sum(map(len, texts)) / ANSWERS / 1000
    print(f"{ANSWERS} answers of {size:.1f} kB: {mine:.1f} s, {my_cpu:.1f} s of CPU (limit 40 s for 1000 on two cores)")
    print(f"  plain cfn-guard {theirs:.1f} s, by {PART} of them, ratio {theirs / mine:.1f}")


def formats(path: Path, evaluation: float) -> None:
    """All formats from the report of the run before, against the time that the run took."""
    report = read_report(path.read_text(encoding="utf-8"), path.name)
    times = {name: median([lambda render=render: render(report)] * 3) for name, render in FORMATS.items()}
    slowest = ", ".join(f"{name} {times[name]:.2f} s" for name in sorted(times, key=lambda name: -times[name])[:3])
    share = sum(times.values()) / evaluation
    print(f"  all formats: {sum(times.values()):.2f} s ({slowest}), {share:.0%} of the run (limit 25 %)")


def cpu(command: list[str]) -> float:
    """Seconds of CPU, user and system, that a command and its children take."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def median(jobs: list[Any]) -> float:
    """The median wall time of some jobs, in seconds."""
    times = []
    for job in jobs:
        started = time.perf_counter()
        job()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def run(command: list[str], stdin: bytes | None = None) -> None:
    """Run a command to its end, its output thrown away."""
    subprocess.run(command, input=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def tree_peak(command: list[str]) -> float:
    """The largest proportional memory of a command and all its children at one moment, in MB (Linux)."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(proportional(pid) for pid in family(process.pid)))
        time.sleep(0.02)
    return peak / 1024


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    except OSError:
        return [pid]
    return [pid, *(member for child in children for member in family(int(child)))]


def proportional(pid: int) -> int:
    """A process' memory in kB, shared pages divided among those that share them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed guardrun has its byte code
    main(*map(int, sys.argv[1:]))
