"""`why403 mcp` under the official client: run.py SOURCE_ROOT WHY403. Installs the client from npm into build/mcp; skipped without node or npm."""
import pathlib
import shutil
import subprocess
import sys

root, why403 = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
here, build = pathlib.Path(__file__).parent, root / "build/mcp"
if not shutil.which("node") or not shutil.which("npm"):
    print("1..0 # SKIP no node or no npm")
    sys.exit(0)
build.mkdir(parents=True, exist_ok=True)
wanted = (here / "package.json").read_text(encoding="utf-8")
if not (build / "installed").exists() or (build / "installed").read_text(encoding="utf-8") != wanted:
    (build / "package.json").write_text(wanted, encoding="utf-8")
    done = subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock"], cwd=build, check=False)
    if done.returncode:
        print("1..0 # SKIP the registry of npm cannot be reached")
        sys.exit(0)
    (build / "installed").write_text(wanted, encoding="utf-8")
sys.exit(subprocess.run(["node", str(here / "client.mjs"), str(why403), str(root), str(build)], check=False).returncode)
