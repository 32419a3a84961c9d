#!/usr/bin/env python3
"""The engine beside other people's: requests that they decide too, and the answers compared.

Usage: peers.py WHY403 WORK [--worlds N] [--seed S] [--show] [PEER...]

iam-simulate decides N random worlds of policies (worlds.py). The others are object stores whose own tests are run with a
recorder, and every decision becomes a case (convert.py). A row on which the two differ must be in accepted.tsv, with the class
of the difference, the reason and its source; anything else fails. Exit status 77 when no registry was reached.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import sys

import convert
import fetch
import simulate
import worlds

HERE = os.path.dirname(os.path.abspath(__file__))


def accepted():
    """accepted.tsv: {(peer, row or feature, our answer, theirs): class}."""
    found = {}
    with open(os.path.join(HERE, 'accepted.tsv'), encoding='utf-8') as f:
        for line in f:
            if not line.startswith('#'):
                peer, row, mine, theirs, kind, reason, source = line.rstrip('\n').split('\t')
                if not reason or not source:
                    raise ValueError(f'accepted.tsv: {row} has no reason or no source')
                found[peer, row, mine, theirs] = kind
    return found


def ours(program, work, cases):
    """Our decision of each case, by name; None where the request is none to us."""
    path = os.path.join(work, 'cases.json')
    with open(path, 'w', encoding='utf-8') as f:
        json.dump(cases, f)
    done = subprocess.run([program, 'test', path], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f'why403 test: exit status {done.returncode}\n{done.stderr[:2000]}')
    decided = {c['name']: c['expect']['decision'] for c in cases}
    for name, told in re.findall(r'^not ok \d+ - (.*)\n((?:#[^\n]*\n)*)', done.stdout, re.M):
        decision = re.search(r'decision +\w+ +(\w+)', told)
        decided[name] = decision[1] if decision else None
    return decided


def simulated(work, row, count, seed):
    """Random worlds, with iam-simulate's answer."""
    modules = fetch.npm(work, row[2], row[3])
    asked = [worlds.case(s) for s in range(seed, seed + count)]
    text = ''.join(json.dumps({'id': i, 'simulation': simulate.simulation(c)}) + '\n' for i, c in enumerate(asked))
    status, out, err = fetch.run(['node', os.path.join(HERE, 'iam_simulate.mjs'), modules], input=text)
    if status:
        raise RuntimeError(f'iam-simulate: exit status {status}\n{err[-2000:]}')
    for line in out.splitlines():
        told = json.loads(line)
        if told['answer'] not in ('allowed', 'denied'):
            raise RuntimeError(f'iam-simulate does not take {asked[told["id"]]["name"]}: {told["answer"][:500]}')
        yield {**asked[told['id']], 'expect': {'decision': told['answer']}}


def compare(program, work, peer, cases, allowed, seen, show):
    """One line of the table; the rows that nothing accepts."""
    decided = ours(program, work, cases)
    classes, new = collections.Counter(), []
    for case in cases:
        got, theirs = decided[case['name']], case['expect']['decision']
        if got is None:
            classes['not a request'] += 1
        elif got == theirs:
            classes['agree'] += 1
        else:
            rows = [r for r in [case['name'], *simulate.features(case)] if (peer, r, got, theirs) in allowed]
            seen.update((peer, r) for r in rows)
            classes[allowed[peer, rows[0], got, theirs] if rows else 'new'] += 1
            if not rows:
                new.append((case, got))
    total = len(cases) - classes['not a request']
    rest = ', '.join(f'{n} {c}' for c, n in sorted(classes.items()) if c not in ('agree', 'not a request'))
    print(f'{peer}: {total} rows, {classes["agree"]} agree ({100 * classes["agree"] / max(total, 1):.2f} %)'
          + (f'; {rest}' if rest else ''))
    for case, got in new[:None if show else 5]:
        print(f'  {peer}\t{case["name"]}\t{got}\t{case["expect"]["decision"]}\t{json.dumps(case)}')
    return len(new)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('program')
    parser.add_argument('work')
    parser.add_argument('--worlds', type=int, default=20000)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--show', action='store_true', help='every new difference, not the first five')
    parser.add_argument('peers', nargs='*')
    options = parser.parse_intermixed_args()
    program, work = os.path.abspath(options.program), os.path.abspath(options.work)
    os.makedirs(work, exist_ok=True)
    allowed, seen, bad, compared = accepted(), set(), 0, 0
    found = collections.defaultdict(dict)
    for row in fetch.rows():
        if options.peers and row[0] not in options.peers:
            continue
        try:
            if row[1] == 'npm':
                cases = list(simulated(work, row, options.worlds, options.seed))
            else:
                cases = convert.cases(row[0], fetch.record(work, row[2], row[3], *row[5:9]))
        except fetch.Unreachable as why:
            print(f'{row[0]}: SKIP {why}')
            continue
        for case in cases:
            found[row[0]].setdefault(case['name'], case)
    for peer, cases in found.items():
        bad += compare(program, work, peer, list(cases.values()), allowed, seen, options.show)
        compared += 1
        for row in (r for p, r, *_ in allowed if p == peer and (p, r) not in seen and not r.startswith('feature')):
            print(f'  accepted.tsv: {peer} {row} is no difference any more')
            bad += 1
    if not compared:
        return 77
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
