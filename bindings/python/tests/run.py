"""pytest on the package of a build tree: run.py SOURCE_ROOT PACKAGE_FOLDER WHY403. One line of TAP a test."""
import os
import pathlib
import re
import subprocess
import sys

root, package, why403 = (pathlib.Path(p).resolve() for p in sys.argv[1:4])
python = root / "build/venv/bin/python"
if not python.exists() or subprocess.run([python, "-c", "import pytest"], capture_output=True, check=False).returncode:
    print("1..0 # SKIP no pytest (tools/venv.sh build/venv python)")
    sys.exit(0)
done = subprocess.run([python, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", str(root / "bindings/python/tests")],
                      env={**os.environ, "PYTHONPATH": str(package), "WHY403": str(why403), "WHY403_SOURCE": str(root)},
                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
types = subprocess.run([python, "-m", "mypy", "--strict", "--cache-dir=/dev/null", str(root / "bindings/python/why403")], stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, text=True, check=False)
told = re.search(r"(\d+) passed", done.stdout)
print("1..2")
print("\n".join("# " + line for line in done.stdout.splitlines()[-40:]))
print(f"{'ok' if done.returncode == 0 and told else 'not ok'} 1 - {told.group(0) if told else 'no test ran'}")
print(f"{'not ok' if types.returncode else 'ok'} 2 - the types, by mypy --strict")
print("\n".join("# " + line for line in types.stdout.splitlines()))
sys.exit(done.returncode or types.returncode)
