#!/usr/bin/env python3
"""`make fuzz HOURS=n`: every fuzz target, the time shared out by how much each still finds, and what of each room was reached.

fuzz.py HOURS JOBS [TARGET...]   HOURS of all targets together may be a fraction. Corpora grow in build/corpus/fuzz_NAME; what was
found lies in build/ as fuzz_NAME-crash-... Exit status 1 when anything was found.
fuzz.py --rooms JOBS             only counts: the committed corpora, and with those in build/corpus
"""
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD, COUNT, GROWN, SEEDS = ROOT / "build/fuzz", ROOT / "build/fuzz-count", ROOT / "build/corpus", ROOT / "tests/fuzz/corpus"
SLOT = 60  # seconds of one target before the next is chosen
FIRST = 30  # seconds of each before anything is known of it


def build(where, jobs, *options):
    """Configured and built with clang; the programs of tests/fuzz."""
    environment = {**os.environ, "CC": "clang"}
    if not (where / "build.ninja").exists():
        subprocess.run(["meson", "setup", str(where), *options], check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    listed = subprocess.run(["ninja", "-C", str(where), "-t", "targets", "all"], check=True, stdout=subprocess.PIPE, text=True)
    wanted = sorted(set(re.findall(r"^(tests/fuzz/(?:fuzz|replay)_\w+): ", listed.stdout, re.MULTILINE)))
    subprocess.run(["ninja", "-C", str(where), f"-j{jobs}", *wanted], check=True, stdout=subprocess.DEVNULL)
    return wanted


def fuzz(name, seconds):
    """One slot: (edges at its end, what they grew by, executions, found anything)."""
    corpus = GROWN / f"fuzz_{name}"
    corpus.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([str(BUILD / "tests/fuzz" / f"fuzz_{name}"), f"-max_total_time={int(seconds)}", "-timeout=10",
                           "-rss_limit_mb=2048", f"-artifact_prefix={ROOT}/build/fuzz_{name}-", str(corpus), str(SEEDS / name)],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, cwd=ROOT)
    log = done.stderr.decode(errors="replace")
    edges = [int(n) for n in re.findall(r" cov: (\d+)", log)]
    begun = re.search(r"INITED cov: (\d+)", log)
    runs = re.search(r"Done (\d+) runs", log)
    if done.returncode != 0:
        print(f"found by fuzz_{name}:\n" + log[-3000:])
    last, first = (edges[-1] if edges else 0), int(begun.group(1)) if begun else 0
    return last, max(0, last - first), int(runs.group(1)) if runs else 0, done.returncode != 0


def share(names, hours):
    """Slots: to the target that found most a second of late, a tenth of what it is worth kept for the others."""
    found, left = False, hours * 3600
    worth, total = {}, collections.Counter()
    while left > 0 and names:
        new = [n for n in names if n not in worth]
        name = new[0] if new else max(worth, key=worth.get)
        seconds = min(left, FIRST if new else SLOT)
        edges, grown, runs, bad = fuzz(name, seconds)
        worth = {n: w + 0.02 for n, w in worth.items()}
        worth[name] = grown / seconds
        total[name] += seconds
        left -= seconds
        found |= bad
        print(f"fuzz_{name}: {edges} edges, {grown} new, {runs} runs in {seconds:.0f} s")
        sys.stdout.flush()
        if bad:
            names.remove(name)
            worth.pop(name)
    print("seconds: " + ", ".join(f"{n} {s:.0f}" for n, s in total.most_common()))
    return found


def rooms(names, grown):
    """Branches of each room that the corpora reach: {room: (reached, all)}; None without llvm-cov."""
    tools = {t: shutil.which(t) or shutil.which(t + "-14") for t in ("llvm-profdata", "llvm-cov")}
    if not all(tools.values()):
        return None
    reached = collections.defaultdict(lambda: [0, 0])
    profiles, programs = [], []
    for name in names:
        program = COUNT / "tests/fuzz" / f"replay_{name}"
        corpora = [d for d in (SEEDS / name, GROWN / f"fuzz_{name}" if grown else None) if d and d.is_dir() and any(d.iterdir())]
        profile = COUNT / f"{name}.profraw"
        subprocess.run([str(program), *map(str, corpora)], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       env={**os.environ, "LLVM_PROFILE_FILE": str(profile)})
        if profile.exists():
            profiles.append(profile)
            programs.append(program)
    merged = COUNT / "all.profdata"
    subprocess.run([tools["llvm-profdata"], "merge", "-o", str(merged), *map(str, profiles)], check=True)
    objects = [str(programs[0])] + [x for p in programs[1:] for x in ("-object", str(p))]
    exported = subprocess.run([tools["llvm-cov"], "export", "-summary-only", "-instr-profile", str(merged), *objects], check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    for file in json.loads(exported.stdout)["data"][0]["files"]:
        part = re.search(r"/src/(\w+)/", file["filename"])
        if part:
            branches = file["summary"]["branches"]
            reached[part.group(1)][0] += branches["covered"]
            reached[part.group(1)][1] += branches["count"]
    return reached


def show(before, after):
    if before is None:
        print("rooms are not counted: llvm-cov is not there (package llvm)")
        return
    print(f"{'room':12} {'branches':>9} {'before':>9} {'':>6} {'after':>9} {'':>6}")
    for room in sorted(after):
        n = after[room][1]
        print(f"{room:12} {n:9} {before[room][0]:9} {before[room][0] / n:6.0%} {after[room][0]:9} {after[room][0] / n:6.0%}")


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    jobs = sys.argv[2]
    count_only = sys.argv[1] == "--rooms"
    flags = "-fprofile-instr-generate -fcoverage-mapping"
    wanted = build(COUNT, jobs, "--buildtype=debugoptimized", "-Dharden=false", f"-Dc_args={flags}", f"-Dc_link_args={flags}")
    names = [w.split("replay_")[1] for w in wanted if "replay_" in w]
    before = rooms(names, False)
    found = False
    if not count_only:
        build(BUILD, jobs, "-Dfuzz=true", "-Db_sanitize=address,undefined", "-Db_lundef=false")
        begin = time.time()
        found = share([n for n in names if n in (sys.argv[3:] or names)], float(sys.argv[1]))
        print(f"{(time.time() - begin) / 60:.0f} minutes")
    show(before, rooms(names, True))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
