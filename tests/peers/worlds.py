"""Random questions about policies alone, as cases: what a peer that knows policies but no snapshots can decide too.

Everything the answer may hang on is said in the request: each condition key that a policy may ask for has a value or is
null (absent), so that neither side has to guess. A world is a function of its seed.
"""
import random

ACCOUNT, OTHER = '111122223333', '444455556666'
BUCKET = 'arn:aws:s3:::amzn-s3-demo-bucket'
KEY = f'arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab'
ROLE = f'arn:aws:iam::{ACCOUNT}:role/reader'

CALLERS = [f'arn:aws:iam::{ACCOUNT}:user/alice', f'arn:aws:sts::{ACCOUNT}:assumed-role/app/s1',
           f'arn:aws:iam::{OTHER}:user/bob', f'arn:aws:sts::{OTHER}:assumed-role/etl/s2', 'anonymous']
TARGETS = {
    's3:GetObject': [f'{BUCKET}/home/alice/a.txt', f'{BUCKET}/public/b.txt'],
    's3:PutObject': [f'{BUCKET}/home/alice/a.txt', f'{BUCKET}/public/b.txt'],
    's3:DeleteObject': [f'{BUCKET}/public/b.txt'],
    's3:ListBucket': [BUCKET],
    'kms:Decrypt': [KEY],
}
ACTIONS = {'s3': ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:ListBucket', 's3:Get*', 's3:*Object', 's3:*', '*',
                  'S3:getobject', 's3:?etObject', 's3:List*'],
           'kms': ['kms:Decrypt', 'kms:*', 'kms:De*', 'kms:Encrypt', '*']}
RESOURCES = {'s3': [BUCKET, f'{BUCKET}/*', f'{BUCKET}*', f'{BUCKET}/home/${{aws:username}}/*', f'{BUCKET}/public/*',
                    f'{BUCKET}/home/?????/a.txt', '*', 'arn:aws:s3:::*', f'{BUCKET}/public/b.txt',
                    f'{BUCKET}/home/${{aws:PrincipalTag/team}}/*', f"{BUCKET}/home/${{aws:PrincipalTag/team, 'alice'}}/*"],
             'kms': [KEY, '*', f'arn:aws:kms:us-east-1:{ACCOUNT}:key/*', f'arn:aws:kms:*:{OTHER}:key/*']}
# key: the values it may have (None: absent), the operators to ask for it, the values to compare with.
TEXT = ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase',
        'StringNotEqualsIgnoreCase']
NUMBER = [f'Numeric{x}' for x in ('Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals')]
DATE = [f'Date{x}' for x in ('Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals')]
KEYS = {
    'aws:PrincipalTag/team': ([None, 'red', 'Blue', 'alice'], TEXT + ['Null'], ['red', 'r*', 'BLUE', '*', '?ed', '']),
    'aws:PrincipalOrgID': ([None, 'o-a1b2c3d4e5', 'o-zzzzzzzzzz'], TEXT[:4] + ['Null'], ['o-a1b2c3d4e5', 'o-*']),
    'aws:SourceIp': (['203.0.113.9', '198.51.100.77', '2001:db8::7'], ['IpAddress', 'NotIpAddress'],
                     ['203.0.113.0/24', '198.51.100.77', '2001:db8::/32', '128.0.0.0/1']),
    'aws:CurrentTime': (['2026-03-01T12:00:00Z'], DATE, ['2026-03-01T12:00:00Z', '2025-01-01T00:00:00Z',
                                                         '2027-01-01T00:00:00Z']),
    'aws:MultiFactorAuthPresent': ([None, 'true', 'false'], ['Bool', 'Null'], ['true', 'false']),
    'aws:MultiFactorAuthAge': ([None, '100', '3600'], NUMBER + ['Null'], ['100', '3600', '1800', '99.5']),
    'aws:SecureTransport': (['true', 'false'], ['Bool'], ['true', 'false']),
    'aws:PrincipalArn': ([], ['ArnEquals', 'ArnNotEquals', 'ArnLike', 'ArnNotLike', 'StringLike', 'StringNotLike'],
                         [f'arn:aws:iam::{ACCOUNT}:user/alice', f'arn:aws:iam::{ACCOUNT}:role/app', 'arn:aws:iam::*:role/*',
                          f'arn:aws:iam::{OTHER}:*', 'arn:aws:iam::*:user/*']),
    'aws:PrincipalAccount': ([], TEXT[:4], [ACCOUNT, OTHER, '*']),
    'aws:TagKeys': ([None, [], ['a'], ['a', 'b'], ['b', 'c']], ['ForAllValues:' + o for o in TEXT[:4]] +
                    ['ForAnyValue:' + o for o in TEXT[:4]], ['a', 'b', 'c', '*']),
}
LISTING = {
    's3:prefix': ([None, '', 'home/alice/', 'public/'], TEXT[:4] + ['Null'], ['home/${aws:username}/', 'home/*', '', 'public/']),
    's3:max-keys': ([None, '10', '1000'], NUMBER, ['10', '100', '1000']),
    's3:delimiter': ([None, '/'], TEXT[:2], ['/']),
}
WRITING = {
    's3:x-amz-acl': ([None, 'private', 'public-read'], TEXT[:4] + ['Null'], ['private', 'public-*']),
    's3:x-amz-server-side-encryption': ([None, 'AES256', 'aws:kms'], TEXT[:2] + ['Null'], ['aws:kms', 'AES256']),
}


def keys_of(action):
    keys = {k: v for k, v in KEYS.items() if k != 'aws:TagKeys'}
    if action == 's3:ListBucket':
        keys.update(LISTING)
    if action == 's3:PutObject':
        keys.update(WRITING)
    return keys


def some(rng, values, most=2):
    picked = rng.sample(values, min(len(values), rng.randint(1, most)))
    return picked[0] if len(picked) == 1 and rng.random() < .7 else picked


def condition(rng, keys):
    block = {}
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2])):
        key = rng.choice(sorted(keys))
        _, operators, values = keys[key]
        operator = rng.choice(operators)
        if operator == 'Null':
            asked = rng.choice(['true', 'false'])
        else:
            asked = some(rng, values)
            if ':' not in operator:
                operator += rng.choice(['', '', '', 'IfExists'])
        spelt = key.swapcase() if '/' not in key and rng.random() < .1 else key
        if key.lower() not in (k.lower() for k in block.get(operator, {})):
            block.setdefault(operator, {})[spelt] = asked
    return block


def principal(rng, service):
    everybody = ['*', {'AWS': '*'}]
    named = [c.replace(':sts:', ':iam:').replace(':assumed-role/', ':role/').rsplit('/s', 1)[0] if 'assumed' in c else c
             for c in CALLERS[:4]] + CALLERS[1:2] + CALLERS[3:4]
    accounts = [f'arn:aws:iam::{ACCOUNT}:root', OTHER, f'arn:aws:iam::{OTHER}:root', ACCOUNT]
    if service == 'kms' and rng.random() < .5:
        return {'AWS': f'arn:aws:iam::{ACCOUNT}:root'}
    return rng.choice([rng.choice(everybody), {'AWS': some(rng, named)}, {'AWS': some(rng, accounts)},
                       {'AWS': some(rng, named + accounts)}])


def statement(rng, kind, service, keys, allow):
    made = {'Effect': 'Allow' if rng.random() < allow else 'Deny'}  # allow 0: Deny alone
    if kind in ('resource', 'vpc_endpoint', 'rcp'):
        made['Principal'] = '*' if kind != 'resource' else principal(rng, service)
    not_action = kind != 'rcp' and rng.random() < .06
    actions = [a for a in ACTIONS[service] if not (kind in ('resource', 'rcp') and a == '*') and
               not (kind == 'rcp' and a[0] == 'S')]
    made['NotAction' if not_action else 'Action'] = some(rng, actions, 3)
    not_resource = kind != 'resource' and rng.random() < .06
    targets = RESOURCES[service]
    if kind == 'resource':
        targets = [r for r in targets if r.startswith(BUCKET)] if service == 's3' else ['*', KEY]
    made['NotResource' if not_resource else 'Resource'] = some(rng, targets, 3)
    block = condition(rng, keys)
    if block:
        made['Condition'] = block
    return made


def document(rng, kind, service, keys, allow=.75, most=3):
    return {'Version': '2008-10-17' if rng.random() < .05 and kind not in ('scp', 'rcp') else '2012-10-17',
            'Statement': [statement(rng, kind, service, keys, allow) for _ in range(rng.randint(1, most))]}


def levels(rng, kind, service, keys):
    full = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}
    made = []
    for _ in range(rng.randint(1, 2)):
        level = [document(rng, kind, service, keys, .5 if kind == 'scp' else 0, 2)]
        if kind == 'scp' and (rng.random() < .7 or all(s['Effect'] == 'Deny' for s in level[0]['Statement'])):
            level.append(full)
        made.append(level)
    return made


def case(seed):
    """One random question, without an expectation."""
    rng = random.Random(seed)
    action = rng.choice(sorted(TARGETS))
    service = action.split(':', 1)[0]
    keys = keys_of(action)
    caller = rng.choice(CALLERS if service == 's3' else CALLERS[:4])
    context = {k: rng.choice(v[0]) for k, v in keys.items() if v[0]}
    if caller == 'anonymous':
        context.update({k: None for k in context if k.startswith(('aws:Principal', 'aws:MultiFactor'))})
    policies = {}
    if caller != 'anonymous':
        policies['identity'] = [document(rng, 'identity', service, keys) for _ in range(rng.choice([0, 1, 1, 1, 2]))]
        if rng.random() < .25:
            policies['boundary'] = document(rng, 'boundary', service, keys, .9)
        if ':assumed-role/' in caller and rng.random() < .25:
            policies['session'] = [document(rng, 'session', service, keys, .9)]
        if rng.random() < .25:
            policies['scp'] = levels(rng, 'scp', service, keys)
    if rng.random() < .2:
        policies['rcp'] = levels(rng, 'rcp', service, keys)
    if service == 'kms' or rng.random() < .65:
        policies['key' if service == 'kms' else 'resource'] = document(rng, 'resource', service, keys)
    request = {'action': action, 'resource': rng.choice(TARGETS[action]), 'principal': caller, 'resource_account': ACCOUNT,
               'from': context.pop('aws:SourceIp'), 'at': context.pop('aws:CurrentTime'), 'context': context}
    return {'name': f'world {seed}', 'policies': policies, 'request': request}
