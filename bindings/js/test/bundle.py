"""The npm package for those who bundle: its types by tsc, the example built by Vite and run in Chromium, every n-th case in the page.

bundle.py SOURCE_ROOT PACKAGE WHY403 WORK   TAP. What npm gives lies below WORK; without it, or a browser, it is skipped.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys

TOOLS = {"typescript": "5.9.3", "vite": "7.1.12", "playwright-core": "1.64.1"}
root, package, why403, work = (pathlib.Path(p).resolve() for p in sys.argv[1:5])
browser = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def skip(why):
    print(f"1..0 # SKIP {why}")
    sys.exit(0)


def run(*command, cwd=work, **more):
    return subprocess.run([str(c) for c in command], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more)


def install():
    wanted = json.dumps({"private": True, "type": "module", "devDependencies": TOOLS}, indent=2)
    work.mkdir(parents=True, exist_ok=True)
    if not (work / "installed.json").exists() or (work / "installed.json").read_text() != wanted:
        (work / "package.json").write_text(wanted)
        if run("npm", "install", "--no-audit", "--no-fund", "--loglevel=error").returncode:
            skip("the npm registry was not reached")
        (work / "installed.json").write_text(wanted)
    ours = work / "node_modules/why403"
    if ours.is_symlink() or ours.exists():
        ours.unlink() if ours.is_symlink() else shutil.rmtree(ours)
    shutil.copytree(package, ours)


def types():
    shutil.copy(root / "bindings/js/test/types.ts", work / "types.ts")
    return run("node_modules/.bin/tsc", "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext",
               "--lib", "es2023,dom", "types.ts")


def example():
    at = work / "example"
    shutil.rmtree(at, ignore_errors=True)
    shutil.copytree(root / "bindings/js/examples/vite", at)
    built = run("../node_modules/.bin/vite", "build", cwd=at)
    if built.returncode or len(list((at / "dist/assets").glob("*.wasm"))) != 2 or not browser:
        return built
    return run("node", "browser.mjs", at / "dist", env={**os.environ, "CHROMIUM": browser})


def cases(how):
    answer = f"node {work}/browser.mjs {work}/node_modules/why403 {how}"
    return run(sys.executable, root / "tests/door/golden.py", answer, why403, root, os.environ.get("WHY403_EVERY", "23"),
               env={**os.environ, "CHROMIUM": browser})


if not shutil.which("npm") or not (package / "lib/why403-core.wasm").exists():
    skip("no npm, or no build/js (tools/package_js.sh)")
install()
shutil.copy(root / "bindings/js/test/browser.mjs", work / "browser.mjs")
steps = [("the types, by tsc --strict", types), ("the example, by Vite" + (" and in Chromium" if browser else ""), example)]
if browser:
    steps += [("cases in the page, the whole module", lambda: cases("answer")), ("cases in the page, the small one", lambda: cases("answer-core"))]
print(f"1..{len(steps)}")
failed = 0
for n, (name, step) in enumerate(steps, 1):
    done = step()
    failed += done.returncode != 0
    print(f"{'not ok' if done.returncode else 'ok'} {n} - {name}")
    print("\n".join("# " + line for line in done.stdout.splitlines()[-30:]))
sys.exit(failed != 0)
