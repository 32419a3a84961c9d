"""Answers that are wrong, late, endless or none. A rule, of a JSON list:

    {"match": REGEX,          on `service:Operation path?query parameters account=... region=...`
     "times": N,              only the first N that match; absent: always
     "after": N,              not the first N that match
     "code": "SlowDown", "status": 503, "message": "...",     an error in the manner of the service
     "body": TEXT, "headers": {...} or [[name, value], ...]   instead of the answer (status 200)
     "file": PATH,            the body is in a file
     "repeat": [TEXT, N],     after the body, N times
     "tail": TEXT,            after that
     "length": N,             Content-Length, whatever the body's is; "none": none at all, the connection ends the body
     "chunked": true,         in chunks; "open": the last chunk never comes
     "delay": SECONDS, "drip": BYTES_A_SECOND,
     "drop": N,               the connection is closed after N bytes of the answer (0: without any)
     "hang": true,            never an answer
     "cut": N,                only the first N bytes of the real body, with the length of the whole
     "replace": [REGEX, TEXT] in the real body}

`{n}` in a body and in the text of a replacement is how often the rule has matched.
"""
import json
import re
import threading


class Faults:
    def __init__(self, rules=()):
        self.rules = [dict(rule, pattern=re.compile(rule["match"]), seen=0) for rule in rules]
        self.lock = threading.Lock()

    @classmethod
    def load(cls, place):
        with open(place, encoding="utf-8") as file:
            return cls(json.load(file))

    def find(self, text):
        with self.lock:
            for rule in self.rules:
                if not rule["pattern"].search(text):
                    continue
                rule["seen"] += 1
                first = rule.get("after", 0)
                if rule["seen"] > first and rule["seen"] <= first + rule.get("times", 1 << 60):
                    return dict(rule, n=rule["seen"])
        return None
