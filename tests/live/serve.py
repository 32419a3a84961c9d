#!/usr/bin/env python3
"""Serves snapshots as AWS would answer: `serve.py WORLD... [options]`, see README.md. Prints its address as one line of JSON when
it listens, and ends with its standard input, or by a signal."""
import argparse
import json
import signal
import sys

from replay.faults import Faults
from replay.limits import Limits
from replay.models import NoModels, api, SERVICES
from replay.server import Server
from replay.world import World


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("worlds", nargs="+", metavar="WORLD", help="a snapshot: a folder, or one JSON file")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--page", type=int, help="at most so many elements on a page, everywhere")
    parser.add_argument("--deny", metavar="REGEX", help="on `service:Operation path?query parameters account=... region=...`")
    parser.add_argument("--faults", metavar="FILE", help="replay/faults.py says what is in it")
    parser.add_argument("--verify", metavar="SECRET", help="of every long-lived key; signatures are checked")
    parser.add_argument("--limits", action="store_true", help="AWS's documented rates are enforced")
    parser.add_argument("--throttle", type=float, default=0.0, metavar="SHARE", help="of all requests, refused as too many")
    parser.add_argument("--log", metavar="FILE", help="a line of JSON a request")
    parser.add_argument("--roles", default=".*", metavar="REGEX", help="names of roles that may be assumed")
    parser.add_argument("--external-id")
    parser.add_argument("--mfa-code")
    parser.add_argument("--web-token", default="web-identity-token")
    parser.add_argument("--delegated", action="append", default=[], metavar="ACCOUNT", help="a delegated administrator")
    parser.add_argument("--clock", type=float, default=0.0, metavar="SECONDS", help="how far the server's clock is ahead")
    parser.add_argument("--lasts", type=float, metavar="SECONDS", help="no session is valid longer")
    parser.add_argument("--container-token", help="the Authorization that the container endpoint wants")
    parser.add_argument("--sso-token", default="sso-access-token")
    parser.add_argument("--source-role", default="arn:aws:iam::111122223333:role/collector", metavar="ARN")
    return parser.parse_args()


def main():
    given = arguments()
    try:
        for service in SERVICES:
            api(service)
    except NoModels as error:
        print(f"SKIP {error}", file=sys.stderr)
        return 77
    server = Server([World.load(w) for w in given.worlds], given.port, given.page, given.deny,
                    Faults.load(given.faults) if given.faults else None, given.verify,
                    Limits(given.limits, given.throttle), given.log, given.roles, given.external_id, given.mfa_code,
                    given.web_token, given.delegated, given.clock, given.lasts,
                    {"role": given.source_role, "container_token": given.container_token, "sso_token": given.sso_token})
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with server:
        print(json.dumps({"port": server.port, "url": server.url}), flush=True)
        sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
