#!/bin/sh
# why403 replay: whose requests they are (sessions and their policies, other accounts and partitions), odd keys, what
# cannot be decided and why, and the same content in every format.
. "${0%/*}/lib.sh" || exit 2

python3 - "$scratch" <<'PYTHON' || exit 2
import copy, json, os, sys
top = sys.argv[1]
A = "111122223333"
def put(path, value):
    path = os.path.join(top, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(value) if isinstance(value, str) else json.dump(value, f)
def doc(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}
def allow(action, resource, **more):
    return dict({"Effect": "Allow", "Action": action, "Resource": resource}, **more)
def deny(sid, action, resource, **more):
    return dict(allow(action, resource, **more), Effect="Deny", Sid=sid)
every = {"Principal": "*"}

def snapshot(to, partition="aws", managed=None, bucket_policy=None, region="us-east-1", roles=("app",), scp=None):
    P, acc = "arn:%s:" % partition, to + "/accounts/%s/" % A
    put(to + "/snapshot.json", {"format": 1, "partition": partition})
    put(acc + "account.json", {"CanonicalId": "a" * 64})
    full = [{"PolicyName": "all", "PolicyDocument": doc(allow("s3:*", "*"))}]
    put(acc + "iam/authorization-details.json", {
        "UserDetailList": [{"UserName": "alice", "UserId": "AIDAA", "Path": "/", "Arn": P + "iam::" + A + ":user/alice",
                            "GroupList": [], "AttachedManagedPolicies": [], "UserPolicyList": full}],
        "GroupDetailList": [],
        "RoleDetailList": [{"RoleName": r, "RoleId": "AROA" + r, "Path": "/team/", "Arn": P + "iam::" + A + ":role/team/" + r,
                            "AttachedManagedPolicies": [], "RolePolicyList": full} for r in roles],
        "Policies": [{"PolicyName": "Narrow", "Arn": P + "iam::" + A + ":policy/Narrow", "PolicyVersionList": [
            {"VersionId": "v1", "IsDefaultVersion": True, "Document": managed or doc(allow("s3:*", "*"))}]}]})
    put(acc + "s3/data/location.json", {"LocationConstraint": None if region == "us-east-1" else region})
    put(acc + "s3/data/policy.json", bucket_policy or {"error": {"code": "NoSuchBucketPolicy"}})
    for other in ("source", "dest"):
        put(acc + "s3/%s/location.json" % other, {"LocationConstraint": None})
    put(acc + "s3/dest/policy.json", doc(allow("s3:PutObject", "arn:aws:s3:::dest/*", Principal={"Service": "s3.amazonaws.com"})))
    if scp:
        put(to + "/organization/organization.json", {"Organization": {"Id": "o-exampleorg1", "MasterAccountId": "9" * 12, "FeatureSet": "ALL"}})
        put(to + "/organization/parents.json", {A: "r-root"})
        put(to + "/organization/attachments.json", {"r-root": ["p-FullAWSAccess", "p-x"], A: ["p-FullAWSAccess"]})
        put(to + "/organization/policies/p-x.json", {"Policy": {"PolicySummary": {"Id": "p-x", "Name": "Guard",
            "Arn": "arn:aws:organizations::999999999999:policy/o-exampleorg1/service_control_policy/p-x",
            "Type": "SERVICE_CONTROL_POLICY"}, "Content": json.dumps(scp)}})

n = [0]
def event(who, key, name="GetObject", bucket="data", source="s3.amazonaws.com", at="10:00:00", **more):
    n[0] += 1
    return dict({"eventVersion": "1.11", "userIdentity": who, "eventTime": "2026-11-20T%sZ" % at, "eventSource": source,
        "eventName": name, "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.9",
        "requestParameters": {"bucketName": bucket, "key": key}, "responseElements": None, "requestID": "REQ%d" % n[0],
        "eventID": "e-%d" % n[0], "eventType": "AwsApiCall", "recipientAccountId": A, "eventCategory": "Data"}, **more)
def user(account=A, partition="aws", name="alice"):
    return {"type": "IAMUser", "arn": "arn:%s:iam::%s:user/%s" % (partition, account, name), "accountId": account,
            "accessKeyId": "AKIA", "userName": name}
def session(key, role="app", name="s"):
    return {"type": "AssumedRole", "arn": "arn:aws:sts::%s:assumed-role/%s/%s" % (A, role, name), "accountId": A,
        "accessKeyId": key, "sessionContext": {"sessionIssuer": {"type": "Role", "userName": role, "accountId": A,
        "arn": "arn:aws:iam::%s:role/team/%s" % (A, role)}, "attributes": {"creationDate": "2026-11-20T09:00:00Z"}}}
def assume(key, name="s", role="app", **parameters):
    return event(user(), None, "AssumeRole", source="sts.amazonaws.com", at="09:00:00",
        requestParameters=dict({"roleArn": "arn:aws:iam::%s:role/team/%s" % (A, role), "roleSessionName": name}, **parameters),
        responseElements={"credentials": {"accessKeyId": key}, "assumedRoleUser":
            {"arn": "arn:aws:sts::%s:assumed-role/%s/%s" % (A, role, name)}})
def logs(to, *events):
    put(to, {"Records": list(events)})

def line(i, who, key, status=200, uri=None, bucket="data", host="data.s3.us-east-1.amazonaws.com", ip="203.0.113.9"):
    return ("%s %s [20/Nov/2026:10:00:%02d +0000] %s %s R%d REST.GET.OBJECT %s \"GET /%s HTTP/1.1\" %d %s 243 - 9 - \"-\" "
            "\"curl/8\" - HOST= SigV4 TLS_AES_128_GCM_SHA256 AuthHeader %s TLSv1.3 - - us-east-1\n" % ("a" * 64, bucket, i,
            ip, who, i, key, uri or key, status, "-" if status < 400 else "AccessDenied", host))

# Sessions: the requests stand before the calls that made their sessions, and the widest comes first.
only_a = json.dumps(doc(allow("s3:GetObject", "arn:aws:s3:::data/f/deep/a/*")))
narrow = "arn:aws:iam::%s:policy/Narrow" % A
logs("sessions/1.json", *[event(session(k), "f/deep/a/%d" % i, at="10:00:0%d" % i)
                          for i, k in enumerate(["ASIAWIDE", "ASIANARROW", "ASIAMANAGED", "ASIAMANAGED", "ASIAGONE"])],
     event(session("ASIANARROW"), "f/deep/b/1", errorCode="AccessDenied", errorMessage="Access Denied"))
logs("sessions/2.json", assume("ASIAWIDE"), assume("ASIANARROW", policy=only_a),
     assume("ASIAMANAGED", policyArns=[{"arn": narrow}]),
     assume("ASIAGONE", policyArns=[{"arn": "arn:aws:iam::%s:policy/Gone" % A}]))
snapshot("old")
put("narrow.json", doc(allow("s3:PutObject", "*")))
put("deny.json", doc(deny("NoB", "s3:*", "arn:aws:s3:::data/f/deep/b/*", **every)))

# Session tags, which no S3 event shows.
logs("tags/1.json", *[event(session(k), "f/%d" % i) for i, k in enumerate(["ASIARED", "ASIABLUE", "ASIABLUE", "ASIAPLAIN"])])
logs("tags/2.json", assume("ASIARED", tags=[{"key": "team", "value": "red"}]), assume("ASIABLUE", tags=[{"key": "team", "value": "blue"}]),
     assume("ASIAPLAIN"))
put("red.json", doc(deny("OnlyRed", "s3:*", "arn:aws:s3:::data/*", Condition={"StringNotEqualsIfExists": {"aws:PrincipalTag/team": "red"}}, **every)))

# What an event tells beside caller, operation and key, and a policy may look at.
logs("fields/t.json", event(user(), "f/1", at="10:00:00"), event(user(), "f/2", at="12:00:00"), event(user(), "f/3", at="14:00:00"),
     event(dict(user(), invokedBy="athena.amazonaws.com"), "f/4", at="10:00:00"))
twice = event(user(), "f/1")
logs("both/a.json", twice, event(user(), "f/2"))
put("both/access", line(1, "arn:aws:iam::%s:user/alice" % A, "f/1").replace(" R1 ", " %s " % twice["requestID"]) +
    line(2, "arn:aws:iam::%s:user/alice" % A, "f/3"))
s3 = {"type": "AWSService", "invokedBy": "s3.amazonaws.com"}
logs("reports/t.json", *[event(s3, "reports/%s/daily/%d" % (b, i), name="PutObject", bucket="dest") for i, b in enumerate(("source", "data", "data"))])
put("source.json", doc(allow("s3:PutObject", "arn:aws:s3:::dest/*", Principal={"Service": "s3.amazonaws.com"},
    Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::source"}})))
old_session = session("ASIAOLD")
old_session["sessionContext"]["attributes"]["creationDate"] = "2026-11-20T07:00:00Z"
logs("revoked/t.json", event(session("ASIANEW"), "f/1"), event(old_session, "f/2"))
for name, condition in (("late", {"DateGreaterThan": {"aws:CurrentTime": "2026-11-20T12:00:00Z"}}),
                        ("epoch", {"NumericGreaterThanEquals": {"aws:EpochTime": "1795176000"}}),
                        ("via", {"Bool": {"aws:ViaAWSService": "true"}}),
                        ("revoke", {"DateLessThan": {"aws:TokenIssueTime": "2026-11-20T08:00:00Z"}})):
    put(name + ".json", doc(deny("No" + name, "s3:*", "arn:aws:s3:::data/*", Condition=condition, **every)))

# The same as an access log: sessions by name.
role = "arn:aws:sts::%s:assumed-role/app/" % A
put("named/access", "".join(line(i, role + name, "f/deep/a/%d" % i) for i, name in enumerate(["wide", "managed", "managed"])))
logs("named/z.json", assume("ASIAX", "wide"), assume("ASIAY", "managed", policyArns=[{"arn": narrow}]))

# Who else, and what else.
alice = "arn:aws:iam::%s:user/alice" % A
put("odd/access", "".join([
    line(1, alice, "secret/a+b%2520c", uri="secret/a%20b%2520c"), line(2, alice, "secret/%22q%22,%C3%BC", uri="secret/%22q%22,%C3%BC"),
    line(3, alice, "secret/100%25", uri="secret/100%25"), line(4, role + "x", "open/1"), line(5, "b" * 64, "open/2"),
    line(6, alice, "x", bucket="elsewhere", host="elsewhere.s3.us-east-1.amazonaws.com"),
    line(7, "arn:aws:iam::444455556666:user/eve", "open/3", 403), line(8, "arn:aws:iam::%s:user/gone" % A, "open/4"),
    line(9, "-", "open/5", 403)]))
put("secret.json", doc(deny("NoSecrets", "s3:GetObject", "arn:aws:s3:::data/secret/*", **every)))
put("eve.json", doc(allow("s3:GetObject", "arn:aws:s3:::data/open/*", Principal={"AWS": "arn:aws:iam::444455556666:root"})))
snapshot("no-role", roles=())
cn = user(partition="aws-cn")
logs("cn/t.json", event(cn, "a/1", awsRegion="cn-north-1"), event(cn, "a/2", errorCode="AccessDenied", errorMessage="Access Denied", awsRegion="cn-north-1"))
put("cn/access", line(1, "arn:aws-cn:iam::%s:user/alice" % A, "b/1", host="-"))
snapshot("cn-old", partition="aws-cn", region="cn-north-1")
put("cn.json", doc(deny("NoCn", "s3:GetObject", "arn:aws-cn:s3:::data/*", **every)))
logs("one/t.json", event(user(), "a/1"))
snapshot("guarded", scp=doc(allow("*", "*")))
put("scp.json", doc(deny("NoReads", "s3:GetObject", "*")))
put("bucket.json", doc(deny("NoData", "s3:GetObject", "arn:aws:s3:::data/*", **every)))
put("unread.json", {"error": {"code": "AccessDenied"}})
put("rubbish/a", "these are no logs\n\x00\x01\xff\n")
put("empty/a", "")
logs("strange/t.json", event(user(), "a/1", name="FooBar"), event(user(), "a", bucket="nowhere"))
PYTHON
cd "$scratch" || exit 2

# ---- sessions and their own policies ----
run replay sessions --snapshot old --policy deny.json
expect "a change that only a narrow session's other requests meet" 0 '5 requests replayed: 0 would break' ' 5 unchanged' \
    '^Not decided' 'session policy arn:aws:iam::111122223333:policy/Gone is not in the snapshot, request REQ5'
run replay sessions --snapshot old --policy arn:aws:iam::111122223333:policy/Narrow=narrow.json
expect "a managed session policy, attached to nobody: its sessions break, the others do not" 1 \
    '5 requests replayed: 2 would break' 'no-allow\.session' '^ +2 '
run replay sessions --snapshot old --policy arn:aws:iam::111122223333:policy/Narrow=narrow.json --jobs 1 --format json
expect "the same with one thread" 1 '"requests":5,"breaks":2' '"reason":"session policy [^"]*Gone is not'
run replay tags --snapshot old --policy red.json
expect "session tags" 1 '4 requests replayed: 3 would break.* 1 unchanged' 'OnlyRed of'
# 2026-11-20T12:00:00Z is epoch second 1795176000
for pair in late:1 epoch:2 via:1; do
    run replay fields --snapshot old --policy "${pair%:*}.json"
    expect "a condition on what only some events meet: ${pair%:*}" 1 "^4 requests replayed: ${pair#*:} would break"
done
run replay reports --snapshot old --policy dest=source.json
expect "reports of two buckets in one folder" 1 '^3 requests replayed: 2 would break.* 1 unchanged' 'by service:s3\.amazonaws\.com'
for jobs in 1 2; do
    run replay both --snapshot old --policy bucket.json --jobs $jobs --format json
    expect "a request that both logs tell of, with $jobs threads" 1 '"requests":3,"breaks":3' '"told_twice":1'
done
status=0
cat both/a.json both/access | why403 replay - --snapshot old --policy bucket.json >"$out" 2>"$err" || status=$?
expect "standard input is read once" 1 '^4 requests replayed' '^  no request is both in an access log and in CloudTrail'
run replay revoked --snapshot old --policy revoke.json
expect "sessions that are revoked by their age" 1 '^2 requests replayed: 1 would break.* 1 unchanged'
run replay named --snapshot old --policy arn:aws:iam::111122223333:policy/Narrow=narrow.json
expect "sessions of an access log, by name" 1 '3 requests replayed: 2 would break' 'no-allow\.session'
status=0
cat sessions/1.json sessions/2.json | why403 replay - --snapshot old --policy deny.json >"$out" 2>"$err" || status=$?
expect "standard input cannot be read twice" 3 '^0 requests replayed' 'sessions with policies or tags of their own'
run replay odd/access --snapshot old --policy secret.json --principal arn:aws:iam::111122223333:role/team/app
expect "a role by its ARN with a path; its session's call is not in the logs" 0 '1 requests replayed' \
    '^  no session policies where the AssumeRole event is not in the logs'

# ---- keys, callers, buckets ----
run replay odd --snapshot old --policy secret.json --format csv
expect "keys with blanks, quotes, commas, percent signs" 1 '^3,"breaks","deny\.bucket-policy"' 'arn:aws:s3:::data/secret/\*'
for key in 'a+b%2520c' '%22q%22,%C3%BC' '100%25'; do
    grep -F " secret/$key " odd/access >one.log
    run replay one.log --snapshot old --policy secret.json --format csv
    # the only key of its kind is shown as it is
    case $key in a*) seen='secret/a b%20c' ;; %*) seen='secret/""q"",ü' ;; *) seen='secret/100%' ;; esac
    if grep -qF "arn:aws:s3:::data/$seen\"" "$out"; then ok "key $key"; else bad "key $key" "shown as $seen"; fi
done
run replay odd --snapshot old --policy data=eve.json
expect "another account, and what cannot be decided, by reason" 0 '^ +1  bucket elsewhere is not in the snapshot, request R6' \
    'the log does not say who the caller is' 'user/gone|user `gone`|`gone`' '[0-9]+ requests replayed: 0 would break'
run replay odd --snapshot old --against no-role
expect "a role that is gone: nobody knows, so exit 3" 3 'Worked, and may be denied' 'in the new state: '
run replay cn --snapshot cn-old --policy cn.json
expect "another partition" 1 '3 requests replayed: 2 would break' 'arn:aws-cn:s3:::data/a/1' 'arn:aws-cn:s3:::data/b/1' '!arn:aws:s3'
run logs cn --snapshot cn-old
expect "in a survey, too" 1 'arn:aws-cn:s3:::data/a/2' '!arn:aws:s3'

# ---- causes ----
run replay one --snapshot guarded --policy Guard=scp.json --policy bucket.json
expect "two causes at once" 1 '1 would break' 'deny\.scp' 'denied by NoReads of Guard' 'also denied: deny\.bucket-policy: NoData of '
run replay one --snapshot guarded --policy Guard=scp.json --policy bucket.json --format json
expect "in JSON" 1 '"also":\["deny.bucket-policy: NoData of ' '"documents":\[\{"file":"scp.json"' '"of":"arn:aws:organizations'
run replay one --snapshot old --policy data=unread.json
expect "what cannot be told: may be denied" 3 '0 would break' 'Worked, and may be denied' 'not known: bucket-policy .*AccessDenied'
run replay odd --snapshot old --policy data=eve.json --principal arn:aws:iam::444455556666:user/eve
expect "a denial that may go" 0 'Was denied, and may be allowed' 'not known: identity' '!open/3 has'

# ---- logs that are none ----
run replay empty --snapshot old --policy bucket.json
expect "empty logs" 3 '^0 requests replayed' '2:there is no request to replay'
run replay rubbish --snapshot old --policy bucket.json
expect "rubbish" 2 '^0 requests replayed' '!2:(Sanitizer|runtime error)'
run replay strange --snapshot old --policy bucket.json
expect "nothing that can be decided is no all-clear" 3 'operation FooBar is not one that is decided' 'bucket nowhere is not in the snapshot'

# ---- the same content in every format ----
for what in "odd --snapshot old --against no-role" "odd --snapshot old --policy secret.json" \
    "sessions --snapshot old --policy arn:aws:iam::111122223333:policy/Narrow=narrow.json" "strange --snapshot old --policy bucket.json"; do
    # shellcheck disable=SC2086 # names without blanks
    { why403 replay $what >text; why403 replay $what --format json >json; why403 replay $what --format csv >csv; } 2>"$err"
    status=0
    COLUMNS=100 python3 - >"$out" 2>&1 <<'PYTHON' || status=$?
import csv, json, re
text = " ".join(open("text", encoding="utf-8").read().split())
data = json.load(open("json", encoding="utf-8"))
rows = list(csv.DictReader(open("csv", encoding="utf-8")))
assert len(rows) == len(data["groups"]) + len(data["reasons"]), "rows"
assert text.startswith("%d requests replayed: %d would break, %d would be allowed that were denied, %d unchanged" % (
    data["requests"], data["breaks"], data["mends"], data["unchanged"]))
kinds = ["breaks", "unsure", "mends", "may_mend", "unexplained"]
assert sum(data[k] for k in kinds) + data["unchanged"] == data["requests"]
assert sum(g["count"] for g in data["groups"]) == sum(data[k] for k in kinds)
assert sum(r["count"] for r in data["reasons"]) == data["undecided"]
for g, row in zip(data["groups"], rows):
    for a, b in (("change", "Change"), ("cause", "Cause"), ("statement", "Statement"), ("principal", "Principal"), ("action", "Action"),
                 ("resource", "Resource"), ("reason", "Reason"), ("first", "First"), ("last", "Last")):
        assert g.get(a, "") == row[b], (a, g, row)
    assert str(g["count"]) == row["Count"] and "; ".join(g.get("also", [])) == row["Also"]
    words = "%s on %s by %s" % (g["action"], g["resource"], g["principal"])
    assert re.sub(r"\s", "", words) in re.sub(r"\s", "", text), words
    assert "request " + row["Request"] in text
for r, row in zip(data["reasons"], rows[len(data["groups"]):]):
    assert (row["Change"], row["Reason"], row["Count"]) == ("undecided", r["reason"], str(r["count"]))
    assert re.sub(r"\s", "", r["reason"]) in re.sub(r"\s", "", text)
for a in data["assumptions"]:
    assert re.sub(r"\s", "", a) in re.sub(r"\s", "", text), a
PYTHON
    expect "every format: $what" 0
done
cd "$top" || exit 2
finish
