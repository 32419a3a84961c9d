#!/usr/bin/env python3
"""What the linker made of the flags in meson.build: check_elf.py OPTIMIZED FILE...

Each FILE, a program or shared library, must be position-independent, have its relocations done and read-only before
main, a stack that is no code, stack protectors, on x86-64 landing pads, and, when OPTIMIZED is `true`, the checked
variants of C's copying functions. One line a finding, exit status 1 when there is any.
"""
import re
import subprocess
import sys

LANDING_PAD = bytes.fromhex("f30f1efa")  # endbr64


def readelf(*arguments):
    return subprocess.run(["readelf", "-W", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def landing_pads(path):
    """How many functions of the text begin with one; None: another machine."""
    if "X86-64" not in readelf("-h", path):
        return None
    section = re.search(r"\] \.text +PROGBITS +\S+ +(\S+) +(\S+)", readelf("-S", path))
    offset, size = (int(x, 16) for x in section.groups())
    with open(path, "rb") as file:
        file.seek(offset)
        return file.read(size).count(LANDING_PAD)


def findings(path, optimized):
    header, segments, dynamic = readelf("-h", path), readelf("-l", path), readelf("-d", path)
    imported = set(re.findall(r" UND +(\w+)", readelf("--dyn-syms", path)))
    program = "INTERP" in segments
    if not re.search(r"Type: +DYN", header) or (program and not re.search(r"FLAGS_1.*PIE", dynamic)):
        yield "not position-independent (-Db_pie=true)"
    if "GNU_RELRO" not in segments or not re.search(r"BIND_NOW|FLAGS.*NOW", dynamic):
        yield "no full RELRO (-z relro -z now)"
    stack = re.search(r"GNU_STACK.*", segments)
    if not stack or re.search(r" R?WE ", stack.group()):
        yield "an executable stack (-z noexecstack)"
    if "TEXTREL" in dynamic:
        yield "relocations in its code"
    if re.search(r"\((RPATH|RUNPATH)\)", dynamic) and "/tmp" in dynamic:
        yield "looks for libraries below /tmp"
    if "__stack_chk_fail" not in imported:
        yield "no stack protectors (-fstack-protector-strong)"
    pads = landing_pads(path)
    if pads is not None and pads < 50:
        yield f"{pads} landing pads (-fcf-protection)"
    if optimized and not any(name.endswith("_chk") and name != "__stack_chk_fail" for name in imported):
        yield "no checked copies (_FORTIFY_SOURCE)"


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    found = [f"{path}: {what}" for path in sys.argv[2:] for what in findings(path, sys.argv[1] == "true")]
    print("\n".join(found) if found else "hardened: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
