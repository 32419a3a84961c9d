"""Every command that the program prints for the cases of the suite, and for the same cases with names that a shell
would act upon. Used by check_words.py, check_runs.py and check_aws.py."""
import concurrent.futures
import json
import pathlib
import re
import subprocess

# Between two marks, so that a piece of it is seen: a word of a command holds all of it, or nothing.
BEGIN, END = "q7begin", "q7end"
HOSTILE = BEGIN + " $(touch PWNED)`touch PWNED`;touch PWNED;'\"\\!\n\t-\u00e9\u202e\u001b|&>x #" + END
PLAIN = ("EOF", "policy", "default")

OPTIONS = {"identity": "identity-policy", "boundary": "boundary", "session": "session-policy", "scp": "scp", "rcp": "rcp",
           "vpc_endpoint": "vpce-policy", "resource": "bucket-policy", "access_point": "access-point-policy",
           "key": "key-policy", "trust": "trust-policy"}


def cases(root):
    for path in sorted((root / "tests/cases").glob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        for case in found if isinstance(found, list) else [found]:
            if not isinstance(case.get("snapshot"), str) and case["expect"]["decision"] != "allowed":
                yield f"{path.name}: {case['name']}", case


def names_of(case):
    """What a user chose: key, user or role, bucket, Sids. Longest first."""
    request, found = case.get("request", {}), set()
    arn = request.get("resource", "").split(":", 5)
    if len(arn) == 6 and "/" in arn[5]:
        found.add(arn[5].rsplit("/", 1)[1])
    if len(arn) == 6 and arn[2] == "s3":
        found.add(arn[5].split("/")[0])
    found |= set(case.get("inventory", {}).get(k, "") for k in ("bucket", "configuration"))
    who = request.get("principal", "").split("/")
    found |= set(who[1:])
    found |= set(re.findall(r'\\?"Sid\\?":\s*\\?"([^"\\]+)', json.dumps(case)))
    return sorted((n for n in found if len(n) > 3 and not set(n) & set("*?${}") and n not in PLAIN), key=len, reverse=True)


def hostile(value, names):
    """The same case with names that end in HOSTILE; documents in strings too."""
    if isinstance(value, dict):
        return {hostile(k, names): hostile(v, names) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [hostile(v, names) for v in value]
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("{") and '"' in value:
        try:
            return json.dumps(hostile(json.loads(value), names))
        except ValueError:
            pass
    for name in names:
        if BEGIN not in value:
            value = re.sub(rf"(?<![A-Za-z0-9_-]){re.escape(name)}(?![A-Za-z0-9_-])", lambda m: m.group() + HOSTILE, value)
    return value


def command_line(case, folder, cases_folder):
    """What asks the program about a case; its files are written to the folder."""
    words, levels = [], {}
    if case.get("snapshot"):
        (folder / "snapshot.json").write_text(json.dumps(case["snapshot"]), encoding="utf-8")
        words += ["--snapshot", str(folder / "snapshot.json")]
    else:
        words += ["--no-snapshot"]

    def add(kind, document, level=None):
        if isinstance(document, str) and not document.lstrip().startswith("{"):
            path = cases_folder / document
        else:
            path = folder / f"{kind}-{len(words)}.json"
            path.write_text(document if isinstance(document, str) else json.dumps(document, indent=2), encoding="utf-8")
        words.extend([f"--{OPTIONS[kind]}", f"{level}:{path}" if level else str(path)])

    for kind, documents in case.get("policies", {}).items():
        documents = documents if isinstance(documents, list) else [documents]
        for level, document in enumerate(documents):
            for one in document if isinstance(document, list) else [document]:
                add(kind, one, level if kind in ("scp", "rcp") else None)
    if "inventory" in case:
        q = case["inventory"]
        for name in ("at", "created_at"):
            words += [f"--{name.replace('_', '-')}", q[name]] if name in q else []
        return ["inventory", *words, "--", q["bucket"], q["configuration"]]
    (folder / "request.json").write_text(json.dumps(case["request"]), encoding="utf-8")
    return ["explain", "--request", str(folder / "request.json"), *words]


def in_json(answer):
    """Every command in an answer, whatever member it stands in."""
    found = []

    def walk(value, name):
        if isinstance(value, dict):
            for k, v in value.items():
                walk(v, k)
        elif isinstance(value, list):
            for v in value:
                walk(v, name)
        elif isinstance(value, str) and name in ("commands", "rollback", "command", "settle", "undo", "explain"):
            found.append(value)

    walk(answer, "")
    return found


def in_text(text):
    """The commands of a text answer, as one copies them: indented lines with what continues them, and documents."""
    found, lines = [], iter(text.splitlines())
    for line in lines:
        if re.match(r"cat > \S.* <<'EOF_*'$", line):
            end = re.search(r"<<'(EOF_*)'$", line).group(1)
            body = [line]
            for more in lines:
                body.append(more)
                if more == end:
                    break
            found.append("\n".join(body))
        elif re.match(r" {5,}(aws [a-z0-9]+ |jq -|cat |zcat |grep -|why403 [a-z]+ )", line):
            while line.endswith("\\"):
                line += "\n" + next(lines)
            found.append(line)
    return found


def answers(program, root, folder, hostile_names, every=1):
    """(name, case, JSON answer, text answer) of every case that is not allowed; of each so-manyth of them."""
    def one(job):
        number, (name, case) = job
        own = folder / f"{'h' if hostile_names else 'p'}{number}"
        own.mkdir()
        if hostile_names:
            names = names_of(case)
            if not names:
                return None
            case = hostile(case, names)
        line = command_line(case, own, root / "tests/cases")
        out = []
        for extra in (["--format", "json"], ["--full"]):
            at = line.index("--") if "--" in line else len(line)
            run = subprocess.run([program, *line[:at], *extra, *line[at:]], capture_output=True, check=False)
            if run.returncode not in (0, 1, 3):
                return None
            out.append(run.stdout.decode("utf-8"))
        return name, line, json.loads(out[0]), out[1]

    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        return [a for a in pool.map(one, list(enumerate(cases(root)))[::every]) if a]
