"""What a peer's own tests decided (lines of its recorder), as cases."""
import hashlib
import json
import re

ACCOUNT = '111122223333'
BUCKET = 'arn:aws:s3:::amzn-s3-demo-bucket'
ALICE = f'arn:aws:iam::{ACCOUNT}:user/alice'
# What the engine derives from the caller, and a row must not contradict.
DERIVED = {'aws:principalarn', 'aws:principaltype', 'aws:principalaccount', 'aws:userid', 'aws:username',
           'aws:resourceaccount', 's3:resourceaccount', 'aws:epochtime'}


def one_or_list(values):
    if isinstance(values, (list, tuple)):
        values = [str(v).lower() if isinstance(v, bool) else str(v) for v in values]
        return values[0] if len(values) == 1 else values
    return str(values).lower() if isinstance(values, bool) else str(values)


def asked_keys(policies):
    """Every condition key and variable that the policies ask for."""
    keys = set()
    for statement in (s for p in policies for s in statements(p)):
        for block in (statement.get('Condition') or {}).values():
            keys.update(block)
    keys.update(re.findall(r'\$\{([A-Za-z0-9-]+:[^},]+)', json.dumps(policies)))
    return keys


def statements(policy):
    found = policy.get('Statement', [])
    return found if isinstance(found, list) else [found]


def canonical(value):
    """The same whatever the order of a list of texts: peers keep them in sets."""
    if isinstance(value, dict):
        return {k: canonical(v) for k, v in value.items()}
    if isinstance(value, list):
        return sorted(value) if all(isinstance(v, str) for v in value) else [canonical(v) for v in value]
    return value


def tidy(policy):
    """A policy without the empty lists that a peer's structures write for elements that are not there."""
    return {**policy, 'Statement': [{k: v for k, v in s.items() if v not in ([], None) or k in ('Action', 'Effect')}
                                    if not (s.get('NotAction') and s.get('Action') == []) else
                                    {k: v for k, v in s.items() if v not in ([], None)} for s in statements(policy)]}


def caller(resource, context, asked):
    """A caller of the resource's account, with the names that the row's values say; without a user name, a session."""
    account = (resource.split(':') + [''] * 5)[4] or ACCOUNT
    if 'aws:username' in asked and not context.get('aws:username'):
        return account, f'arn:aws:sts::{account}:assumed-role/app/s1'
    return account, f'arn:aws:iam::{account}:user/alice'


def case(kind, policy, request, answer, context, **policies):
    """A case that expects the peer's answer. Keys that the peer knows nothing of are absent."""
    documents = [tidy(d) for d in [*([policy] if policy else []), *policies.get('identity', [])]]
    if policy:
        policy = documents[0]
    else:
        policies = {**policies, 'identity': documents}
    known = {k.lower(): v for k, v in context.items()}
    keys = {k: one_or_list(known[k.lower()]) if known.get(k.lower()) else None for k in asked_keys(documents)}
    keys = {k: v for k, v in keys.items() if v is not None or k.lower() not in DERIVED}
    made = {'policies': {**({kind: policy} if policy else {}), **policies},
            'request': {'resource_account': ACCOUNT, **request}}
    if isinstance(keys.get('aws:CurrentTime'), str):
        made['request']['at'] = keys.pop('aws:CurrentTime')
    if not request['principal'].endswith(':user/alice'):
        keys = {k: v for k, v in keys.items() if k.lower() not in DERIVED}
    made['request']['context'] = keys
    made['expect'] = {'decision': answer}
    made['name'] = hashlib.sha1(json.dumps(canonical(made), sort_keys=True).encode()).hexdigest()[:10]
    return made


def answer(allowed):
    return 'allowed' if allowed else 'denied'


def condition(row, context):
    """A condition, alone in the Allow of a bucket policy."""
    policy = {'Version': row.get('version', '2012-10-17') or '2008-10-17', 'Statement': [
        {'Effect': 'Allow', 'Principal': '*', 'Action': 's3:*', 'Resource': [BUCKET, f'{BUCKET}/*'],
         'Condition': row['condition']}]}
    _, who = caller(BUCKET, context, asked_keys([policy]))
    return case('resource', policy, {'action': 's3:GetObject', 'resource': f'{BUCKET}/k', 'principal': who},
                answer(row['holds']), context)


# MinIO

def minio_context(row, policies):
    """MinIO's values have names without a service, or those of headers."""
    values = {k.lower(): v for k, v in (row['context'] or {}).items()}
    names = {k: k.split(':', 1)[-1].lower() for k in asked_keys(policies)}
    return {k: values[name] for k, name in names.items() if name in values}


def minio(row):
    if row['kind'] == 'condition':
        yield condition(row, minio_context(row, [{'Statement': [{'Condition': row['condition']}]}]))
        return
    if not row['action'].startswith('s3:') or not row['bucket']:
        return  # actions of MinIO's own
    policy = row['policy']
    if any(a.split(':')[0] not in ('s3', '*') for s in statements(policy)
           for a in [*(s.get('Action') or []), *(s.get('NotAction') or [])]):
        return
    resource = f"arn:aws:s3:::{row['bucket']}" + (f"/{row['object'].lstrip('/')}" if row['object'] else '')
    if row['owner']:
        who = f'arn:aws:iam::{ACCOUNT}:root'
    elif row['kind'] == 'resource' and not row['account']:
        who = 'anonymous'
    else:
        who = ALICE
    request = {'action': row['action'], 'resource': resource, 'principal': who}
    if row['kind'] == 'resource':
        yield case('resource', policy, request, answer(row['allowed']), minio_context(row, [policy]))
    else:
        yield case('resource', None, request, answer(row['allowed']), minio_context(row, [policy]), identity=[policy])


# SeaweedFS

def seaweed_context(row):
    context = dict(row['context'] or {})
    for name, value in (row.get('entry') or {}).items():
        context['s3:ExistingObjectTag/' + name[len('X-Amz-Tagging-'):]] = value
    return context


def seaweed(row):
    if row.get('claims') or 'jwt:' in json.dumps(row):
        return  # a variable of its own
    if row['kind'] == 'condition':
        yield condition(row, seaweed_context(row))
    elif row['kind'] == 'resource':
        policy = {'Version': '2012-10-17', 'Statement': row['statements']}
        who = 'anonymous' if row['principal'] == '*' else row['principal']
        if not who.startswith(('arn:', 'anonymous')) or not all('Principal' in s or 'NotPrincipal' in s for s in row['statements']):
            return
        account = who.split(':')[4] if who != 'anonymous' else ACCOUNT
        request = {'action': row['action'], 'resource': row['arn'], 'principal': who, 'resource_account': account}
        name = row['action'].split(':', 1)[1]
        if name in ('CreateMultipartUpload', 'UploadPart', 'UploadPartCopy', 'CompleteMultipartUpload'):
            del request['action']  # operations, whose permission is s3:PutObject
            request['operation'] = name
        yield case('resource', policy, request, answer(row['answer'] == 'allow'), seaweed_context(row))
    elif row['kind'] == 'statement':
        statement = {**row['statement'], 'Effect': 'Allow'}
        if 'Principal' in statement or (row['arn'][:13], row['action'][:3]) != ('arn:aws:s3:::', 's3:'):
            return
        statement = {k: v for k, v in statement.items() if v is not None and k != 'NotPrincipal'}
        policy = {'Version': '2012-10-17', 'Statement': [statement]}
        yield case('resource', None, {'action': row['action'], 'resource': row['arn'], 'principal': ALICE},
                   answer(row['matches']), row['context'] or {}, identity=[policy])


# Versity S3 Gateway

def versity(row):
    if row['kind'] == 'condition':
        yield condition(row, row['context'] or {})
    elif row['kind'] == 'resource':
        if row['principal']:
            account = row['principal'].split(':')[4]
            who = row['principal']
        else:
            account, who = ACCOUNT, 'anonymous'
            if any(s.get('Principal') not in ('*', {'AWS': '*'}) for s in statements(row['policy'])):
                return  # names of access keys
        resource = f"arn:aws:s3:::{row['bucket']}" + (f"/{row['object']}" if row['object'] else '')
        request = {'action': row['action'], 'resource': resource, 'principal': who, 'resource_account': account}
        yield case('resource', row['policy'], request, answer(row['answer'] == 'allow'), row['context'] or {})
    elif row['kind'] == 'identity':
        context = row['context'] or {}
        account, who = caller(row['arn'], context, asked_keys(row['documents']))
        yield case('resource', None, {'action': row['action'], 'resource': row['arn'], 'principal': who,
                                      'resource_account': account}, answer(row['allowed']), context, identity=row['documents'])
    elif row['kind'] == 'web identity' and not row['dangling']:
        account = re.search(r'iam::(\d{12}):oidc-provider', json.dumps(row['policy']))
        account = account[1] if account else ACCOUNT
        request = {'action': 'sts:AssumeRoleWithWebIdentity', 'resource': f'arn:aws:iam::{account}:role/reader',
                   'principal': f"arn:aws:iam::{account}:oidc-provider/{row['provider']}", 'resource_account': account}
        yield case('trust', row['policy'], request, answer(row['allowed']), row['context'] or {})


PEERS = {'minio': minio, 'seaweedfs': seaweed, 'versitygw': versity}


def cases(peer, path):
    """All different cases of a recording."""
    found = {}
    with open(path, encoding='utf-8') as f:
        for line in f:
            for made in PEERS[peer](json.loads(line)):
                found.setdefault(made['name'], made)
    return list(found.values())
