#!/usr/bin/env python3
"""in_venv.py SCRIPT ARGUMENTS...: by the Python of build/venv (tools/venv.sh), which has what Debian does not. Skipped without it."""
import os
import pathlib
import sys

for root in (pathlib.Path.cwd(), pathlib.Path(__file__).resolve().parents[2]):
    python = root / "build/venv/bin/python"
    if python.exists():
        os.execv(python, [str(python), *sys.argv[1:]])
print("1..0 # SKIP no build/venv (tools/venv.sh build/venv botocore)")
sys.exit(0)
