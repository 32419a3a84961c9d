#!/usr/bin/env python3
"""A manual page out of a page of docs/, so that there is one text: gen_man.py PAGE.md NAME SECTION VERSION SUMMARY > NAME.SECTION"""
import re
import sys


def roff(text):
    """One run of text: code and bold as bold, links as their words."""
    text = text.replace("\\", "\\e")
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    out = []
    for i, part in enumerate(re.split(r"`([^`]*)`", text)):
        if i % 2:
            out.append("\\fB" + part.replace("-", "\\-") + "\\fR")
        else:
            part = re.sub(r"\*\*([^*]*)\*\*", r"\\fB\1\\fR", part)
            out.append(re.sub(r"\*([^*]*)\*", r"\\fI\1\\fR", part).replace("~", "\\(ti"))
    line = "".join(out)
    return "\\&" + line if line[:1] in (".", "'") else line


def verbatim(lines):
    out = [".PP", ".RS 4", ".nf"]
    for line in lines:
        line = line.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("^", "\\(ha")
        out.append("\\&" + line if line[:1] in (".", "'") else line)
    return out + [".fi", ".RE"]


def row(line):
    cells = [c.strip() for c in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
    return [".TP", roff(cells[0]) or "\\&", roff(" \\(en ".join(c for c in cells[1:] if c)).replace("\\e(en", "\\(en") or "\\&"]


def page(text):
    out, fenced, code, table = [], False, [], []
    lines = re.sub(r"<!--.*?-->\n?", "", text, flags=re.S).split("\n")[1:]  # the title is the page's NAME
    for line in lines + [""]:
        if line.startswith("```"):
            if fenced:
                out += verbatim(code)
                code = []
            fenced = not fenced
        elif fenced or line.startswith("    "):
            code.append(line if fenced else line[4:])
        else:
            if code:
                out += verbatim(code)
                code = []
            if line.startswith("|"):
                table.append(line)
                continue
            if table:
                for r in table[2:]:
                    out += row(r)
                table = []
            if line.startswith("#"):
                out.append(".SH " + line.lstrip("# ").upper())
            elif line.startswith("- "):
                out += [".IP \\(bu 2", roff(line[2:])]
            elif line.strip():
                out.append(roff(line.strip()))
            elif out and out[-1] != ".PP" and not out[-1].startswith((".SH", ".RE")):
                out.append(".PP")
    while out and out[-1] == ".PP":
        out.pop()
    return out


def main():
    source, name, section, version, summary = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        text = file.read()
    print(f'.TH "{name.upper()}" "{section}" "" "why403 {version}" "why403"')
    print(f".SH NAME\n{name} \\- {summary}\n.SH DESCRIPTION")
    lines = page(text)
    for i, line in enumerate(lines):  # a paragraph before a heading or a list says nothing
        if line == ".PP" and i + 1 < len(lines) and lines[i + 1].startswith((".SH", ".PP", ".IP", ".TP")):
            continue
        print(line)
    print(".SH SEE ALSO\n.BR why403 (1)")


main()
