"""The comment of a review: Markdown, one of them, what newly becomes allowed first."""
import re
import xml.dom.minidom

MARK = "<!-- why403 review -->"
ROWS = 20  # of a table
MOST = 60000  # GitHub takes 65,536 characters
WIDER = ("newly-allowed", "no-longer-denied")
HEADLINES = {
    0: "this change allows nothing new",
    1: "this change needs a look",
    2: "the review could not be finished",
    3: "not all of this change could be decided",
}


def cell(text):
    """As `why403 diff --format markdown` writes it: nothing of the text is markup."""
    text = "".join(" " if ord(c) < 32 else c for c in str(text))
    return re.sub(r"[|*_`<>\[\]\\&@#]", lambda m: f"&#{ord(m[0])};", text)


def texts(patterns):
    """{"in": [..], "like": [..], "unlike": [..]} in words."""
    some = (patterns or {}).get("in", []) + (patterns or {}).get("like", [])
    but = (patterns or {}).get("unlike", []) + (patterns or {}).get("not_in", [])
    words = ", ".join(some) or "anything"
    return words + (" but not " + ", ".join(but) if but else "")


def witness(box):
    """One request that is decided otherwise now."""
    w = box.get("witness")
    if not w:
        return ""
    words = f"{w.get('operation') or w.get('action')} on {w.get('resource')} by {w.get('principal', 'anybody')}"
    if w.get("from"):
        words += f" from {w['from']}"
    if w.get("via"):
        words += f" through {w['via']}"
    context = {k: v for k, v in (w.get("context") or {}).items() if v is not None}
    return words + (" with " + ", ".join(f"{k} = {v}" for k, v in context.items()) if context else "")


def what(box):
    """A document's box says all of itself in its text; one of a snapshot only when it holds."""
    callers = box.get("caller", [])
    if not callers or not all(isinstance(c, str) for c in callers) or "keys" in box:
        return box.get("text", "")
    when = box.get("text") or "always"
    return f"{texts(box.get('action'))} on {texts(box.get('resource'))} by {', '.join(callers)}, {when}"


def row(file, change):
    return [change["change"].replace("-", " "), what(change["box"]), witness(change["box"]), file]


def table(out, head, rows):
    out.append("| " + " | ".join(head) + " |")
    out.append("|" + "---|" * len(head))
    for cells in rows[:ROWS]:
        out.append("| " + " | ".join(cell(c) for c in cells) + " |")
    if len(rows) > ROWS:
        out.append(f"\n… and {len(rows) - ROWS} more.")
    out.append("")


def changes(diffs, wider):
    found = []
    for d in diffs:
        for change in (d["answer"] or {}).get("changes", []):
            if (change["change"] in WIDER) == wider:
                found.append(row(d["file"], change))
    return found


def unreadable(found):
    return sorted({d["file"] for d in found["diffs"] if d["answer"] is None} | set((found.get("lint") or {}).get("unreadable", [])))


def unknowns(found):
    """Sentences about what no answer was found to."""
    said = [f"{file} could not be read: see the log of the job" for file in unreadable(found)]
    for d in found["diffs"]:
        for name, value in (d["answer"] or {}).get("answers", {}).items():
            if value == "unknown":
                said.append(f"{d['file']}: whether something is {name.replace('_', ' ')} could not be decided")
    return said


def failed_cases(junit):
    try:
        suite = xml.dom.minidom.parseString(junit)
    except Exception:  # nothing was run: the job's log says why
        return []
    return [[f.parentNode.getAttribute("name"), f.getAttribute("message")] for f in suite.getElementsByTagName("failure")]


def lint_rows(sarif):
    rows = []
    for r in ((sarif or {}).get("runs") or [{}])[0].get("results", []):
        place = r["locations"][0]["physicalLocation"]
        rows.append([r["level"], r["ruleId"], f"{place['artifactLocation']['uri']}:{place.get('region', {}).get('startLine', 1)}",
                     r["message"]["text"]])
    order = {"error": 0, "warning": 1, "note": 2}
    return sorted(rows, key=lambda r: order.get(r[0], 3))


def replayed(out, found):
    answer = found["answer"]
    if answer is None:
        out.append("**The logs could not be replayed**: see the log of the job.\n")
        return
    breaks = [g for g in answer["groups"] if g["change"] == "breaks"]
    out.append(f"**On real traffic** ({answer['requests']} requests): {answer.get('breaks', 0)} that worked would be denied, "
               f"{answer.get('mends', 0)} that were denied would be allowed.\n")
    if breaks:
        table(out, ["Times", "What", "By", "Denied by"],
              [[g["count"], f"{g.get('action', '')} on {g.get('resource', '')}", g.get("principal", ""),
                g.get("statement") or g.get("cause", "")] for g in breaks])


def markdown(found, status):
    wider, narrower = changes(found["diffs"], True), changes(found["diffs"], False)
    headline = "this change newly allows something" if wider else HEADLINES[status]
    out = [MARK, f"### why403: {headline}\n"]
    head = ["Change", "What", "For example", "Where"]
    if wider:
        out.append(f"**Newly allowed** ({len(wider)})\n")
        table(out, head, wider)
    open_ends = unknowns(found)
    out += [f"- {cell(sentence)}" for sentence in open_ends] + ([""] if open_ends else [])
    if found.get("replay"):
        replayed(out, found["replay"])
    if narrower:
        out.append(f"<details><summary>No longer allowed ({len(narrower)})</summary>\n")
        table(out, head, narrower)
        out.append("</details>\n")
    cases = failed_cases(found["test"]["junit"]) if found.get("test") else []
    if cases:
        out.append(f"**Cases that fail** ({len(cases)})\n")
        table(out, ["Case", "Why"], cases)
    rows = lint_rows(found["lint"]["sarif"]) if found.get("lint") else []
    if rows:
        out.append(f"**Lint** ({len(rows)})\n")
        table(out, ["Level", "Check", "Where", "What"], rows)
    if found["only_linted"]:
        out.append("Linted, not compared: " + ", ".join(cell(f) for f in found["only_linted"][:ROWS]) + "\n")
    if not found["files"]:
        out.append("No policy was changed.\n")
    text = "\n".join(out).rstrip() + "\n"
    return text if len(text) <= MOST else text[:MOST].rpartition("\n")[0] + "\n\n… cut: the log of the job has the rest.\n"
