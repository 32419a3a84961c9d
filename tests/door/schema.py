#!/usr/bin/env python3
"""The schema of answers, and that of questions, over all cases: schema.py ANSWER WHY403 SOURCE_ROOT [EVERY]   TAP.

docs/answer.schema.json must be of today, every answer valid by it, and every question of the cases by `why403 mcp --schema`.
"""
import json
import pathlib
import subprocess
import sys

from golden import cases_of
from more import ask, question_of

try:
    import jsonschema
except ImportError:
    print("1..0 # SKIP jsonschema cannot be installed here")
    sys.exit(0)


def main():
    answer, why403, root = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]).resolve()
    every = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    print("1..3")
    today = subprocess.run([sys.executable, str(root / "tools/gen_answer_schema.py"), "--check", str(root)], check=False).returncode == 0
    print(f"{'ok' if today else 'not ok'} 1 - docs/answer.schema.json is of today")
    shape = jsonschema.Draft202012Validator(json.loads((root / "docs/answer.schema.json").read_text(encoding="utf-8")))
    asked = jsonschema.Draft202012Validator(json.loads(subprocess.run([why403, "mcp", "--schema"], stdout=subprocess.PIPE, check=True).stdout))
    questions = [question_of(case, **more) for _, case in list(cases_of(root))[::every]
                 for more in ({}, {"with": ["everything"], "without": ["layers"]})]
    bad = wrong = n = 0
    for question, told in zip(questions, ask(answer, questions), strict=True):
        for validator, value, what in ((asked, question, "question"), (shape, told, "answer")):
            if what == "answer" and "error" in told:
                continue
            n += what == "answer"
            problem = jsonschema.exceptions.best_match(validator.iter_errors(value))
            if problem and what == "answer":
                bad += 1
            elif problem:
                wrong += 1
            if problem and bad + wrong < 6:
                print(f"# {what} of {json.dumps(question['request'])[:200]}: {list(problem.absolute_path)}: {problem.message[:300]}")
    print(f"{'not ok' if bad or not n else 'ok'} 2 - {n} answers, {bad} are not as the schema says")
    print(f"{'not ok' if wrong else 'ok'} 3 - {len(questions)} questions, {wrong} are not as the schema says")
    return 1 if bad or wrong or not today or not n else 0


if __name__ == "__main__":
    sys.exit(main())
