"""Inventories in columns: as S3 writes them in Parquet and ORC, against the CSV of the same rows."""
import collections
import json
import os
import pathlib
import subprocess

import pytest

import why403

pa = pytest.importorskip("pyarrow")
import pyarrow.compute as pc  # noqa: E402
import pyarrow.orc as orc  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

ROOT = pathlib.Path(os.environ["WHY403_SOURCE"])
ALICE = "arn:aws:iam::111122223333:user/alice"
ROWS = 5000


@pytest.fixture(scope="module")
def world():
    return why403.World.load(ROOT / "examples/account")


def keys():
    for n in range(ROWS):
        yield f"{['finance', 'public', 'a b', 'é+%'][n % 4]}/{n}.csv"


def table():
    """The columns of an inventory in S3's documented types."""
    names = list(keys())
    return pa.table({
        "bucket": pa.array(["example-reports"] * ROWS).dictionary_encode(),
        "key": pa.array(names),
        "version_id": pa.array([None if n % 3 else f"v{n}" for n in range(ROWS)]),
        "is_latest": pa.array([n % 5 != 0 for n in range(ROWS)]),
        "is_delete_marker": pa.array([False] * ROWS),
        "size": pa.array(range(ROWS), pa.int64()),
        "last_modified_date": pa.array([1764000000000 + n for n in range(ROWS)], pa.timestamp("ms", "UTC")),
        "encryption_status": pa.array(["SSE-S3" if n % 2 else None for n in range(ROWS)]).dictionary_encode(),
        "object_owner": pa.array([None] * ROWS, pa.string()),
        "tags": pa.array([[{"k": "a"}]] * ROWS),  # nested, and of no inventory column
    })


def csv_of(t):
    from urllib.parse import quote_plus
    def text(v):
        return "" if v is None else str(v).lower() if isinstance(v, bool) else str(v)
    lines = ["Bucket,Key,VersionId,IsLatest,IsDeleteMarker,EncryptionStatus"]
    for r in t.select(["bucket", "key", "version_id", "is_latest", "is_delete_marker", "encryption_status"]).to_pylist():
        lines.append(",".join(f'"{text(quote_plus(v, safe="/") if k == "key" else v)}"' for k, v in r.items()))
    return "\n".join(lines) + "\n"


def counts(swept):
    t = swept if isinstance(swept, pa.Table) else swept.table()
    return collections.Counter(zip(t["decision"].to_pylist(), t["cause"].to_pylist()))


def test_as_the_csv_of_the_same_rows(world, tmp_path):
    t = table()
    by_columns = counts(world.sweep_table(t, as_=ALICE, from_="203.0.113.9"))
    (tmp_path / "o.csv").write_text(csv_of(t), encoding="utf-8")
    done = subprocess.run([os.environ["WHY403"], "sweep", str(tmp_path / "o.csv"), "--as", ALICE, "--from", "203.0.113.9", "--snapshot",
                           str(ROOT / "examples/account"), "--format", "json", "-q"], capture_output=True, check=False)
    told = json.loads(done.stdout)
    assert sum(n for (d, _), n in by_columns.items() if d == "denied") == told["denied"] > 0
    assert sum(n for (d, _), n in by_columns.items() if d == "allowed") == told["allowed"] > 0
    assert sum(n for (d, _), n in by_columns.items() if d == "undetermined") == told["undetermined"]
    groups = collections.Counter()
    for g in told["causes"]:
        groups[g.get("cause")] += g["objects"]
    assert groups == collections.Counter({c: n for c, n in ((c, sum(m for (_, k), m in by_columns.items() if k == c)) for c in groups)})


def test_row_for_row(world):
    t = table().slice(1000, 60)
    swept = world.sweep_table(t, as_=ALICE, from_="203.0.113.9").table()
    for row, told in zip(t.to_pylist(), swept.to_pylist(), strict=True):
        if not row["is_latest"]:
            continue
        wanted = world.decide({"operation": "GetObject", "resource": f"arn:aws:s3:::{row['bucket']}/{row['key']}", "principal": ALICE, "from": "203.0.113.9"})
        assert (told["decision"], told["cause"]) == (wanted["decision"], wanted.get("cause")), row


@pytest.mark.parametrize("form", ["parquet", "orc"])
def test_files_with_several_groups(world, tmp_path, form):
    t = table()
    path = tmp_path / f"inventory.{form}"
    if form == "parquet":
        pq.write_table(t, path, row_group_size=700, use_dictionary=True)
        reader = pq.ParquetFile(path).iter_batches(batch_size=333)
        stream = pa.RecordBatchReader.from_batches(pq.read_schema(path), reader)
    else:
        plain = t.set_column(0, "bucket", t["bucket"].cast(pa.string())).set_column(7, "encryption_status", t["encryption_status"].cast(pa.string()))
        orc.write_table(plain, path, stripe_size=64 * 1024)
        stream = orc.ORCFile(path).read()
    assert counts(world.sweep_table(stream, as_=ALICE, from_="203.0.113.9")) == counts(world.sweep_table(t, as_=ALICE, from_="203.0.113.9"))


def test_nothing_of_a_bad_row_is_lost(world):
    t = pa.table({"bucket": ["example-reports", "", None, "example-reports"], "key": ["finance/a", "k", "k", ""]})
    swept = world.sweep_table(t, as_=ALICE, from_="203.0.113.9").table().to_pylist()
    assert [r["decision"] for r in swept] == ["denied", None, None, None]
    assert all(r["problem"] for r in swept[1:]) and swept[0]["problem"] is None


@pytest.mark.parametrize("t, part", [
    (lambda: pa.table({"name": ["a"]}), "bucket` and `key"),
    (lambda: pa.table({"bucket": ["b"], "key": [b"a"], "is_latest": pa.array([[1]], pa.list_(pa.int8()))}), "type"),
])
def test_tables_that_are_no_inventory(world, t, part):
    with pytest.raises(why403.QuestionError) as caught:
        world.sweep_table(t(), as_=ALICE)
    assert part in str(caught.value)


def test_questions_that_make_no_sense(world):
    with pytest.raises(why403.QuestionError):
        world.sweep_table(table(), as_=ALICE, operation="GetObject", action="s3:GetObject")
    with pytest.raises(why403.Error):
        world.sweep_table(table())


def test_a_stream_outlives_its_world():
    swept = why403.World.load(ROOT / "examples/account").sweep_table(table(), as_=ALICE)
    reader = swept.arrow()
    del swept
    assert sum(b.num_rows for b in reader) == ROWS
    unread = why403.World.load(ROOT / "examples/account").sweep_table(table(), as_=ALICE)
    del unread  # released without being read


def test_a_stream_that_fails_is_an_error(world):
    def broken():
        yield table().to_batches()[0]
        raise RuntimeError("the disk is gone")
    stream = pa.RecordBatchReader.from_batches(table().schema, broken())
    with pytest.raises(Exception, match="the disk is gone"):
        world.sweep_table(stream, as_=ALICE).table()


def test_polars_and_duckdb_are_callers(world):
    polars = pytest.importorskip("polars")
    frame = polars.from_arrow(table().drop(["tags"]))
    swept = polars.DataFrame(world.sweep_table(frame, as_=ALICE, from_="203.0.113.9").table())
    assert swept.height == ROWS
    duckdb = pytest.importorskip("duckdb")
    rows = table().drop(["tags"])  # noqa: F841 named in the query
    relation = duckdb.sql("select bucket, key from rows where key like 'finance/%'")
    answers = world.sweep_table(relation.arrow() if not hasattr(relation, "__arrow_c_stream__") else relation, as_=ALICE, from_="203.0.113.9").table()
    assert pc.all(pc.equal(answers["decision"], "denied")).as_py()
