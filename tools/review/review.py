#!/usr/bin/env python3
"""Reviews a change of policies: lint, test, diff and replay, one comment, annotations, SARIF.

Exit status: 0 nothing to object to, 1 something newly allowed (`--fail-on`), a finding, a failed case or a broken
request, 2 something could not be read or run, 3 not all could be decided."""
import argparse
import json
import os
import sys
import tempfile
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import comment  # noqa: E402
import gather  # noqa: E402
import post  # noqa: E402
import reports  # noqa: E402


def options():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("--base", required=True, help="the commit or branch that the change is compared with")
    p.add_argument("--program", default="why403")
    p.add_argument("--path", action="append", dest="paths", metavar="FOLDER", help="look for policies here alone")
    p.add_argument("--snapshot", help="the folder of a snapshot that is kept in the repository")
    p.add_argument("--logs", help="logs to replay on the changed snapshot")
    p.add_argument("--cases", action="append", default=[], metavar="PATH", help="cases for `why403 test`")
    p.add_argument("--fail-on", default="wider", choices=["wider", "narrower", "any", "never"])
    p.add_argument("--deny-level", default="security-warning",
                   choices=["error", "security-warning", "warning", "suggestion", "none"])
    p.add_argument("--sarif", metavar="FILE")
    p.add_argument("--junit", metavar="FILE")
    p.add_argument("--code-quality", metavar="FILE")
    p.add_argument("--comment", metavar="FILE", help="also write the comment here")
    p.add_argument("--post", action="store_true", help="comment on the pull or merge request")
    p.add_argument("--annotate", action="store_true", help="print GitHub's annotations")
    return p.parse_args()


def review(run, base, scratch):
    pairs = gather.changed_files(base, run.paths or ["."])
    there = [new for _, new in pairs if new]
    found = {"files": pairs, "diffs": [], "only_linted": []}
    if there:
        found["lint"] = gather.lint(run, there)
    if run.cases:
        found["test"] = gather.test(run)
    in_snapshot = [p for p in pairs if run.snapshot and any(f and gather.below(f, run.snapshot) for f in p)]
    if in_snapshot:
        states = gather.diff_states(run, base, scratch)
        if states:
            found["diffs"].append(states)
            if run.logs:
                found["replay"] = gather.replay(run, states["was"])
        else:
            found["only_linted"].append(run.snapshot)
    for pair in (p for p in pairs if p not in in_snapshot):
        diff = gather.diff_documents(run, base, pair, scratch)
        if diff:
            found["diffs"].append(diff)
        else:
            found["only_linted"].append(pair[1] or pair[0])
    return found


def status_of(found):
    """The worst: what could not be read, then what was found, then what is not known."""
    all_of = [found[name]["status"] for name in ("lint", "test", "replay") if found.get(name)]
    all_of += [d["status"] for d in found["diffs"]]
    return next((s for s in (2, 1, 3) if s in all_of), 0)


def write(path, text):
    if path:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def write_all(run, found, status):
    text = comment.markdown(found, status)
    log = reports.sarif(found, run.fail_on)
    write(run.comment, text)
    write(run.sarif, json.dumps(log, indent=1) + "\n")
    write(run.code_quality, json.dumps(reports.code_quality(log), indent=1) + "\n")
    if found.get("test"):
        write(run.junit, found["test"]["junit"])
    if run.annotate:
        print("\n".join(reports.annotations(found, run.fail_on)))
    for name, said in (("GITHUB_STEP_SUMMARY", text), ("GITHUB_OUTPUT", f"status={status}\n")):
        if os.environ.get(name):
            with open(os.environ[name], "a", encoding="utf-8") as file:
                file.write(said)
    why_not = post.post(text) if run.post else None
    if why_not:
        print(f"::warning title=why403::{reports.escape(why_not, '')}" if run.annotate else f"warning: {why_not}",
              file=sys.stdout if run.annotate else sys.stderr)
    if not run.annotate and not run.comment:
        print(text, end="")


def main():
    run = options()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            found = review(run, gather.merge_base(run.base), scratch)
            status = status_of(found)
            write_all(run, found, status)
    except gather.Problem as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 2
    except Exception:  # 1 would say that something was found
        traceback.print_exc()
        return 2
    return status


if __name__ == "__main__":
    sys.exit(main())
