"""What is installed, and where the packages put it, without building one: every file is in one package, every pattern of debian/*.install
finds a file, manual pages are clean, recipes name what there is. TAP. test_packages.py BUILD_ROOT"""
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = sys.argv[1]
count = failures = 0


def check(name, good, said=""):
    global count, failures
    count += 1
    failures += not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}" + ("" if good else "\n" + "\n".join("#   " + line for line in str(said)[:3000].splitlines())))


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def installed():
    """Paths as Debian has them."""
    def ask(what):
        return json.loads(subprocess.run(["meson", "introspect", what, BUILD], capture_output=True, check=True, text=True).stdout)
    options = {o["name"]: o["value"] for o in ask("--buildoptions")}
    prefix, found = options["prefix"], set()
    for path in ask("--installed").values():
        inside = os.path.relpath(path, prefix)
        if inside.startswith(options["libdir"] + "/") and not inside.startswith("lib/python"):
            inside = "lib/x86_64-linux-gnu/" + os.path.relpath(inside, options["libdir"])
        found.add("usr/" + inside)
    return found, any("/dist-packages/" in path for path in found)  # another Python than Debian's keeps its own folders


def in_packages():
    files, has_python = installed()
    names = [n for n in sorted(os.listdir(os.path.join(TOP, "debian"))) if n.endswith(".install")]
    homes = {}
    for name in names:
        for pattern in read("debian/" + name).split():
            hits = [f for f in files if fnmatch.fnmatch(f, pattern) or fnmatch.fnmatch(f, pattern + "/*")]
            optional = "python" in pattern and not has_python or pattern.endswith("/why403") and "lib" in pattern
            check(f"{name}: {pattern} finds a file", hits or optional, sorted(files))
            for f in hits:
                homes.setdefault(f, []).append(name)
    check("every installed file is in one package", all(len(set(homes.get(f, []))) == 1 or "python" in f for f in files),
          [(f, homes.get(f)) for f in sorted(files) if len(set(homes.get(f, []))) != 1])
    for name in ("why403.docs", "why403.examples", "libwhy403-dev.examples"):
        for path in read("debian/" + name).split():
            check(f"{name}: {path} is there", any(True for _ in __import__("glob").iglob(os.path.join(TOP, path))))
    version = re.search(r"version: '([^']+)'", read("meson.build"))[1]
    check("debian/changelog has the version of the sources", read("debian/changelog").startswith(f"why403 ({version}-"))


def manual():
    if not shutil.which("groff"):
        print("# no groff: manual pages are not looked at")
        return
    for page in sorted(os.listdir(os.path.join(BUILD, "docs"))):
        if re.search(r"\.[135]$", page):
            done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", "-rLL=110n", os.path.join(BUILD, "docs", page)], capture_output=True, text=True)
            check(f"{page} is clean", not done.stderr, done.stderr)


def recipes():
    text = read("Containerfile")
    check("Containerfile: known steps alone, the last image empty", all(re.match(r"#|$|(FROM|RUN|COPY|WORKDIR|ENTRYPOINT) ", line) for line in text.splitlines())
          and re.search(r"^FROM scratch$", text, re.M))
    for tool in re.findall(r"tools/[a-z./]+", text):
        check(f"Containerfile: {tool} is there", os.access(os.path.join(TOP, tool), os.X_OK))
    if shutil.which("ruby"):
        done = subprocess.run(["ruby", "-c", os.path.join(TOP, "packaging/why403.rb")], capture_output=True, text=True)
        check("the formula is Ruby", done.returncode == 0, done.stderr)
    options = set(re.findall(r"option\('([a-z0-9_]+)'", read("meson_options.txt")))
    for recipe in ("packaging/why403.rb", "debian/rules", "tools/static.sh"):
        own = {o for o in re.findall(r"-D([a-z0-9_]+)=", read(recipe)) if o not in ("werror", "python", "b_pie", "c_args", "c_link_args", "buildtype")}
        check(f"{recipe}: options that there are", own <= options, own - options)


in_packages()
manual()
recipes()
print(f"1..{count}")
sys.exit(failures > 0)
