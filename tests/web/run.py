"""The page's own tests: run.py SOURCE_ROOT unit|quick|long. Skipped where the page was not built (make web) or the browser is missing."""
import os
import pathlib
import shutil
import subprocess
import sys

web, what = pathlib.Path(sys.argv[1]).resolve() / "web", sys.argv[2]


def skip(why):
    print(f"1..0 # SKIP {why}")
    sys.exit(0)


if not shutil.which("node") or not (web / "node_modules").is_dir():
    skip("no node, or no packages in web/ (make web)")
if what == "unit":
    done = subprocess.run(["node", "node_modules/vitest/vitest.mjs", "run", "--reporter=tap-flat"], cwd=web, check=False)
    sys.exit(done.returncode)
if not (web / "dist/site/index.html").exists():
    skip("the page is not built (make web)")
browser = os.environ.get("CHROMIUM") or shutil.which("chromium")
if not browser:
    skip("no chromium")
done = subprocess.run(["node", "tests/browser/flows.mjs", what], cwd=web, check=False, env={**os.environ, "CHROMIUM": browser})
sys.exit(done.returncode)
