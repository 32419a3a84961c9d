#!/usr/bin/env python3
"""An outside judge of `why403 diff`: cvc5 answers the same questions about generated pairs of policies.

cvc5_documents.py PROGRAM [QUERIES [SEED]]: four queries a pair (newly allowed, no longer denied, newly denied, no longer
allowed), each as SMT-LIB text over strings and integers. Prints what was asked and how many answers differ; a query that
cvc5 does not settle within five seconds is asked in eighteen parts, and counted and left out when one stays open.
Exit status 1 when an answer differs, 77 without cvc5.
"""
import concurrent.futures
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:ListBucket"]
TAILS = ["*", "a*", "*x", "a?b", "b/*", "*/k*", "a/b", "ab*b*b", "a*b*b", "?", "*a*c*", "c"]
BUCKETS = ["data", "data*", "dat?", "*"]
TEXTS = ["red", "re*", "*d", "r?d", "blue", "b*e", "*e*", ""]
NETS = ["203.0.113.0/24", "203.0.112.0/23", "0.0.0.0/1", "128.0.0.0/1", "198.51.100.7", "8.0.0.0/8"]
CLOSED = ["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
          "224.0.0.0/4", "240.0.0.0/4"]
KEYS = {"aws:PrincipalTag/a": "ta", "aws:PrincipalTag/b": "tb", "aws:Referer": "rf"}
CHANGES = {"newly_allowed": (("deny", "silent"), ("allow",)), "no_longer_denied": (("deny",), ("silent",)),
           "newly_denied": (("allow", "silent"), ("deny",)), "no_longer_allowed": (("allow",), ("silent",))}


# ---- policies ----

def condition(r):
    kind = r.random()
    if kind < 0.25:
        return r.choice(["IpAddress", "NotIpAddress", "IpAddressIfExists"]), "aws:SourceIp", r.sample(NETS, r.randint(1, 2))
    key = r.choice(list(KEYS))
    if kind < 0.4:
        return "Null", key, [r.choice(["true", "false"])]
    op = r.choice(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"]) + r.choice(["", "", "IfExists"])
    values = [v for v in r.sample(TEXTS, r.randint(1, 2)) if v or key != "aws:Referer"]
    return op, key, values or ["red"]


def statement(r):
    st = {"Effect": r.choice(["Allow", "Allow", "Deny"]), "Action": r.sample(ACTIONS, r.randint(1, 3))}
    arns = [r.choice(["*", f"arn:aws:s3:::{r.choice(BUCKETS)}", f"arn:aws:s3:::{r.choice(BUCKETS)}/{r.choice(TAILS)}",
                      f"arn:aws:s3:::{r.choice(BUCKETS)}/{r.choice(TAILS)}"]) for _ in range(r.randint(1, 2))]
    st[r.choice(["Resource"] * 6 + ["NotResource"])] = arns
    block = {}
    for _ in range(r.choice([0, 0, 1, 1, 2])):
        op, key, values = condition(r)
        block.setdefault(op, {}).setdefault(key, values)
    if block:
        st["Condition"] = block
    return st


def policy(r, base=None):
    sts = [statement(r) for _ in range(r.randint(1, 4))]
    if base and r.random() < 0.6:
        sts = [dict(s) for s in base["Statement"]]
        sts[r.randrange(len(sts))] = statement(r)
    return {"Version": "2012-10-17", "Statement": sts}


# ---- SMT-LIB ----

def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def glob(text):
    parts, literal = [], ""
    for c in text:
        if c in "*?":
            if literal:
                parts.append(f"(str.to_re {quoted(literal)})")
            literal = ""
            parts.append("re.all" if c == "*" else "re.allchar")
        else:
            literal += c
    if literal or not parts:
        parts.append(f"(str.to_re {quoted(literal)})")
    return parts[0] if len(parts) == 1 else f"(re.++ {' '.join(parts)})"


def any_of(terms):
    return "false" if not terms else terms[0] if len(terms) == 1 else f"(or {' '.join(terms)})"


def all_of(terms):
    return "true" if not terms else terms[0] if len(terms) == 1 else f"(and {' '.join(terms)})"


def bounds(net):
    address, _, bits = net.partition("/")
    n = 0
    for part in address.split("."):
        n = n * 256 + int(part)
    size = 2 ** (32 - int(bits or 32))
    return n // size * size, n // size * size + size - 1


def inside(net):
    lo, hi = bounds(net)
    return f"(<= {lo} ip {hi})"


def matches_arn(pattern):
    return "true" if pattern == "*" else f"(str.in_re r {glob(pattern)})"


def holds(op, key, values):
    exists = op.endswith("IfExists")
    op = op[:-8] if exists else op
    if key == "aws:SourceIp":
        hit, present, negated = f"(and (= net 0) {any_of([inside(v) for v in values])})", "(not (= net 2))", op == "NotIpAddress"
    else:
        name = KEYS[key]
        present, negated = f"{name}p", "Not" in op
        if op == "Null":
            absent = f"(or (not {name}p) (= {name} \"\"))"
            return any_of([absent if v == "true" else f"(not {absent})" for v in values])
        like = "Like" in op
        hit = any_of([f"(str.in_re {name} {glob(v)})" if like else f"(= {name} {quoted(v)})" for v in values])
    ok = f"(not {hit})" if negated else hit
    return f"(or (not {present}) {ok})" if exists or negated else f"(and {present} {ok})"


def matches(st):
    terms = [any_of([f"(= act {ACTIONS.index(a)})" for a in st["Action"]])]
    if "Resource" in st:
        terms.append(any_of([matches_arn(p) for p in st["Resource"]]))
    else:
        terms.append(f"(not {any_of([matches_arn(p) for p in st['NotResource']])})")
    for op, block in st.get("Condition", {}).items():
        terms += [holds(op, key, values) for key, values in block.items()]
    return all_of(terms)


def says(document, verdict):
    deny = any_of([matches(s) for s in document["Statement"] if s["Effect"] == "Deny"])
    allow = any_of([matches(s) for s in document["Statement"] if s["Effect"] == "Allow"])
    return {"deny": deny, "allow": f"(and {allow} (not {deny}))", "silent": f"(and (not {allow}) (not {deny}))"}[verdict]


NAME = '(re.++ LOW (re.+ MID) LOW)'
WORLD = f"""(set-logic ALL)
(declare-const act Int) (declare-const r String) (declare-const ip Int) (declare-const net Int)
{' '.join(f'(declare-const {n} String) (declare-const {n}p Bool)' for n in KEYS.values())}
(define-const LOW RegLan (re.union (re.range "a" "z") (re.range "0" "9")))
(define-const MID RegLan (re.union LOW (str.to_re ".") (str.to_re "-")))
(define-const BUCKET RegLan (re.++ (str.to_re "arn:aws:s3:::") {NAME}))
(define-const DIGIT RegLan (re.range "0" "9"))
(define-const LETTER RegLan (re.range "a" "z"))
(define-const POINT RegLan (re.++ (str.to_re "arn:aws:s3:") LETTER LETTER (str.to_re "-") (re.+ LETTER) (str.to_re "-") DIGIT
  (str.to_re ":") ((_ re.^ 12) DIGIT) (str.to_re ":accesspoint/") LOW (re.+ (re.union LOW (str.to_re "-"))) LOW))
(assert (<= 0 act 2)) (assert (<= 0 net 2)) (assert (<= 0 ip 4294967295))
(assert (ite (= act 2)
  (or (str.in_re r BUCKET) (str.in_re r POINT))
  (or (str.in_re r (re.++ BUCKET (str.to_re "/") (re.+ re.allchar)))
      (str.in_re r (re.++ POINT (str.to_re "/object/") (re.+ re.allchar))))))
(assert (=> rfp (not (= rf ""))))
{' '.join(f'(assert (not {inside(n)}))' for n in CLOSED)}
"""


def query(old, new, change, more=""):
    before, after = CHANGES[change]
    return (WORLD + more + f"(assert {any_of([says(old, v) for v in before])})\n" +
            f"(assert {any_of([says(new, v) for v in after])})\n(check-sat)\n")


def ask_cvc5(text):
    run = subprocess.run(["cvc5", "--lang=smt2", "--strings-exp", "--tlimit=5000", "-"], input=text, text=True,
                         capture_output=True, check=False)
    return {"sat": "yes", "unsat": "no"}.get(run.stdout.strip().split("\n")[0], "unknown: " + (run.stdout + run.stderr)[:80])


# A query that is too hard as a whole, in parts that exclude each other: by action, kind of resource and network.
BUCKETS_OR_POINTS = ("(str.prefixof \"arn:aws:s3:::\" r)", "(not (str.prefixof \"arn:aws:s3:::\" r))")
PARTS = [f"(assert (= act {act})) (assert (= net {net})) (assert {kind})\n" for act in range(3) for net in range(3)
         for kind in BUCKETS_OR_POINTS]


def settle(old, new, change):
    answer = ask_cvc5(query(old, new, change))
    if not answer.startswith("unknown"):
        return answer
    answers = []
    for part in PARTS:
        answers.append(ask_cvc5(query(old, new, change, part)))
        if answers[-1] == "yes":
            return "yes"
    return "no" if all(a == "no" for a in answers) else answer


# ---- both ----

def one_pair(program, folder, number, seed):
    r = random.Random(seed * 1000003 + number)
    old = policy(r)
    new = policy(r, old)
    paths = []
    for name, document in (("old", old), ("new", new)):
        paths.append(os.path.join(folder, f"{number}.{name}.json"))
        with open(paths[-1], "w", encoding="utf-8") as f:
            json.dump(document, f)
    run = subprocess.run([program, "diff", *paths, "--kind", "identity", "--format", "json", "--max-ms", "60000"],
                         capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1, 3):
        return [(number, "why403", run.stderr, old, new)]
    answers = json.loads(run.stdout)["answers"]
    return [(number, change, (answers[change], settle(old, new, change)), old, new) for change in CHANGES]


def main():
    program = sys.argv[1]
    queries = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    if not shutil.which("cvc5"):
        print("no cvc5 here: nothing was compared")
        return 77
    asked = same = ours = theirs = differ = 0
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for results in pool.map(lambda n: one_pair(program, folder, n, seed), range((queries + 3) // 4)):
            for number, change, answer, old, new in results:
                asked += 1
                if isinstance(answer, str):
                    differ += 1
                    print(f"pair {number}: {answer}")
                elif answer[0] == "unknown":
                    ours += 1
                elif answer[1].startswith("unknown"):
                    theirs += 1
                elif answer[0] == answer[1]:
                    same += 1
                else:
                    differ += 1
                    print(f"pair {number}, {change}: {answer[0]} by why403, {answer[1]} by cvc5\n{json.dumps(old)}\n{json.dumps(new)}")
    print(f"{asked} queries: {same} agree, {differ} differ, {ours} unknown to why403, {theirs} not settled by cvc5")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
