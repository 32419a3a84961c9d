"""Peers, fetched by the clients of their registries, and what their own tests decide."""
import json
import os
import re
import shutil
import subprocess


class Unreachable(Exception):
    """A registry that is not reached, or a client that is not installed."""


def rows():
    """peers.tsv."""
    with open(os.path.join(os.path.dirname(__file__), 'peers.tsv'), encoding='utf-8') as f:
        for line in f:
            if not line.startswith('#'):
                yield line.rstrip('\n').split('\t')


def run(command, **options):
    if not shutil.which(command[0]):
        raise Unreachable(f'{command[0]} is not installed')
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    return done.returncode, done.stdout, done.stderr


def npm(work, package, version):
    """The folder node_modules with the package."""
    home = os.path.join(work, 'npm')
    os.makedirs(home, exist_ok=True)
    modules = os.path.join(home, 'node_modules')
    if not os.path.isdir(os.path.join(modules, package)):
        status, _, err = run(['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', home,
                              f'{package}@{version}'])
        if status:
            raise Unreachable(f'npm did not install {package}: {(err.strip().splitlines() or [""])[0]}')
    return modules


def go_environment(work):
    return {**os.environ, 'GOFLAGS': '-mod=mod -modcacherw', 'GOMODCACHE': os.path.join(work, 'go'), 'GOWORK': 'off'}


def go(work, module, version):
    """A copy of the module that may be written to."""
    copy = os.path.join(work, 'modules', module.replace('/', '_') + '@' + version)
    if not os.path.isdir(copy):
        status, out, err = run(['go', 'mod', 'download', '-json', f'{module}@{version}'], env=go_environment(work), cwd=work)
        if status:
            told = json.loads(out).get('Error', '') if out.strip() else err
            raise Unreachable(f'go did not download {module}: {(told.strip().splitlines() or [""])[0]}')
        shutil.copytree(json.loads(out)['Dir'], copy)
    return copy


def wrap(folder, hook):
    """Renames one function of the package, so that the recorder's takes its place."""
    file, before, name = re.fullmatch(r'(\S+) (func(?: \([^)]*\))?) (\w+)', hook).groups()
    files = [file] if file != '*' else [f for f in sorted(os.listdir(folder)) if f.endswith('.go') and
                                        not f.endswith('_test.go') and not f.startswith('why403')]
    found = 0
    for path in (os.path.join(folder, f) for f in files):
        with open(path, encoding='utf-8') as f:
            text = f.read()
        new, n = re.subn(re.escape(f'{before} {name}('), f'{before} why403{name}(', text)
        found += n
        found += text.count(f'{before} why403{name}(')
        if n:
            with open(path, 'w', encoding='utf-8') as f:
                f.write(new)
    if found != 1:
        raise RuntimeError(f'{folder}: {found} functions `{before} {name}`, not one: this version is another')


def record(work, module, version, folder, package, recorder, hooks):
    """What the peer's own tests of one package decide: the path of a file with a line each."""
    here = os.path.join(os.path.dirname(__file__), 'record')
    root = go(work, module, version)
    home = os.path.join(root, folder)
    for hook in hooks.split('; '):
        wrap(home, hook)
    for source, target in (('why403', 'why403_record.go'), (recorder, 'why403_hooks.go')):
        with open(os.path.join(here, source + '.go.in'), encoding='utf-8') as f:
            text = f.read().replace('package PACKAGE', f'package {package}')
        with open(os.path.join(home, target), 'w', encoding='utf-8') as f:
            f.write(text)
    told = os.path.join(work, recorder + '.ndjson')
    if os.path.exists(told):
        os.remove(told)
    status, out, err = run(['go', 'test', '-count=1', './' + folder], cwd=root,
                           env={**go_environment(work), 'WHY403_RECORD': told})
    if not os.path.exists(told):
        if re.search(r'dial tcp|403 Forbidden|404 Not Found|connection refused|no such host|requires go|toolchain', out + err):
            raise Unreachable(f'go did not download what {module} needs')
        raise RuntimeError(f'{module}/{folder}: exit status {status}, nothing was recorded\n{out[-2000:]}{err[-2000:]}')
    return told
