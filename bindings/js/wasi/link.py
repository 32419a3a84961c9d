"""Links the small module: link.py LEFT_OUT OUT COMMAND... -- SOURCE... LIBRARY.a...

Every object of the rooms takes part but those that LEFT_OUT names; what is missing then becomes an import.
"""
import pathlib
import subprocess
import sys


def members(library, left_out):
    room = library.parent.name
    listed = subprocess.run(["llvm-ar", "t", str(library)], check=True, stdout=subprocess.PIPE, text=True).stdout
    for name in listed.splitlines(): # of a thin library: paths
        path = pathlib.Path(name) if pathlib.Path(name).exists() else library.parent / name
        if not {room, f"{room}/{path.name.removesuffix('.c.o')}"} & left_out:
            yield str(path)


def main():
    left_out = {line.strip() for line in open(sys.argv[1], encoding="utf-8") if line.strip() and not line.startswith("#")}
    out, split = sys.argv[2], sys.argv.index("--")
    command, inputs = sys.argv[3:split], [pathlib.Path(p) for p in sys.argv[split + 1:]]
    objects = [o for p in inputs if p.suffix == ".a" for o in members(p, left_out)]
    subprocess.run([*command, "-o", out, *(str(p) for p in inputs if p.suffix == ".c"), *objects], check=True)


main()
