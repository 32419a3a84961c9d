"""Reads data/*.tsv for gen_catalog.py and proves the tables against each other.

The first contradiction ends the build with file:line, so that a wrong row never becomes a program.
"""
import fnmatch
import os
import re
import sys

MAX_ACTIONS = 512    # w403_statement.catalog_actions is 8 x 64 bits
WHEN_STACK = 8       # W403_WHEN_STACK of src/catalog/tables.h
WHEN_END, WHEN_AND, WHEN_OR, WHEN_NOT, WHEN_PRED = 0, 1, 2, 3, 16   # catalog.h
STATE_KINDS = ('obj', 'src', 'dst', 'upload', 'key')
PRED_KINDS = {'h': 'HEADER', 'q': 'QUERY', 'b': 'BODY', 'each': 'EACH', 'form': 'FORM'}
KEY_TYPES = {'String': 'STRING', 'ARN': 'ARN', 'Numeric': 'NUMERIC', 'Date': 'DATE', 'Bool': 'BOOL',
             'IPAddress': 'IP', 'Binary': 'BINARY'}
BUCKET_TYPES = {'general': 'GENERAL', 'directory': 'DIRECTORY', 'olap': 'OLAP', 'outposts': 'OUTPOSTS',
                'account': 'ACCOUNT'}
NEEDS = {'required': 'REQUIRED', 'disputed': 'DISPUTED', 'response-only': 'RESPONSE_ONLY',
         'status-only': 'STATUS_ONLY'}
MEANINGS = {'not-configured': 'NOT_CONFIGURED', 'no-such-bucket': 'NO_SUCH_BUCKET',
            'no-such-key-in-kms': 'NO_SUCH_KEY'}
STAGES = {'policy': 'POLICY', 'before': 'BEFORE', 'after': 'AFTER', 'elsewhere': 'ELSEWHERE', 'unknown': 'UNKNOWN'}
MODELS = ('s3', 's3-js', 'rest', 's3control')   # which operation a bare name means: the first that has it
PLACEHOLDERS = {'policy', 'action', 'resource', 'principal', 'sid', 'detail'}
FREE_PART = re.compile(r'(\$\{[^}]*\}|<[^>]*>)')


class Row(dict):
    """A line of a table; `where` is file:line."""
    where = ''


def hash_name(text):
    """w403_index_hash of src/catalog/index.c."""
    name = text.encode()
    h = len(name)
    words = [name[at:at + 8] for at in range(0, len(name) - 8, 8)] + [name[-8:]]
    for word in words:
        word = int.from_bytes(word, 'little') | 0x2020202020202020
        h = (h ^ word) * 0x9E3779B97F4A7C15 & 0xffffffffffffffff
        h ^= h >> 32
    return h & 0xffffffff


def fail(where, why):
    sys.exit(f'{where}: error: {why}')


def read(data, name, *columns):
    path = os.path.join(data, name + '.tsv')
    rows, head = [], None
    with open(path, encoding='utf-8', newline='') as f:
        for number, line in enumerate(f, 1):
            where = f'{path}:{number}'
            line = line.rstrip('\n')
            if not line or line.startswith('#'):
                continue
            cells = line.split('\t')
            if head is None:
                head = cells
                missing = [c for c in columns if c not in head]
                if missing:
                    fail(where, f'no column {missing[0]}')
                continue
            if len(cells) != len(head):
                fail(where, f'{len(cells)} cells, the head has {len(head)}')
            row = Row(zip(head, cells))
            row.where = where
            rows.append(row)
    if not rows:
        fail(path, 'no rows')
    return rows


def words(cell):
    return [] if cell in ('-', '') else cell.split(' ')


def ident(text):
    return re.sub(r'[^A-Za-z0-9]+', '_', text).strip('_').upper()


def unique(rows, key, what):
    seen = {}
    for row in rows:
        k = key(row)
        if k in seen:
            fail(row.where, f'{what} {k} again, first at {seen[k].where}')
        seen[k] = row
    return seen


def one_of(row, column, table):
    if row[column] not in table:
        fail(row.where, f'{column} is `{row[column]}`, not one of {" ".join(table)}')
    return table[row[column]]


# ---- the tables ---------------------------------------------------------------------------------------------

class Keys:
    """Condition keys. Id 0 is none. A key with a free part at its end is found by what stands before it."""

    def __init__(self, data):
        self.rows = read(data, 'condition-keys', 'key', 'type', 'valued', 'services')
        unique(self.rows, lambda r: r['key'].lower(), 'key')
        self.ids, idents = {}, {'NONE': self.rows[0], 'COUNT': self.rows[0]}
        for number, row in enumerate(self.rows, 1):
            name = row['key']
            parts = FREE_PART.split(name)       # text, free part, text ...
            if len(parts) > 3:
                fail(row.where, f'{name} has two free parts')
            row.before = parts[0]
            row.after = parts[2] if len(parts) == 3 else None
            row.param = row.after == ''
            if row.param and not (name.find('/') == len(row.before) - 1 or
                                  (row.before.count(':') == 2 and row.before.endswith(':'))):
                fail(row.where, f'{name}: the free part must follow the first / or the second :')
            row.ident = ident(row.before if row.param else name)
            if row.ident in idents or row.ident.startswith('TYPE_'):
                fail(row.where, f'{name}: the enum name {row.ident} is taken')
            idents[row.ident] = row
            row.multi = row['type'].startswith('ArrayOf')
            if row.multi != (row['valued'] == 'multi'):
                fail(row.where, 'type and valued disagree')
            kind = row['type'].removeprefix('ArrayOf')
            if kind not in KEY_TYPES:
                fail(row.where, f'unknown type {row["type"]}')
            row.ctype = KEY_TYPES[kind]
            row.everywhere = row['services'] == 'global'
            self.ids[name] = number
        self.covered = {s for r in self.rows for s in words(r['services'])}

    def of(self, row, cell):
        """Ids of the keys of a cell. Keys of services that the table does not cover at all are left out."""
        ids = set()
        for name in words(cell):
            if name in self.ids:
                ids.add(self.ids[name])
            elif name.split(':')[0] in self.covered:
                fail(row.where, f'{name} is not in condition-keys.tsv')
        return ids


class Services:
    """Every action of every service."""

    def __init__(self, data):
        self.lower = {}   # prefix -> lower-case name -> name
        for row in read(data, 'reference-actions', 'prefix', 'actions'):
            names = self.lower.setdefault(row['prefix'].lower(), {})
            for name in words(row['actions']):
                if name.lower() in names:
                    fail(row.where, f'{row["prefix"]}:{name} is there twice')
                names[name.lower()] = name

    def matches(self, row, pattern):
        prefix, _, name = pattern.partition(':')
        names = self.lower.get(prefix.lower(), {})
        found = fnmatch.filter(names, name.lower())
        if not found:
            fail(row.where, f'{pattern} is an action of no service')
        return [f'{prefix}:{names[n]}' for n in sorted(found)]


def read_actions(data, keys, services):
    """The dense universe: S3's actions, KMS's, then those of the services around them. A row of aux-actions.tsv
    may repeat an earlier one, and then must agree with it."""
    types = read(data, 'resource-types', 'prefix', 'resource_type', 'condition_keys')
    by_type = unique(types, lambda r: (r['prefix'], r['resource_type']), 'resource type')
    covered = {r['prefix'] for r in types}
    actions, seen = [], {}
    for table in ('s3-actions', 'kms-actions', 'aux-actions'):
        for row in read(data, table, 'action', 'access_level', 'resource_types', 'condition_keys'):
            name = row['action']
            first = seen.setdefault(name.lower(), row)
            if first is not row:
                same = all(first[c] == row[c] for c in ('action', 'access_level', 'resource_types',
                                                        'condition_keys'))
                if table != 'aux-actions' or not same:
                    fail(row.where, f'{name} again, first at {first.where}')
                continue
            services.matches(row, name)
            row.ids = keys.of(row, row['condition_keys'])
            prefix = name.split(':')[0]
            for kind in words(row['resource_types']):
                kind = by_type.get((prefix, kind.rstrip('*')))
                if kind is not None:
                    row.ids |= keys.of(kind, kind['condition_keys'])
                elif prefix in covered:
                    fail(row.where, f'{name}: no such resource type in resource-types.tsv')
            actions.append(row)
    if len(actions) > MAX_ACTIONS:
        fail(data, f'{len(actions)} actions, at most {MAX_ACTIONS}')
    unique(actions, lambda r: ident(r['action']), 'enum name')
    return actions


class When:
    """Compiles the `when` column to postfix:  or = and { | and }   and = not { & not }   not = ! not | ( or ) | predicate"""

    def __init__(self):
        self.preds, self.states, self.programs = {}, {}, {}

    def compile(self, row, text):
        if text == 'always':
            return None
        self.row, self.text = row, text
        self.tokens = re.findall(r'[&|!()]|[^\s&|!()]+', text) + ['']
        self.code, self.depth, self.deepest = [], 0, 0
        self.either()
        if self.tokens[0]:
            fail(row.where, f'when: `{self.tokens[0]}` is not expected in `{text}`')
        if self.deepest > WHEN_STACK:
            fail(row.where, f'when: `{text}` needs a stack of {self.deepest}')
        code = tuple(self.code + [WHEN_END])
        self.programs.setdefault(code, len(self.programs))
        return code

    def push(self, word, grows):
        self.code.append(word)
        self.depth += grows
        self.deepest = max(self.deepest, self.depth)

    def chain(self, operand, sign, word):
        operand()
        while self.tokens[0] == sign:
            self.tokens.pop(0)
            operand()
            self.push(word, -1)

    def either(self):
        self.chain(self.both, '|', WHEN_OR)

    def both(self):
        self.chain(self.term, '&', WHEN_AND)

    def term(self):
        token = self.tokens.pop(0)
        if token == '!':
            self.term()
            self.push(WHEN_NOT, 0)
        elif token == '(':
            self.either()
            if self.tokens.pop(0) != ')':
                fail(self.row.where, f'when: a `)` is missing in `{self.text}`')
        else:
            self.push(WHEN_PRED + self.predicate(token), 1)

    def predicate(self, token):
        kind, colon, rest = token.partition(':')
        name, equals, value = rest.partition('=')
        if not colon or not name or (equals and not value):
            fail(self.row.where, f'when: `{token}` is no predicate in `{self.text}`')
        if kind in STATE_KINDS and not equals:
            self.states.setdefault(ident(token), len(self.states) + 1)
            key = ('STATE', ident(token), name, None)
        elif kind in PRED_KINDS:
            key = (PRED_KINDS[kind], 'NONE', name.lower() if kind == 'h' else name, value if equals else None)
        else:
            fail(self.row.where, f'when: unknown predicate `{token}`')
        return self.preds.setdefault(key, len(self.preds))


class Operations:
    COLUMNS = ('http_method', 'request_uri', 'identified_by', 'resource_kind', 'cloudtrail_event_name',
               'cloudtrail_class', 'server_access_log_operation', 'aws_cli_command')

    def __init__(self, data, actions, services):
        self.on = read(data, 'on-tokens', 'token', 'resource_type', 'arn')
        unique(self.on, lambda r: on_ident(r['token']), 'token')
        tokens = {r['token'] for r in self.on}
        action_ids = {r['action'].lower(): n for n, r in enumerate(actions)}
        self.when, self.rows, seen = When(), [], {}
        for row in read(data, 's3-operations', 'model', 'operation', 'bucket_type', 'permission', 'on', 'when',
                        'need', 'basis', 'source', 'note', *self.COLUMNS):
            name = (row['model'], row['operation'])
            if row['model'] not in MODELS:
                fail(row.where, f'unknown model {row["model"]}')
            first = seen.setdefault(name, row)
            if first is row:
                first.permissions = []
                self.rows.append(row)
            elif self.rows[-1] is not first or any(first[c] != row[c] for c in self.COLUMNS):
                fail(row.where, f'{name[1]} does not go on where {first.where} left')
            if row['on'] not in tokens:
                fail(row.where, f'on: `{row["on"]}` is not in on-tokens.tsv')
            if row['basis'] not in ('documented', 'inferred'):
                fail(row.where, f'unknown basis {row["basis"]}')
            row.bucket = one_of(row, 'bucket_type', BUCKET_TYPES)
            row.need = one_of(row, 'need', NEEDS)
            row.program = self.when.compile(row, row['when'])
            if row['permission'] != '-':        # the operation needs no permission at all
                for action in services.matches(row, row['permission']):
                    first.permissions.append((action, action_ids.get(action.lower()), row))
        self.rows.sort(key=lambda r: MODELS.index(r['model']))   # stable: the order of the table within a model
        self.names = {f'{r["model"]}:{r["operation"]}' for r in self.rows}
        if len(self.on) > 255 or len(self.when.states) > 254:
            fail(data, 'more than a byte holds')


def on_ident(token):
    return 'ANY' if token == '*' else ident(token)


def read_causes(data):
    rows = read(data, 'causes', 'id', 'title', 'sentence', 'stage', 'way_out', 'check', 'page')
    unique(rows, lambda r: ident(r['id']), 'cause')
    for row in rows:
        unknown = set(re.findall(r'\{([^}]*)\}', row['sentence'])) - PLACEHOLDERS
        if unknown or not row['title'] or not row['page'].startswith('https://'):
            fail(row.where, f'placeholder {unknown.pop()}' if unknown else 'an empty title, or no page')
        row.stage = one_of(row, 'stage', STAGES)
        if row.stage == 'BEFORE' and row['way_out'] == '-':
            fail(row.where, 'no policy ends it, and no way out is told')
    return rows


def read_error_codes(data, causes):
    """What error codes say by themselves. A code that is a cause is refused where that cause is."""
    by_id = {row['id']: row for row in causes}
    rows = read(data, 'error-codes', 'code', 'status', 'stage', 'cause', 'note', 'source')
    unique(rows, lambda r: r['code'].lower(), 'code')
    for row in rows:
        row.stage = one_of(row, 'stage', STAGES)
        row.status = int(row['status']) if row['status'].isdigit() else -1
        if row.status and not 100 <= row.status <= 599:
            fail(row.where, f'status `{row["status"]}`')
        cause = by_id.get(row['cause'])
        if row['cause'] != '-' and cause is None:
            fail(row.where, f'{row["cause"]} is not in causes.tsv')
        if cause is not None and cause.stage != row.stage:
            fail(row.where, f'{row["cause"]} is of stage {cause["stage"]}, this code of {row["stage"]}')
        if not row['source'].startswith('https://'):
            fail(row.where, 'no source')
    return rows


def read_names(data, name, column, operations):
    """Log names. An operation they stand for must be in s3-operations.tsv; (remarks) are skipped."""
    rows = read(data, name, column, 'basis')
    cell = 'api_operations' if 'api_operations' in rows[0] else 'operations'
    for row in rows:
        for op in words(re.sub(r'\([^)]*\)', '', row[cell]).strip()):
            if op.partition(':')[0] in MODELS and op not in operations.names:
                fail(row.where, f'{op} is not in s3-operations.tsv')
    return rows


def merge_events(rows):
    """One row for each source and event name: several (a data and a management event) become one that says both."""
    merged = {}
    for row in rows:
        first = merged.setdefault((row['event_source'], row['event_name']), row)
        if first is not row:
            for column, joint in (('class', '+'), ('resource_types', ' '), ('operations', ' ')):
                old = [] if first[column] == '-' else first[column].split(joint)
                new = [] if row[column] == '-' else row[column].split(joint)
                first[column] = joint.join(dict.fromkeys(old + new)) or '-'
    return list(merged.values())


def read_lists(data):
    """Closed lists of values: those of lists.tsv, and rcp-services.tsv, which is AWS's own table."""
    rows = read(data, 'lists', 'list', 'value', 'since', 'source')
    for row in read(data, 'rcp-services', 'prefix'):
        row.update(list='rcp-service', value=row['prefix'])
        rows.append(row)
    unique(rows, lambda r: (r['list'], r['value'].lower()), 'value')
    order = list(dict.fromkeys(r['list'] for r in rows))
    return sorted(rows, key=lambda r: order.index(r['list']))


def read_questions(data):
    rows = read(data, 'open-questions', 'id', 'assumption', 'page', 'evidence')
    unique(rows, lambda r: ident(r['id']), 'open question')
    for row in rows:
        if re.findall(r'\{([^}]*)\}', row['assumption']) != ['answer'] or len(rows) > 32:
            fail(row.where, 'an assumption names {answer} once; there are at most 32')
    return rows


def date_read(data, name):
    """The day on which a table was read: its line `# Read: 2026-11-30`."""
    path = os.path.join(data, name + '.tsv')
    with open(path, encoding='utf-8') as f:
        found = re.search(r'^# Read: (\d{4}-\d\d-\d\d)$', f.read(), re.M)
    return found.group(1) if found else fail(path, 'no line `# Read: DATE`')


LOOK_WHO = ('-', 'principal', 'caller', 'session', 'object', 'access-point', 'way')
LOOK_KINDS = ('upload', 'read', 'list', 'delete', 'other')


def read_looks(data, causes):
    """Where to look: each cause that a row names exists, and each kind of operation has its places once."""
    rows = read(data, 'looks', 'causes', 'what', 'command', 'file', 'who', 'usual', 'changes')
    ids, places = {c['id'] for c in causes}, {}
    for row in rows:
        for cause in row['causes'].split() if row['causes'] != '-' else []:
            if not any(fnmatch.fnmatchcase(i, cause) for i in ids):
                fail(row.where, f'no cause {cause}')
        if row['who'] not in LOOK_WHO:
            fail(row.where, f'who is {row["who"]}')
        for usual in row['usual'].split() if row['usual'] != '-' else []:
            kind, _, place = usual.partition('=')
            if kind not in LOOK_KINDS or not place.isdigit() or (kind, place) in places:
                fail(row.where, f'usual {usual}: no such kind, or a place taken by {places.get((kind, place))}')
            places[kind, place] = row.where
        for column in row:
            row[column] = '' if row[column] == '-' else row[column]
    return rows


class Catalog:
    def __init__(self, data):
        self.keys = Keys(data)
        self.services = Services(data)
        self.actions = read_actions(data, self.keys, self.services)
        self.operations = Operations(data, self.actions, self.services)
        self.causes = read_causes(data)
        self.error_codes = read_error_codes(data, self.causes)
        self.log_names = read_names(data, 'server-access-log-operations', 'operation_field', self.operations)
        unique(self.log_names, lambda r: r['operation_field'], 'operation field')
        self.events = merge_events(read_names(data, 'cloudtrail-operations', 'event_name', self.operations))
        self.commands = read(data, 'aws-s3-highlevel', 'command', 'when', 'operations')
        self.lists = read_lists(data)
        self.questions = read_questions(data)
        self.looks = read_looks(data, self.causes)
        self.rcp_services_read = date_read(data, 'rcp-services')
        self.codes = read(data, 'not-configured', 'code', 'meaning', 'file')
        unique(self.codes, lambda r: r['code'].lower(), 'code')
        for row in self.codes:
            one_of(row, 'meaning', MEANINGS)
