"""Tests of a script as TAP: `@test` functions in order, each a line. What they need and is not there raises Skipped."""
import os
import sys
import time
import traceback

tests = []


class Skipped(Exception):
    """Said instead of a result."""


def test(function):
    tests.append(function)
    return function


def same(got, wanted, about=""):
    assert got == wanted, f"{about + ': ' if about else ''}{got!r} is not {wanted!r}"


def run(*given, only=None):
    """The exit status. `only`: names, from the command line."""
    wanted = [t for t in tests if not only or t.__name__ in only]
    print(f"1..{len(wanted)}")
    failed = 0
    for number, function in enumerate(wanted, 1):
        name, begin = (function.__doc__ or function.__name__).split("\n", 1)[0], time.monotonic()
        try:
            function(*given)
            print(f"ok {number} - {name}", flush=True)
        except Skipped as reason:
            print(f"ok {number} - {name} # SKIP {reason}", flush=True)
        except Exception as error:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} - {function.__name__}: {name}", flush=True)
            text = str(error) if isinstance(error, AssertionError) else traceback.format_exc()
            for line in text.splitlines():
                print(f"#   {line[:1000]}", flush=True)
        if os.environ.get("TAP_TIMES"):
            print(f"# {function.__name__} {time.monotonic() - begin:.1f} s", flush=True)
    return 1 if failed else 0


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)
