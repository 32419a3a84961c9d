#!/usr/bin/env python3
"""cast.py PROGRAM [--check]: the front door in 90 seconds, as an asciicast (docs/cast/front-door.cast) and as a moving SVG
(docs/cast/front-door.svg). What is shown is what PROGRAM prints; typing and pauses are made up, so that the same answers give the same
bytes. --check: are the committed ones of today?"""
import html
import json
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COLUMNS, ROWS = 100, 30
SECONDS = 90
STEPS = [  # what is typed, how long it is looked at
    ("# A program was refused. Its error text is all that there is:", 1),
    ("cat error.txt", 4),
    ('why403 explain --error "$(cat error.txt)" --from 203.0.113.9 --snapshot examples/account', 26),
    ("# Who can read it, then?", 1),
    ("why403 who-can GetObject s3://example-reports/finance/q3.csv --snapshot examples/account | head -12", 16),
    ("# A change of the policy, before it is merged: what does it newly allow?", 1),
    ("why403 diff examples/seeds/inventory-deny-by-ip.json examples/seeds/inventory-deny-by-ip-updated.json | head -14", 16.7),
]
ERROR = ("An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:iam::111122223333:user/alice is not "
         "authorized to perform: s3:GetObject on resource: \"arn:aws:s3:::example-reports/finance/q3.csv\" with an explicit deny in a "
         "resource-based policy\n")


def answer(program, line, scratch):
    if line.startswith("#"):
        return ""
    env = {"PATH": scratch + ":/usr/bin:/bin", "COLUMNS": str(COLUMNS), "LC_ALL": "C.UTF-8", "WHY403_CONFIG": "", "TERM": "xterm-256color"}
    line = re.sub(r"\bwhy403 (\S+)", r"why403 \1 --color always", line).replace("error.txt", scratch + "/error.txt")
    done = subprocess.run(["sh", "-c", line], cwd=TOP, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return done.stdout


def events(program, scratch):
    """[(second, text)], SECONDS long."""
    now, found = 0.5, []
    for line, pause in STEPS:
        found.append((now, "\x1b[1;32m$\x1b[0m "))
        for c in line:
            now += 0.035
            found.append((now, c))
        now += 0.4
        found.append((now, "\r\n"))
        said = answer(program, line, scratch)
        for one in said.splitlines():
            now += 0.04
            found.append((now, one + "\r\n"))
        now += pause
    found.append((max(now, SECONDS), ""))
    return found


def asciicast(found):
    head = {"version": 2, "width": COLUMNS, "height": ROWS, "title": "why403: the front door", "env": {"TERM": "xterm-256color"}}
    return "\n".join(json.dumps(x, ensure_ascii=False) for x in [head] + [[round(t, 3), "o", s] for t, s in found]) + "\n"


CLASSES = {"1": "b", "31": "r", "32": "g", "33": "y", "34": "n", "35": "m", "36": "c", "2": "d", "90": "d"}


def spans(line):
    """One line of a terminal as SVG text."""
    out, classes = [], []
    for i, part in enumerate(re.split(r"\x1b\[([0-9;]*)m", line)):
        if i % 2:
            classes = [] if part in ("", "0") else classes + [CLASSES[p] for p in part.split(";") if p in CLASSES]
        elif part:
            text = html.escape(part).replace(" ", "\u00a0")
            out.append(f'<tspan class="{" ".join(classes)}">{text}</tspan>' if classes else text)
    return "".join(out)


def svg(found):
    """The whole text on one long sheet, which moves up behind a window as lines come; typing is left out."""
    lines, at, text = [], [], ""
    for second, s in found:
        text += s
        while "\r\n" in text:
            line, text = text.split("\r\n", 1)
            lines.append(line)
            at.append(second)
    total, high = found[-1][0], 18
    frames = ["0%{transform:translateY(0)}"]
    for i, second in enumerate(at):
        up = max(0, i + 1 - ROWS) * high
        frames.append(f"{100 * second / total:.2f}%{{transform:translateY(-{up}px)}}")
    shown = "".join(f'<text y="{(i + 1) * high}" style="animation-delay:{second:.2f}s">{spans(line)}</text>\n'
                    for i, (line, second) in enumerate(zip(lines, at)))
    width, height = COLUMNS * 8 + 32, ROWS * high + 32
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="why403 at a terminal: an error text explained, who can, what a change allows">
<style>
svg{{background:#12161c;border-radius:8px}}
text{{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#d8dee6;white-space:pre;animation:show .01s linear both}}
.b{{font-weight:700}}.r{{fill:#ff7b72}}.g{{fill:#7ee787}}.y{{fill:#e3b341}}.n{{fill:#79c0ff}}.m{{fill:#d2a8ff}}.c{{fill:#76e3ea}}.d{{fill:#8b949e}}
@keyframes show{{from{{opacity:0}}to{{opacity:1}}}}
#sheet{{animation:up {total:.2f}s steps(1,end) both}}
@keyframes up{{{"".join(frames)}}}
@media (prefers-reduced-motion:reduce){{text,#sheet{{animation:none}}}}
</style>
<svg x="16" y="12" width="{COLUMNS * 8}" height="{ROWS * high + 8}"><g id="sheet">
{shown}</g></svg>
</svg>
"""


def main():
    import tempfile
    program, check = os.path.abspath(sys.argv[1]), "--check" in sys.argv[2:]
    with tempfile.TemporaryDirectory() as scratch:
        os.symlink(program, scratch + "/why403")
        with open(scratch + "/error.txt", "w", encoding="utf-8") as file:
            file.write(ERROR)
        found = [(t, s.replace(scratch + "/", "")) for t, s in events(program, scratch)]
    made = {"front-door.cast": asciicast(found), "front-door.svg": svg(found)}
    folder = os.path.join(TOP, "docs/cast")
    os.makedirs(folder, exist_ok=True)
    for name, text in made.items():
        path = os.path.join(folder, name)
        if not check:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        elif not os.path.exists(path) or open(path, encoding="utf-8").read() != text:
            sys.exit(f"docs/cast/{name} is not what the program prints today: tools/cast.py PROGRAM")
    if not check:
        print(f"{found[-1][0]:.0f} seconds, {len(made['front-door.cast'])} and {len(made['front-door.svg'])} bytes")


main()
