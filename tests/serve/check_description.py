#!/usr/bin/env python3
"""schemathesis over /v1/openapi.json: check_description.py PROGRAM ROOT VENV. No 5xx, and every answer has the shape that the description
promises, with every token there is and with none."""
import pathlib
import subprocess
import sys

from server import Server

WHY403, ROOT, VENV = (pathlib.Path(p).resolve() for p in sys.argv[1:4])
PROGRAM = VENV / "bin/schemathesis"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def main():
    if not PROGRAM.exists():
        print("1..0 # SKIP schemathesis is not installed")
        return 0
    failed = 0
    with Server(WHY403, "--snapshot", ROOT / "examples/account", "--public-url", "https://pdp.example", "--quiet") as s:
        for number, token in enumerate(("ask", "pdp", None), 1):
            words = [str(PROGRAM), "run", f"http://127.0.0.1:{s.port}/v1/openapi.json", "--checks", CHECKS, "--max-examples", "20", "--phases",
                     "examples,coverage,fuzzing", "--seed", "403", "--exclude-path", "/v1/batch", "--no-color", "--request-timeout", "10", "--suppress-health-check", "all"]
            if token:
                words += ["-H", f"Authorization: Bearer {token}", "-H", f"X-Why403-Token: {token}"]
            done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=900)
            good = done.returncode == 0
            failed += not good
            print(f"{'ok' if good else 'not ok'} {number} - with {'the token ' + token if token else 'no token'}")
            if not good:
                print("# " + (done.stdout + done.stderr)[-6000:].replace("\n", "\n# "))
        if s.process.poll() is not None:
            failed += 1
            print("# the server has ended")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
