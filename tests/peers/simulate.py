"""Cases as simulations of @cloud-copilot/iam-simulate."""


def caller_keys(caller):
    """The condition keys that S3 derives from who calls."""
    if caller == 'anonymous':
        return {'aws:PrincipalType': 'Anonymous', 'aws:PrincipalAccount': 'anonymous'}
    account, name = caller.split(':')[4], caller.split(':', 5)[5]
    if name.startswith('assumed-role/'):
        _, role, session = name.split('/', 2)
        return {'aws:PrincipalArn': f'arn:aws:iam::{account}:role/{role}', 'aws:PrincipalAccount': account,
                'aws:PrincipalType': 'AssumedRole', 'aws:userid': f'AROAEXAMPLEEXAMPLE000:{session}'}
    return {'aws:PrincipalArn': caller, 'aws:PrincipalAccount': account, 'aws:PrincipalType': 'User',
            'aws:username': name.rsplit('/', 1)[1], 'aws:userid': 'AIDAEXAMPLEEXAMPLE000'}


def named(documents):
    return [{'name': f'p{i}', 'policy': d} for i, d in enumerate(documents)]


def simulation(case):
    request, policies = case['request'], case['policies']
    context = {**caller_keys(request['principal']),
               **{k: v for k, v in request['context'].items() if v is not None and v != []}}
    context.update({'aws:SourceIp': request['from'], 'aws:CurrentTime': request['at']})
    anonymous = request['principal'] == 'anonymous'
    made = {
        'request': {'principal': {'type': 'Anonymous'} if anonymous else request['principal'], 'action': request['action'],
                    'resource': {'resource': request['resource'], 'accountId': request['resource_account']},
                    'contextVariables': context},
        'identityPolicies': named(policies.get('identity', [])),
        'serviceControlPolicies': [{'orgIdentifier': f'ou-{i}', 'policies': named(level)}
                                   for i, level in enumerate(policies.get('scp', []))],
        'resourceControlPolicies': [{'orgIdentifier': f'ou-{i}', 'policies': named(level)}
                                    for i, level in enumerate(policies.get('rcp', []))],
    }
    if 'boundary' in policies:
        made['permissionBoundaryPolicies'] = named([policies['boundary']])
    if 'session' in policies:
        made['sessionPolicy'] = policies['session'][0]
    for kind in ('resource', 'key'):
        if kind in policies:
            made['resourcePolicy'] = policies[kind]
    return made


def principals(statement):
    who = statement.get('Principal')
    who = who.get('AWS', []) if isinstance(who, dict) else who
    return who if isinstance(who, list) else [who]


def features(case):
    """What of a random world iam-simulate is known to judge otherwise: see accepted.tsv."""
    policies, request = case['policies'], case['request']
    if 'from' not in request:
        return
    documents = [*policies.get('identity', []), *policies.get('session', []),
                 *(policies[k] for k in ('boundary', 'resource', 'key') if k in policies),
                 *(d for k in ('scp', 'rcp') for level in policies.get(k, []) for d in level)]
    statements = [s for d in documents for s in d['Statement']]
    if any(d['Version'] == '2008-10-17' and '${' in str(d) for d in documents):
        yield 'feature:variables of 2008'
    if ':' in request['from'] and any(op.startswith('NotIp') for s in statements for op in s.get('Condition', {})):
        yield 'feature:NotIpAddress, other family'
    if any('${' in str([s.get('NotResource')] + [v for op, v in s.get('Condition', {}).items() if 'Not' in op])
           for s in statements):
        yield 'feature:negation of a variable'
    if '' in request['context'].values() and any('Null' in s.get('Condition', {}) for s in statements):
        yield 'feature:Null of an empty text'
    resource = policies.get('resource') or policies.get('key') or {'Statement': []}
    if 'session' in policies and any('*' in principals(s) or request['principal'] in principals(s)
                                     for s in resource['Statement'] if s['Effect'] == 'Allow'):
        yield 'feature:resource policy beside a session policy'
