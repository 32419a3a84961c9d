#!/usr/bin/env python3
"""What people really have: every file of tests/inputs/*, read as its row of expect.json says.

Usage: check_inputs.py WHY403 DIR...

A row is {"kind", "run": arguments, "expect": {...}}. Of expect: rc (exit statuses), has and has_not (patterns over all
output, line breaks of a paragraph joined), json (members of the JSON printed), cause (members of one of its causes).
An argument @FILE is standard input from that file. Prints what fails; exit status 1 when anything does.
"""
import json
import os
import re
import subprocess
import sys


def run(program, directory, arguments):
    text = None
    if arguments[-1].startswith('@'):
        with open(os.path.join(directory, arguments[-1][1:]), 'rb') as f:
            text = f.read()
        arguments = arguments[:-1] + ['-']
    done = subprocess.run([program, *arguments], cwd=directory, input=text, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout.decode(errors='replace'), done.stderr.decode(errors='replace')


def problems(expect, status, out, err):
    try:
        answer = json.loads(out)
    except ValueError:
        answer = {}
    words = re.sub(r'\s*\n\s*', ' ', out + err)
    if 'rc' in expect and status not in expect['rc']:
        yield f'exit status {status}, not one of {expect["rc"]}'
    for pattern in expect.get('has', []):
        if not re.search(pattern, words):
            yield f'/{pattern}/ is not said'
    for pattern in expect.get('has_not', []):
        if re.search(pattern, words):
            yield f'/{pattern}/ is said'
    for name, value in expect.get('json', {}).items():
        if answer.get(name) != value:
            yield f'{name} is {answer.get(name)}, not {value}'
    for name, value in expect.get('cause', {}).items():
        got = [c.get(name) for c in answer.get('causes', [])]
        if value not in got:
            yield f'{name} of the causes is {got}, not {value}'


def main():
    program, failed, rows = os.path.abspath(sys.argv[1]), 0, 0
    for directory in sys.argv[2:]:
        with open(os.path.join(directory, 'expect.json'), encoding='utf-8') as f:
            table = json.load(f)
        for name, row in sorted(table.items()):
            wrong = list(problems(row['expect'], *run(program, directory, row['run'])))
            rows += 1
            failed += bool(wrong)
            for why in wrong:
                print(f'not ok - {name} ({row["kind"]}): {why}')
    print(f'{rows - failed} of {rows} inputs are read as they must be')
    return 1 if failed or not rows else 0


if __name__ == '__main__':
    sys.exit(main())
