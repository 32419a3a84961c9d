#!/usr/bin/env python3
"""The program cannot change anything in AWS: of all the operations that AWS's services have, the module knows the reading ones of
its table, and no others. check_operations.py ROOT PROGRAM MODULE

Names are looked for in the module's own bytes, as whole texts; the names are those of every action of every service
(data/reference-actions.tsv) and, where Debian's service models are there, of every operation of the services that are called.
"""
import pathlib
import re
import subprocess
import sys

from replay import models
from tap import Skipped, run, same, test

ROOT, PROGRAM, MODULE = (pathlib.Path(p) for p in sys.argv[1:4])
READS = re.compile(r"(Get|List|Describe|Head|Lookup|Decode|AssumeRole)")
NO_OPERATION = {"Region", "Policy"}


def table(name):
    rows = [line.split("\t") for line in (ROOT / "data" / f"{name}.tsv").read_text().splitlines() if line and line[0] != "#"]
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def texts(path):
    """Every text of a program that ends in NUL, and what stands behind its last dot (X-Amz-Target)."""
    found = {t.decode("latin-1") for t in re.findall(rb"[\x20-\x7e]{4,}(?=\0)", path.read_bytes())}
    return found | {t.rpartition(".")[2] for t in found}


CALLS = {row["operation"] for row in table("collect-calls")}


@test
def table_reads():
    """every call of the table reads"""
    same(sorted(name for name in CALLS if not READS.match(name)), [])
    same({row["request"].split(" ")[0] for row in table("collect-calls")}, {"GET", "HEAD", "POST"})


@test
def module_knows_all():
    """the module knows every call of the table: the names are looked for where they are"""
    found = texts(MODULE)  # a linker lets `GetBucketAcl` be the end of `s3:GetBucketAcl`, the permission
    same(sorted(CALLS - found - {t.rpartition(":")[2] for t in found}), [])


@test
def no_action():
    """it knows no other action of any service"""
    actions = set()
    for row in table("reference-actions"):
        actions.update(re.findall(r"\b[A-Z][A-Za-z0-9]{5,}\b", row["actions"]))
    assert {"PutBucketPolicy", "DeleteBucket", "CreateUser", "ScheduleKeyDeletion", "AttachRolePolicy"} <= actions, "the names are there"
    two_words = re.compile(r"[A-Z][a-z0-9]+[A-Z]")
    others = {t for t in texts(MODULE) & actions - CALLS if two_words.match(t) and not READS.match(t)}
    same(sorted(others), [])


@test
def no_operation():
    """nor any other operation of the services that it calls"""
    try:
        services = sorted({row["service"] for row in table("collect-calls")})
        operations = {name for service in services for name in models.api(service).operations}
    except models.NoModels as reason:
        raise Skipped(reason) from reason
    same(sorted(t for t in texts(MODULE) & operations - CALLS if t not in NO_OPERATION), [])


@test
def one_symbol():
    """one symbol goes out of the module, and no library of the network into the program"""
    done = subprocess.run(["nm", "-D", "--defined-only", str(MODULE)], text=True, capture_output=True, check=True)
    same([line.split()[-1] for line in done.stdout.splitlines()], ["w403_live_module"])
    needed = subprocess.run(["readelf", "-d", str(PROGRAM)], text=True, capture_output=True, check=True).stdout
    same(re.findall(r"NEEDED.*\[(lib(?:curl|ssl|crypto|expat).*)\]", needed), [])


if __name__ == "__main__":
    sys.exit(run())
