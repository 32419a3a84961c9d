#!/usr/bin/env python3
"""Every `aws ...` that the program prints for the suite is read by the AWS command line's own parser, and its parameters are
checked by botocore against the API's model; nothing is sent. check_aws.py PROGRAM ROOT. Exit 77 without awscli."""
import contextlib
import io
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

try:
    import awscli.clidriver
    try:
        from awscli.botocore import client, validate  # version 2 brings its own
    except ImportError:
        from botocore import client, validate
except ImportError as missing:
    print(f"SKIP {missing}: no awscli of Python's is installed (apt-get install awscli)")
    sys.exit(77)

import printed
import worlds

# What a word in capitals stands for is the user's to say: some of them the model checks.
FILLED = {"MFA_ARN": "arn:aws:iam::111122223333:mfa/alice", "CODE": "123456", "NEW-BUCKET": "new-bucket-1", "s3://NEW-BUCKET": "s3://new-bucket-1",
          "TARGET_ID": "r-ab12", "FILTER": "SERVICE_CONTROL_POLICY", "POLICY_ID": "p-12345678", "ACCOUNT": "111122223333",
          "POLICY_ARN": "arn:aws:iam::111122223333:policy/p", "ap": "app"}  # the last one: a name of a test, too short
DOCUMENTS = {"put-bucket-inventory-configuration": {
    "Id": "daily", "IsEnabled": True, "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Daily"},
    "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::b", "Format": "CSV"}}}}


def answer(self, operation, parameters):
    """In place of a request."""
    model = self.meta.service_model.operation_model(operation)
    report = validate.ParamValidator().validate(parameters, model.input_shape)
    if report.has_errors():
        raise ValueError(report.generate_report())
    sent.append(operation)
    return {"ContentLength": 1, "ETag": '"x"', "LastModified": None, "ResponseMetadata": {"HTTPStatusCode": 200}}


sent = []
EACH = 3  # commands of one form that are read


def words_of(command):
    """Of each aws in a command line, by bash."""
    script = 'aws() { printf "%s\\0" "$@" ""; }; why403() { :; }; jq() { :; }; cat() { :; }; xargs() { :; }; ' + command
    done = subprocess.run(["bash", "--noprofile", "--norc", "-c", script], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return [w.split("\0") for w in done.stdout.decode().rstrip("\0").split("\0\0") if w]


def read(words):
    """None, or what the parser says."""
    driver = awscli.clidriver.create_clidriver()
    out, err = io.StringIO(), io.StringIO()
    filled = [FILLED.get(w, w) for w in words]
    for name in (w[7:] for w in filled if w.startswith("file://")):
        pathlib.Path(name).write_text(json.dumps(DOCUMENTS.get(words[1], {})), encoding="utf-8")
    before = len(sent)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = driver.main(filled)
        except SystemExit as left:
            status = left.code
        except Exception as e:  # pylint: disable=broad-except
            return f"{type(e).__name__}: {e}"
    text = err.getvalue().strip()
    custom = words[0] == "s3"  # its commands ask several things, and make sense of the answers
    parsed = len(sent) > before or (words[:2] == ["s3", "presign"] and status == 0)
    if parsed or (custom and "usage:" not in text and "Unknown options" not in text):
        return None
    return text[-400:] or f"exit {status}, nothing would be sent"


def main():
    program, root = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2]).resolve()
    os.environ.update(AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE", AWS_SECRET_ACCESS_KEY="none", AWS_DEFAULT_REGION="us-east-1",
                      AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null", AWS_EC2_METADATA_DISABLED="true")
    client.BaseClient._make_api_call = answer
    bad, done, forms, seen = [], 0, {}, {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        found = [(n, c) for n, _, j, t in printed.answers(program, root, folder, False)
                 for c in [*printed.in_json(j), *printed.in_text(t)]]
        worlds.HOSTILE = printed.HOSTILE = ""
        found += [(n, c) for n, _, j, t, _ in worlds.answers(program, root, folder) for c in [*j, *t]]
        work = folder / "work"
        work.mkdir()
        os.chdir(work)
        pathlib.Path("FILE").write_text("what is uploaded", encoding="utf-8")
        for n, command in found:
            if "aws " not in command or "<<'EOF" in command:
                continue
            shape = tuple(re.sub(r"[^ ]*[:/'\"0-9$][^ ]*", "-", command).split()[:12])
            if seen.setdefault(shape, 0) >= EACH:
                continue
            seen[shape] += 1
            for words in words_of(command):
                form = (*words[:2], *(w for w in words if w.startswith("--")), *(w for w in words if w in FILLED))
                forms[form] = forms.get(form, 0) + 1
                if forms[form] > EACH:
                    continue
                done += 1
                why = read(words)
                if why:
                    bad.append(f"{n}: {shlex.join(words)}: {why}")
    print(f"{done} commands of {len(forms)} forms were read by awscli {awscli.__version__}; {len(bad)} refused")
    print("\n".join(f"  {b}" for b in bad[:40]))
    sys.exit(1 if bad or len(forms) < 30 else 0)


main()
