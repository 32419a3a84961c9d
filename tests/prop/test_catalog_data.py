#!/usr/bin/env python3
"""The catalog's generator: the same tables give the same bytes, and a wrong table stops the build with its line.

Usage: test_catalog_data.py SOURCE_ROOT. Prints TAP.
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

# (table, what stands there, what is put in its place, what the generator must say)
WRONG = [
    ('s3-operations', '\ts3:AbortMultipartUpload\t', '\ts3:AbortMultipartUploads\t', 'is an action of no service'),
    ('s3-operations', '\tkms:ReEncrypt*\t', '\tkms:ReEncrypts*\t', 'is an action of no service'),
    ('s3-operations', 'upload:sse-kms & upload:checksum\t', 'upload:sse-kms & \t', 'is no predicate'),
    ('s3-operations', 'upload:sse-kms & upload:checksum\t', 'upload:sse-kms upload:checksum\t', 'is not expected'),
    ('s3-operations', '(h:x-amz-acl & ', '((h:x-amz-acl & ', '`)` is missing'),
    ('s3-operations', '\th:If-Match\t', '\t!\t', 'is no predicate'),
    ('s3-operations', '\th:If-Match\t', '\tx:If-Match\t', 'unknown predicate'),
    ('s3-operations', '\th:If-Match\t', '\th:If-Match=\t', 'is no predicate'),
    ('s3-operations', '\th:If-Match\t', '\t' + 'h:a|(' * 9 + 'h:a' + ')' * 9 + '\t', 'needs a stack of'),
    ('s3-operations', '\tsource-bucket\t', '\tsource-buckets\t', 'is not in on-tokens.tsv'),
    ('s3-operations', '\tdisputed\t', '\tdoubted\t', 'need is `doubted`'),
    ('s3-operations', '\tolap\t', '\tolaps\t', 'bucket_type is `olaps`'),
    ('s3-operations', '\trequest_uri\t', '\turi\t', 'no column request_uri'),
    ('s3-actions', 's3:GetObjectAcl\t', 's3:GetObject\t', 's3:GetObject again'),
    ('s3-actions', 's3:GetObjectAcl\t', 's3:GetObjectAcls\t', 'is an action of no service'),
    ('s3-actions', 's3:x-amz-acl', 's3:x-amz-acls', 'is not in condition-keys.tsv'),
    ('s3-actions', '\taccesspointobject object\t', '\tobjects\t', 'no such resource type'),
    ('aux-actions', 's3:GetBucketAcl\tRead', 's3:GetBucketAcl\tWrite', 's3:GetBucketAcl again'),
    ('condition-keys', 's3:prefix\t', 's3:delimiter\t', 'key s3:delimiter again'),
    ('condition-keys', 's3:prefix\tString', 's3:prefix\tText', 'unknown type Text'),
    ('condition-keys', 'aws:TagKeys\tArrayOfString\tmulti', 'aws:TagKeys\tArrayOfString\tsingle', 'disagree'),
    ('condition-keys', 's3:prefix\t', 's3:pre${X}fix${Y}\t', 'two free parts'),
    ('condition-keys', 's3:prefix\t', 's3:prefix${X}\t', 'the free part must follow'),
    ('condition-keys', 's3:max-keys\t', 's3:x_amz_acl\t', 'is taken'),
    ('reference-actions', 'StartDeploymentJob', 'StartContainerizationJob', 'is there twice'),
    ('on-tokens', 'accesspoint\t', 'bucket\t', 'token BUCKET again'),
    ('causes', 'deny.rcp\t', 'deny.scp\t', 'cause DENY_SCP again'),
    ('causes', '{policy} denies', '{polic} denies', 'placeholder polic'),
    ('causes', '\thttps://', '\thttp://', 'no page'),
    ('causes', '\tbefore\t', '\tsoon\t', 'stage is `soon`'),
    ('causes', '\tbefore\t', '\tbefore\t-\t', 'cells, the head has'),
    ('error-codes', '\tcredentials.expired\t', '\tcredentials.old\t', 'is not in causes.tsv'),
    ('error-codes', 'ExpiredToken\t400\tbefore', 'ExpiredToken\t400\tafter', 'is of stage before'),
    ('error-codes', 'ExpiredToken\t400', 'ExpiredToken\t4000', 'status'),
    ('error-codes', 'ExpiredTokenException\t', 'expiredtoken\t', 'again'),
    ('cloudtrail-operations', '\ts3:AbortMultipartUpload\t', '\ts3:AbortUpload\t', 'is not in s3-operations.tsv'),
    ('server-access-log-operations', 's3:CopyObject\t', 's3:Copy\t', 'is not in s3-operations.tsv'),
    ('not-configured', '\tnot-configured\t', '\tabsent\t', 'meaning is `absent`'),
    ('not-configured', 'NoSuchBucket\tno-such-bucket\t', 'NoSuchBucket\t', 'cells, the head has'),
]


# the same of the forms of error texts (tools/gen_forms.py)
WRONG_FORMS = [
    ('error-forms', '({code}) when calling', '({codes}) when calling', 'no part codes'),
    ('error-forms', '{operation:s3a} on', '{operation:s4a} on', 'no set s4a'),
    ('error-forms', 'botocore.operation\tbotocore\twhen', 'botocore.operation\tbotocore\t{*}when', 'it begins with no literal'),
    ('error-forms', 'An error occurred ({code})\trank=1', 'An error occurred {*}\trank=1', 'it ends with a gap'),
    ('error-forms', 'An error occurred ({code})\trank=1', 'An error occurred\trank=1', 'nothing is learnt from it'),
    ('error-forms', 'An error occurred ({code})\trank=1', 'An error occurred ({code})\tgrade=1', 'it yields no grade'),
    ('error-forms', 'botocore.operation\t', 'botocore.error\t', 'form botocore.error again'),
    ('client-operations', '\tHeadObject\t', '\tHeadObjects\t', 'is not in s3-operations.tsv'),
]

# and of the calls to AWS (tools/gen_calls.py)
WRONG_CALLS = [
    ('collect-calls', 's3\tGetBucketAcl\t', 's3\tGetBucketPolicy\t', 'again'),
    ('collect-calls', 'kms\tListKeys\t', 'kmz\tListKeys\t', 'ListKeys is no call of kms'),
    ('collect-calls', 'iam\tGetUser\t', 'iam\tGetUsers\t', 'GetUser is no call of iam'),
    ('collect-calls', 'Action=GetUser&', 'Action=DeleteUser&', 'is no Action and Version of GetUser'),
    ('collect-calls', '\tTrentService.ListKeys', '\tTrentService.ScheduleKeyDeletion', 'is none of ListKeys'),
    ('collect-calls', '\tGET /{Bucket}?acl', '\tPUT /{Bucket}?acl', 'only GET, HEAD and POST'),
    ('collect-calls', '\tGET /{Bucket}?acl', '\tPOST /{Bucket}?acl', 'with protocol rest-xml'),
    ('collect-calls', '\tGET /{Bucket}?acl', '\tGET /{Buckets}?acl', 'labels of the path'),
    ('collect-calls', '\tGET /{Bucket}?acl', '\tGET /{Bucket?acl', 'path `'),
    ('collect-calls', '\tjson-1.1\t', '\tjson-1.2\t', 'protocol is `json-1.2`'),
    ('collect-calls', '\twn\t', '\twm\t', 'modes are `wm`'),
    ('collect-calls', '\ts3:GetBucketAcl\t', '\tGetBucketAcl\t', 'is no action'),
    ('collect-calls', '\torganization/organization.json', '\t../organization.json', 'is no path of a snapshot'),
    ('collect-calls', '\tAWSOrganizationsNotInUseException\t', '\twhen not in use\t', 'is no error code'),
    ('collect-calls', '\t5/8\t', '\tfive/8\t', 'rate is `five`'),
    ('collect-calls', '\tAccessControlPolicy\t', '\t-\t', 'no root element'),
    ('collect-calls', '\tAccessControlPolicy\t', '\t(JSON object)\t', 'answer `(JSON object)`'),
    ('collect-calls', '\tMarker\tMarker\tIsTruncated', '\tMarkers\tMarker\tIsTruncated', 'is no token'),
    ('collect-calls', '\tMarker\tMarker\tIsTruncated', '\tMarker\tMarkers\tIsTruncated', 'is no member'),
    ('collect-calls', '\tMarker\tMarker\tIsTruncated', '\tMarker\t-\tIsTruncated', 'not of one length'),
    ('collect-calls', '\tIsTruncated\tPolicyNames', '\tIsTruncated\tMarker', 'is no list'),
    ('collect-shapes', 'GetBucketRequestPaymentOutput\t', 'GetBucketRequestPayments\t', 'has no shape'),
    ('collect-shapes', 'list\tGrant\tGrant', 'list\tGrants\tGrant', 'Grants is no shape of s3'),
    ('collect-shapes', 'list\tGrant\tGrant', 'list\tGrant\t-', 'a list has an item'),
    ('collect-shapes', 'timestamp\tepoch', 'timestamp\tdays', 'time format `days`'),
    ('collect-shapes', 'UserId\tUserId\tstring', 'UserId\tUserId\ttext', 'kind is `text`'),
    ('collect-shapes', 'Account\tAccount\tstring', 'Account\tUserId\tstring', 'the name on the wire UserId again'),
    ('collect-arguments', 's3\tGetBucketAcl\t', 's3\tPutBucketAcl\t', 'is no call of s3'),
    ('collect-arguments', '\tbody\t', '\tbodies\t', 'place is `bodies`'),
    ('collect-arguments', 'ListRoots\tMaxResults\tbody\tMaxResults\tsize', 'ListRoots\tMaxResults\tbody\tMaxResults\tnumber', 'no argument that tells it'),
    ('retry-codes', 'SlowDown\t', 'RequestThrottled\t', 'again'),
    ('retry-codes', '\tclock\t', '\twatch\t', 'kind is `watch`'),
    ('collect-endpoints', 'iam\taws\t', 'sts\taws\t', 'again'),
    ('collect-endpoints', '\tsts.<region>.amazonaws.com\t', '\tsts.<region>.amazonaws.com/\t', 'is no host'),
    ('collect-endpoints', 'iam\taws-cn\t', 'iam\taws-xx\t', 'is not in collect-partitions.tsv'),
    ('collect-endpoints', 'iam\taws\tiam\tus-east-1', 'iam\taws\tiam\tUS East', 'is no region'),
    ('collect-partitions', 'aws-iso-b\tus-isob-', 'aws-iso-b\tus-iso-', 'is of aws-iso too'),
    ('collect-partitions', '\tcn-northwest-1\t', '\tnorthwest\t', 'is no region'),
]


GENERATORS = {'gen_catalog.py': '', 'gen_forms.py': 'forms_table.c', 'gen_calls.py': '', 'gen_endpoints.py': 'endpoint_tables.c'}


def readers(rows):
    """The generators that prove the tables of a list above."""
    return {id(WRONG): ('gen_catalog.py',), id(WRONG_FORMS): ('gen_forms.py',)}.get(id(rows), ('gen_calls.py', 'gen_endpoints.py'))


def generate(root, data, out, names=tuple(GENERATORS)):
    out.mkdir()
    runs = [subprocess.run([sys.executable, root / 'tools' / name, data, out / GENERATORS[name]], text=True, capture_output=True,
                           check=False) for name in names]
    return max(runs, key=lambda run: run.returncode)


def contents(folder):
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def refused(root, tmp, number, wrong, names):
    """None, or why the wrong table was not refused as it should be."""
    table, old, new, message = wrong
    data = tmp / f'data{number}'
    text = (root / 'data' / f'{table}.tsv').read_text(encoding='utf-8')
    if old not in text:
        return f'{table}.tsv has no {old!r}'
    data.mkdir()
    for path in (root / 'data').iterdir():
        if path.stem != table:
            (data / path.name).symlink_to(path)
    (data / f'{table}.tsv').write_text(text.replace(old, new, 1), encoding='utf-8')
    run = generate(root, data, tmp / f'out{number}', names)
    shutil.rmtree(data)
    if run.returncode == 0:
        return 'it was accepted'
    if message not in run.stderr or '.tsv:' not in run.stderr:
        return f'it said: {run.stderr.strip()}'
    return None


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    failures = 0

    def report(number, name, why):
        nonlocal failures
        failures += why is not None
        print(f'{"not ok" if why else "ok"} {number} - {name}' + (f'\n# {why}' if why else ''))

    print(f'1..{len(WRONG + WRONG_FORMS + WRONG_CALLS) + 1}')
    with tempfile.TemporaryDirectory() as folder:
        tmp = pathlib.Path(folder)
        first = generate(root, root / 'data', tmp / 'first')
        second = generate(root, root / 'data', tmp / 'second')
        same = first.returncode == second.returncode == 0 and contents(tmp / 'first') == contents(tmp / 'second')
        report(1, 'the same tables give the same bytes', None if same else first.stderr or 'they differ')
        number = 1
        for rows in (WRONG, WRONG_FORMS, WRONG_CALLS):
            for wrong in rows:
                number += 1
                report(number, f'{wrong[0]}: {wrong[3]}', refused(root, tmp, number, wrong, readers(rows)))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
