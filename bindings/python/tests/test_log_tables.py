"""Log records in columns, as Athena, CloudTrail Lake and Security Lake export them, against the files of the same records."""
import datetime
import json
import os
import pathlib
import re

import pytest

import why403

pa = pytest.importorskip("pyarrow")
import pyarrow.parquet as pq  # noqa: E402

ROOT = pathlib.Path(os.environ["WHY403_SOURCE"])
TRAIL = ROOT / "examples/trail"
POLICY = "accounts/111122223333/s3/example-inventory/policy.json"
EVENTS = [e for p in sorted((TRAIL / "logs/AWSLogs").rglob("*.json")) for e in json.loads(p.read_text())["Records"]]
OBJECTS = ("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails")


@pytest.fixture(scope="module")
def world():
    return why403.World.load(TRAIL / "snapshot")


@pytest.fixture(scope="module")
def files():
    return {p.name: p.read_bytes() for p in sorted((TRAIL / "logs/AWSLogs").rglob("*.json"))}


@pytest.fixture(scope="module")
def lines():
    return [line for p in (TRAIL / "logs/access").iterdir() for line in p.read_text().splitlines()]


def told(answer):
    """What does not hang on the form that the records came in."""
    causes = [{k: v for k, v in c.items() if k not in ("began", "again", "examples", "first_in", "last_in")} for c in answer["causes"]]
    for cause, full in zip(causes, answer["causes"]):
        cause["began"] = [(full.get("began") or {}).get(k) for k in ("event", "time", "actor", "event_id", "proof", "before", "after")]
    return {k: answer[k] for k in ("denied", "from", "to", "events", "lines", "damaged", "not_records", "duplicates")} | {"causes": scrub(causes)}


def scrub(value):
    """Without places in files, and commands that read them."""
    if isinstance(value, dict):
        return {k: scrub(v) for k, v in value.items() if k not in ("file", "offset", "line", "span", "examples", "explain")}
    return [scrub(v) for v in value] if isinstance(value, list) else value


def athena(event, lower=True):
    """A row of the table that AWS's DDL for Athena makes: structs, and objects as their JSON."""
    row = {k: json.dumps(v) if k in OBJECTS and v is not None else v for k, v in event.items()}
    return {k.lower() if lower else k: v for k, v in row.items()}


def table_of(rows):
    return pa.Table.from_pylist(rows, schema=pa.unify_schemas([pa.Table.from_pylist([r]).schema for r in rows], promote_options="permissive"))


def test_rows_of_athena(world, files, tmp_path):
    table = table_of([athena(e) for e in EVENTS])
    wanted = told(world.logs(files))
    assert wanted["denied"] > 0 and any(c["began"][0] for c in wanted["causes"])
    assert told(world.logs_table(table)) == wanted
    pq.write_table(table, tmp_path / "trail.parquet", row_group_size=5)
    assert told(world.logs_table(pq.ParquetFile(tmp_path / "trail.parquet").read())) == wanted
    assert told(world.logs_table(pq.read_table(tmp_path / "trail.parquet").to_reader(max_chunksize=3))) == wanted


def test_columns_of_other_names_and_times_as_times(world, files):
    rows = [athena(e) for e in EVENTS]
    for row in rows:
        row["when"] = datetime.datetime.fromisoformat(row.pop("eventtime").replace("Z", "+00:00"))
        row["what"] = row.pop("eventname")
        row["kind"] = pa.scalar("x").as_py() # a column that no log has
    table = table_of(rows)
    assert told(world.logs_table(table, columns={"when": "eventtime", "what": "eventname"})) == told(world.logs(files))
    with pytest.raises(why403.QuestionError, match="did you mean `when`"):
        world.logs_table(table, columns={"whe": "eventtime"})
    with pytest.raises(why403.QuestionError, match="two columns"):
        world.logs_table(table, columns={"kind": "eventsource"})


def test_flat_columns(world, files):
    """As a query selects them: useridentity.arn AS "useridentity.arn"."""
    def flat(prefix, value):
        for k, v in value.items():
            yield from flat(f"{prefix}{k}.", v) if isinstance(v, dict) else [(prefix + k, v)]
    rows = [{**{k: v for k, v in athena(e).items() if k != "useridentity"}, **dict(flat("useridentity.", e["userIdentity"]))} for e in EVENTS]
    assert told(world.logs_table(table_of(rows))) == told(world.logs(files))


def test_security_lake(world, files):
    """OCSF 1.1, class 6003, as Security Lake writes CloudTrail."""
    rows = []
    for e in EVENTS:
        who = e["userIdentity"]
        issuer = who.get("sessionContext", {}).get("sessionIssuer", {})
        rows.append({
            "class_uid": 6003, "category_uid": 6, "time_dt": datetime.datetime.fromisoformat(e["eventTime"].replace("Z", "+00:00")),
            "metadata": {"uid": e["eventID"], "event_code": e.get("eventType"), "product": {"version": e.get("eventVersion"), "name": "CloudTrail"}},
            "api": {"operation": e["eventName"], "service": {"name": e["eventSource"]}, "request": {
                "uid": e.get("requestID"), "data": json.dumps(e["requestParameters"]) if e.get("requestParameters") else None},
                    "response": {"error": e.get("errorCode"), "message": e.get("errorMessage"),
                                 "data": json.dumps(e["responseElements"]) if e.get("responseElements") else None}},
            "actor": {"user": {"uid": who.get("arn"), "type": who.get("type"), "uid_alt": who.get("principalId"), "name": who.get("userName"),
                               "account": {"uid": who.get("accountId")}}, "session": {"issuer": issuer.get("arn")}, "invoked_by": who.get("invokedBy")},
            "src_endpoint": {"ip": e.get("sourceIPAddress"), "uid": e.get("vpcEndpointId")}, "http_request": {"user_agent": e.get("userAgent")},
            "cloud": {"region": e.get("awsRegion")},
            "resources": [{"uid": r.get("ARN"), "type": r.get("type"), "owner": {"account": {"uid": r.get("accountId")}}} for r in e.get("resources") or []],
            "unmapped": [(k, str(e[k]) if not isinstance(e[k], dict) else json.dumps(e[k])) for k in ("recipientAccountId", "additionalEventData") if k in e],
        })
    schema = pa.unify_schemas([pa.Table.from_pylist([{k: v for k, v in r.items() if k != "unmapped"}]).schema for r in rows], promote_options="permissive")
    schema = schema.append(pa.field("unmapped", pa.map_(pa.string(), pa.string())))
    by_table, by_file = told(world.logs_table(pa.Table.from_pylist(rows, schema=schema))), told(world.logs(files))
    assert (by_table["denied"], by_table["events"]) == (by_file["denied"], by_file["events"])
    key = ("cause", "kind", "principal", "action", "resource", "count", "first", "last")
    assert [[c.get(k) for k in key] for c in by_table["causes"]] == [[c.get(k) for k in key] for c in by_file["causes"]]


def test_access_logs(world, lines):
    """Columns of AWS's DDL for server access logs in Athena, and of a table of one's own."""
    field = re.compile(r'"((?:[^"\\]|\\.)*)"|\[([^\]]*)\]|(\S+)')
    names = ("bucketowner bucket_name requestdatetime remoteip requester requestid operation key request_uri httpstatus errorcode bytessent "
             "objectsize totaltime turnaroundtime referrer useragent versionid hostid sigv ciphersuite authtype endpoint tlsversion "
             "accesspointarn aclrequired").split()
    rows = [dict(zip(names, (next(x for x in m if x) if any(m) else "" for m in field.findall(line)))) for line in lines]
    table = table_of(rows)
    wanted = told(world.logs({"access.log": "\n".join(lines) + "\n"}))
    assert wanted["lines"] == len(lines) > 0
    assert told(world.logs_table(table)) == wanted
    own = table.rename_columns([f"c_{name}" for name in names[:table.num_columns]])
    assert told(world.logs_table(own, columns={f"c_{name}": name for name in names[:table.num_columns]})) == wanted


def test_replay(world, files):
    policy = {POLICY: {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::example-inventory/*"}]})}}
    wanted, found = world.replay(files, policy), world.replay_table(table_of([athena(e) for e in EVENTS]), policy)
    counts = {k: v for k, v in wanted.items() if isinstance(v, int) and k not in ("files", "bytes")}
    assert {k: found[k] for k in counts} == counts
    assert scrub([g for g in found.get("groups", [])]) == scrub([g for g in wanted.get("groups", [])])


def test_polars_and_duckdb_are_callers(world, files, tmp_path):
    wanted = told(world.logs(files))
    pq.write_table(table_of([athena(e) for e in EVENTS]), tmp_path / "trail.parquet")
    polars = pytest.importorskip("polars")
    assert told(world.logs_table(polars.read_parquet(tmp_path / "trail.parquet"))) == wanted
    duckdb = pytest.importorskip("duckdb")
    relation = duckdb.sql(f"select * from '{tmp_path}/trail.parquet'")
    assert told(world.logs_table(relation if hasattr(relation, "__arrow_c_stream__") else relation.arrow())) == wanted


def test_a_table_that_is_no_log_is_named(world):
    answer = world.logs_table(pa.table({"a": [1], "b": ["x"]}))
    assert answer["denied"] == 0 and answer.exit_status == 2
    with pytest.raises(TypeError):
        world.logs_table(pa.table({"eventname": ["x"], "odd": pa.array([datetime.timedelta(1)])}))
