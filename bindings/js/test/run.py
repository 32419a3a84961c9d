"""`node --test` on the staged npm package: run.py SOURCE_ROOT PACKAGE WHY403. TAP."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

root, package, why403 = (pathlib.Path(p).resolve() for p in sys.argv[1:4])
if not shutil.which("node") or not (package / "lib/why403.wasm").exists():
    print("1..0 # SKIP no node, or no build/js (tools/package_js.sh)")
    sys.exit(0)
done = subprocess.run(["node", "--test", *(str(package / f"test/{name}.test.js") for name in ("why403", "hostile"))], env={**os.environ, "WHY403": str(why403), "WHY403_SOURCE": str(root)},
                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
told = re.search(r"^# pass (\d+)$", done.stdout, re.MULTILINE)
print("1..1")
print("\n".join("# " + line for line in done.stdout.splitlines() if not re.match(r"\s+duration_ms", line))[-6000:])
print(f"{'ok' if done.returncode == 0 and told else 'not ok'} 1 - {told.group(1) if told else 'no'} tests of the npm package")
sys.exit(done.returncode)
