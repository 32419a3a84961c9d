#!/usr/bin/env python3
"""Runs the console blocks of the documentation that ask AWS: those after <!-- asks AWS: the world is FOLDER[, denied: REGEX] -->.
AWS is the replay server behind its real names; a block has $SCRATCH, an empty folder, as its working directory is the
project's own. check_pages.py PROGRAM ROOT."""
import contextlib
import io
import pathlib
import sys
import tempfile

from program import ACCOUNT, SECRET, Program
from replay.models import NoModels
from replay.server import Server
from replay.world import World
from tap import run, skip_all, test
from tls_proxy import Proxy

ROOT = pathlib.Path(sys.argv[2]).resolve()
sys.path.insert(0, str(ROOT / "tools"))
import check_docs  # pylint: disable=wrong-import-position


@test
def pages(program):
    """every block prints what the page shows"""
    ran = 0
    for page in check_docs.pages(ROOT):
        for kind, line, before, block in check_docs.blocks(page):
            asks = check_docs.ASKS_AWS.match(before) if kind == "console" else None
            if not asks:
                continue
            ran += 1
            with tempfile.TemporaryDirectory(dir=program.scratch) as scratch, \
                    Server([World.load(ROOT / asks.group(1))], verify_with=SECRET, delegated=[ACCOUNT], deny=asks.group(2)) as server, \
                    Proxy(server.port, program.scratch / "ca") as proxy:
                own = check_docs.surroundings(pathlib.Path(program.path), scratch)
                environment = program.environment(None, HTTPS_PROXY=proxy.url, AWS_CA_BUNDLE=proxy.bundle)
                environment.update({name: own[name] for name in ("PATH", "NO_COLOR", "COLUMNS", "SCRATCH")})
                said = io.StringIO()
                with contextlib.redirect_stdout(said):
                    fine = check_docs.run_block(page.relative_to(ROOT), line, block, ROOT, environment)
                assert fine, said.getvalue()
    assert ran > 0


if __name__ == "__main__":
    try:
        sys.exit(run(Program(sys.argv[1]), only=sys.argv[3:]))
    except NoModels as error:
        skip_all(error)
