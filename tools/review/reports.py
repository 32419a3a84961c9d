"""Files for code scanning: SARIF with what changed as results, and GitLab's Code Quality."""
import hashlib

import comment

RULES = {
    "W403_NEWLY_ALLOWED": "a change of policies allows what was not allowed before",
    "W403_NO_LONGER_ALLOWED": "a change of policies takes away what was allowed before",
}


def place_of(d, change):
    """The statement of the new document that did it, else the file."""
    for by in change.get("by", []):
        statement = by.get("statement", {})
        if by.get("side") == "new" and statement.get("line"):
            return d["file"], statement["line"], statement.get("column", 1)
    return d["file"], 1, 1


def each_change(diffs):
    for d in diffs:
        for change in (d["answer"] or {}).get("changes", []):
            wider = change["change"] in comment.WIDER
            cells = comment.row(d["file"], change)
            text = f"{cells[0]}: {cells[1]}" + (f"; for example {cells[2]}" if cells[2] else "")
            yield d, change, wider, text


def sarif(found, fail_on):
    """The log of lint, with the changes among its results: code scanning takes one run of a tool."""
    log = (found.get("lint") or {}).get("sarif") or {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
        "runs": [{"tool": {"driver": {"name": "why403", "rules": []}}, "results": []}]}
    run = log["runs"][0]
    used = set()
    for d, change, wider, text in each_change(found["diffs"]):
        if d.get("was"):  # a whole snapshot: no single line says it
            continue
        rule = "W403_NEWLY_ALLOWED" if wider else "W403_NO_LONGER_ALLOWED"
        used.add(rule)
        path, line, column = place_of(d, change)
        fails = fail_on in ("any", "wider" if wider else "narrower")
        run["results"].append({
            "ruleId": rule, "level": "error" if fails else "note", "message": {"text": text},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": path, "uriBaseId": "%SRCROOT%"},
                                                "region": {"startLine": line, "startColumn": column}}}],
            "partialFingerprints": {"why403/v1": hashlib.sha256((path + text).encode()).hexdigest()[:16]}})
    for rule in sorted(used):
        run["tool"]["driver"]["rules"].append({"id": rule, "shortDescription": {"text": RULES[rule]}})
    return log


def code_quality(log):
    """GitLab shows these in the merge request, beside the lines."""
    levels = {"error": "critical", "warning": "major", "note": "info"}
    rows = []
    for r in log["runs"][0]["results"]:
        place = r["locations"][0]["physicalLocation"]
        rows.append({"description": r["message"]["text"], "check_name": r["ruleId"],
                     "fingerprint": r["partialFingerprints"]["why403/v1"], "severity": levels[r["level"]],
                     "location": {"path": place["artifactLocation"]["uri"],
                                  "lines": {"begin": place.get("region", {}).get("startLine", 1)}}})
    return rows


def annotations(found, fail_on):
    """GitHub's workflow commands."""
    lines = [line for line in (found.get("lint") or {}).get("annotations", "").splitlines() if line]
    lines += [f"::error file={escape(file, ':,')},title=why403::this file could not be read: see the log" for file in
              comment.unreadable(found)]
    for d, change, wider, text in each_change(found["diffs"]):
        level = "error" if fail_on in ("any", "wider" if wider else "narrower") else "notice"
        path, line, _ = place_of(d, change)
        at = "" if d.get("was") else f"file={escape(path, ':,')},line={line},"
        title = "newly allowed" if wider else "no longer allowed"
        lines.append(f"::{level} {at}title=why403: {title}::{escape(text, '')}")
    return lines


def escape(text, more):
    for c in "%\r\n" + more:
        text = text.replace(c, f"%{ord(c):02X}")
    return text
