#!/usr/bin/env python3
"""Writes the JSON Schema of answers, docs/answer.schema.json: the closed lists out of data/, the members as docs/json.md has them.

gen_answer_schema.py [ROOT]          writes it
gen_answer_schema.py --check [ROOT]  fails when the one that is there is not of today
Every member is named (`additionalProperties: false`), so that an answer of the tests with a new one fails until it is written down
here and in docs/json.md; a program that reads answers must pass over members that it does not know.
"""
import json
import pathlib
import sys

LAYERS = ["scp", "rcp", "vpc-endpoint", "identity", "session", "boundary", "access-point", "bucket-policy", "key-policy", "key-grant",
          "bucket-acl", "object-acl", "trust-policy"]
TEXT, NUMBER, FLAG = {"type": "string"}, {"type": "integer", "minimum": 0}, {"type": "boolean"}
TEXT_OR_NULL = {"type": ["string", "null"]}
TEXTS = {"type": "array", "items": TEXT}
PLACE = {"offset": NUMBER, "length": NUMBER, "line": NUMBER, "column": NUMBER}
TRI = {"enum": ["yes", "no", "unknown"]}
ELEMENT = {"enum": ["Statement", "Principal", "Action", "Resource", "Condition", None]}
DECISION = {"enum": ["allowed", "denied", "undetermined"]}


def ref(name):
    return {"$ref": f"#/$defs/{name}"}


def items(of):
    return {"type": "array", "items": of}


def maybe(of):
    return {"anyOf": [of, {"type": "null"}]}


def closed(needed, optional=None):
    optional = optional or {}
    return {"type": "object", "properties": {**needed, **optional}, "required": list(needed), "additionalProperties": False}


def causes(root):
    rows = [line.split("\t") for line in (root / "data/causes.tsv").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [row[0] for row in rows if row[0] != "id"]


def statement_parts():
    optional = {"name": TEXT, "arn": TEXT, "embedded": {"const": True}, "file": TEXT}
    return {"policy": TEXT, "sid": TEXT_OR_NULL, "index": NUMBER, **PLACE}, optional


def layer_parts():
    return {"verdict": {"enum": ["not-applicable", "allow", "no-allow", "deny", "unknown"]}, "said": TEXT_OR_NULL,
            "statements": items(ref("match"))}, {"source": TEXT_OR_NULL, "unknown": TEXT, "near": items(ref("match"))}


def request():
    unknown = closed({"unknown": {"const": True}})
    pairs = items({"type": "array", "items": TEXT, "minItems": 2, "maxItems": 2})
    return closed({}, {**{name: TEXT for name in ("operation", "action", "resource", "resource_account", "principal", "session_name",
                                                  "issuer", "from", "via", "at", "version_id")},
                       "secure": {"anyOf": [FLAG, unknown]}, "mfa": {"anyOf": [FLAG, closed({"age": NUMBER})]},
                       "headers": pairs, "query": pairs, "presigned": closed({}, {"signed_at": TEXT, "expires_in": NUMBER}),
                       "upload": closed({}, {"initiator": TEXT, "kms_key": TEXT, "checksum": FLAG}), "body": {"type": "object"},
                       "context": {"type": "object", "additionalProperties": {"anyOf": [TEXTS, {"type": "null"}, unknown]}},
                       "unsaid": items({"enum": ["headers", "query", "policies"]}), "dialect": {"enum": ["rgw", "minio"]}})


def fix_parts():
    step = closed({"kind": {"enum": ["policy", "request", "setting"]}, "id": TEXT, "title": TEXT, "owner": TEXT_OR_NULL, "policy": TEXT_OR_NULL,
                   "diff": TEXT_OR_NULL, "patch": {"type": "array"}, "commands": TEXTS, "rollback": TEXTS, "side_effects": TEXTS,
                   "removes": TEXTS}, {"document": TEXT_OR_NULL, "file": TEXT_OR_NULL, "pointer": TEXT_OR_NULL})
    proof = closed({"decision": {"const": "allowed"}, "status": NUMBER, "also_allows": TEXTS, "also_covers": TEXTS, "also_capped": FLAG,
                    "public": FLAG})
    return closed({"id": TEXT, "title": TEXT, "owner": TEXT_OR_NULL, "policy": TEXT_OR_NULL, "patch": {"type": "array"}, "commands": TEXTS,
                   "steps": items(step), "proof": proof})


def definitions(root):
    needed, optional = statement_parts()
    layer, layer_more = layer_parts()
    element = closed({"element": ELEMENT, "offset": NUMBER, "length": NUMBER, "matches": TRI, "label": TEXT})
    return {
        "cause_id": {"enum": causes(root)},
        "request": request(),
        "statement": closed(needed, optional),
        "match": {"anyOf": [closed({**needed, "effect": {"enum": ["Allow", "Deny"]}, "matches": TRI},
                                   {**optional, "element": ELEMENT, "why": TEXT_OR_NULL, "document": TEXT, "elements": items(element)}),
                            closed({"grant": TEXT, "matches": TRI}, {"element": ELEMENT, "why": TEXT_OR_NULL})]},
        "blame": closed({"policy": TEXT, **PLACE, "label": TEXT_OR_NULL}),
        "cause": closed({"cause": ref("cause_id"), "action": TEXT_OR_NULL, "resource": TEXT_OR_NULL, "statement": maybe(ref("statement")),
                         "sentence": TEXT_OR_NULL, "element": ELEMENT, "blame": maybe(ref("blame")), "blames": items(ref("blame")),
                         "page": TEXT_OR_NULL}, {"layer": {"enum": LAYERS}, "detail": TEXT_OR_NULL, "source": TEXT_OR_NULL}),
        "layer": closed({"layer": {"enum": LAYERS}, **layer},
                        {**layer_more, "levels": items(closed({"level": TEXT_OR_NULL, **layer}, layer_more))}),
        "check": closed({"action": TEXT_OR_NULL, "resource": TEXT_OR_NULL, "decision": DECISION,
                         "need": {"enum": ["required", "disputed", "response-only", "status-only"]}, "reason": TEXT_OR_NULL,
                         "layers": items(ref("layer"))},
                        {"context": items(closed({"key": TEXT, "state": {"enum": ["asked", "derived", "absent", "unknown"]}, "values": TEXTS}))}),
        "gate": closed({"cause": ref("cause_id"), "closed": TRI, "status": NUMBER, "detail": TEXT_OR_NULL, "source": TEXT_OR_NULL}),
        "fix": fix_parts(),
        "branch": closed({"fact": TEXT, "value": TEXT_OR_NULL, "decision": DECISION, "cause": maybe(ref("cause_id"))}, {"other": {"const": True}}),
        "document": closed({"text": TEXT, "offset": NUMBER, "kind": TEXT, "layer": {"enum": LAYERS}, "owner": TEXT_OR_NULL, "policy": TEXT,
                            "file": TEXT_OR_NULL, "pointer": TEXT_OR_NULL}, {"name": TEXT, "arn": TEXT}),
        "warning": {"type": "object", "required": ["message"]},
    }


def schema(root):
    answer = closed(
        {"format": {"const": 1}, "request": ref("request"), "decision": DECISION, "status": NUMBER, "error_code": TEXT_OR_NULL,
         "cause": maybe(ref("cause_id")), "action": TEXT_OR_NULL, "resource": TEXT_OR_NULL, "statement": maybe(ref("statement")),
         "causes": items(ref("cause")), "checks": items(ref("check")), "gates": items(ref("gate")), "message": TEXT_OR_NULL,
         "fixes": items(ref("fix")), "assumptions": TEXTS, "unknown": TEXTS, "settle": TEXTS, "notes": TEXTS},
        {"layers": items(ref("layer")), "not_proposed": items(closed({"title": TEXT, "why": TEXT})), "no_fix": TEXT_OR_NULL,
         "branches": items(ref("branch")), "documents": {"type": "object", "additionalProperties": ref("document")},
         "evidence": {"type": "object"}, "warnings": items(ref("warning"))})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "An answer of why403 explain",
            "description": "Written by tools/gen_answer_schema.py; docs/json.md says what each member is.", **answer,
            "$defs": definitions(root)}


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    root = pathlib.Path(arguments[0] if arguments else ".").resolve()
    path, text = root / "docs/answer.schema.json", json.dumps(schema(root), indent=1) + "\n"
    if "--check" not in sys.argv:
        path.write_text(text, encoding="utf-8")
        return 0
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        print(f"{path} is not of today: run tools/gen_answer_schema.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
