#!/usr/bin/env python3
"""The second half of docs/lint.md, made of data/lint-checks.tsv and the cases of tests/cases-lint.

gen_lint_docs.py [--check] [ROOT]: writes the page; with --check says whether it is up to date. Each check is shown
with a policy that has the finding, and with one that nearly has it: both are cases, which the tests run.
"""
import json
import pathlib
import sys

MARK = '<!-- what follows is written by tools/gen_lint_docs.py -->\n'
LEVELS = {'ERROR': 'error', 'SECURITY_WARNING': 'security warning', 'WARNING': 'warning', 'SUGGESTION': 'suggestion'}
CERTAIN = {'O': 'compared with AWS\'s own findings', 'D': 'documented', 'I': 'inferred', '?': 'sources disagree'}


def rows(root):
    lines = [l.split('\t') for l in (root / 'data/lint-checks.tsv').read_text(encoding='utf-8').splitlines()
             if l and not l.startswith('#')]
    return [dict(zip(lines[0], l)) for l in lines[1:]]


def cases(root):
    found = []
    for path in sorted((root / 'tests/cases-lint').glob('*.json')):
        found += json.loads(path.read_text(encoding='utf-8'))
    return found


def example(case):
    text = case['text'] if 'text' in case else json.dumps(case['policy'], ensure_ascii=False)
    return text if len(text) < 700 and '\r' not in text else None


def shortest(candidates):
    shown = [(len(example(c)), c['name'], c) for c in candidates if example(c) is not None]
    return min(shown)[2] if shown else None


def section(row, all_cases):
    code = row['code']
    yield f'### {code}\n\n'
    about = [LEVELS[row['type']], 'AWS\'s' if row['space'] == 'aws' else 'ours']
    if row['default'] == 'note':
        about.append('a warning of every command that reads policies')
    elif row['default'] != 'on':
        about.append('with `--pedantic`' if row['default'] == 'pedantic' else 'never reported')
    certain = '; '.join(CERTAIN.get(part.strip()[:1], part.strip()) for part in row['confidence'].split('/'))
    yield f'{", ".join(about)}; {certain}. Source: {row["source"]}.\n\n'
    yield f'When {row["condition"]}. It says: *{row["message"]}*.\n'
    yes = shortest([c for c in all_cases if any(e['code'] == code for e in c['expect'])])
    no = shortest([c for c in all_cases if code in c.get('not', [])])
    for word, case in (('Found in', yes), ('Not in', no)):
        if case:
            yield f'\n{word} (`{case["name"]}`):\n\n```json\n{example(case)}\n```\n'
    yield '\n'


def page(root):
    head = (root / 'docs/lint.md').read_text(encoding='utf-8').split(MARK)[0]
    all_cases, out = cases(root), [head, MARK, '\n']
    for level in ('ERROR', 'SECURITY_WARNING', 'WARNING', 'SUGGESTION'):
        out.append(f'## {LEVELS[level].capitalize()}s\n\n')
        for row in sorted((r for r in rows(root) if r['type'] == level), key=lambda r: r['code']):
            out += section(row, all_cases)
    return ''.join(out).rstrip() + '\n'


def main():
    arguments = [a for a in sys.argv[1:] if a != '--check']
    root = pathlib.Path(arguments[0] if arguments else '.')
    text = page(root)
    if '--check' not in sys.argv:
        (root / 'docs/lint.md').write_text(text, encoding='utf-8')
    elif text != (root / 'docs/lint.md').read_text(encoding='utf-8'):
        sys.exit('docs/lint.md is not what tools/gen_lint_docs.py writes')


if __name__ == '__main__':
    main()
