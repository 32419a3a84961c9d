#!/usr/bin/env python3
"""Turns data/error-forms.tsv and data/client-operations.tsv into C: forms_table.c (see src/evidence/forms.h).

Usage: gen_forms.py DATA_DIR OUT_FILE

A pattern:  letters of any case; a blank is one or more; ' and " are any quote
            {part} {operation:set} {part~}   a named part, one of a set of words, one that may hold blanks
            {*}  at most 60 characters, {*N} at most N    {=} what stands between a name and its value
            {_}  blanks or none    {$}  the end of a line    [a|b] one of them, [a|] or nothing    \\ takes the meaning from the next character
            !word! before it: no hit behind that word     ~ before it: it may begin inside a word
The pattern begins with a literal or a choice, or with one part and then a literal. Runs at build time, with the
standard library only.
"""
import os
import re
import sys

sys.dont_write_bytecode = True
from catalog_tables import fail, read, unique  # noqa: E402
from gen_catalog import quoted  # noqa: E402

PARTS = {'code': 'CODE', 'known-code': 'KNOWN_CODE', 'call': 'CALL', 'operation': 'OPERATION',
         'request-id': 'REQUEST_ID', 'host-id': 'HOST_ID', 'status': 'STATUS', 'bucket': 'BUCKET', 'key': 'KEY',
         'path': 'PATH', 'url': 'URL', 'host': 'HOST', 'uri': 'URI', 'method': 'METHOD', 'arn': 'ARN', 'action': 'ACTION',
         'prefix': 'PREFIX', 'headers': 'HEADERS', 'time': 'TIME', 'id': 'ID', 'word': 'WORD', 'source': 'SOURCE',
         'alias': 'ALIAS', 'value': 'VALUE'}
YIELDS = ('code', 'operation', 'method', 'principal', 'action', 'cause', 'status', 'header')
METHODS = ('GET', 'HEAD', 'PUT', 'POST', 'DELETE')
TOKEN = re.compile(r'\{([^}]*)\}|\[([^\]]*)\]|\\(.)|(.)', re.DOTALL)


def lower(text):
    """ASCII only, as w403_lower; every quote is one."""
    return ''.join(c.lower() if c.isascii() else c for c in text).replace("'", '"').replace('`', '"')


def parse(row):
    """The items of a pattern: ('literal', text), ('choice', words, optional), ('part', name, set, whole), ..."""
    items = []
    for brace, choice, escaped, plain in TOKEN.findall(row.pattern):
        if escaped or plain:
            text = lower(escaped or plain)
            if items and items[-1][0] == 'literal':
                items[-1] = ('literal', items[-1][1] + text)
            else:
                items.append(('literal', text))
        elif choice:
            words = [lower(w) for w in choice.split('|')]
            items.append(('choice', [w for w in words if w], '' in words))
        elif brace == '=':
            items.append(('is',))
        elif brace == '_':
            items.append(('blanks',))
        elif brace == '$':
            items.append(('line_end',))
        elif brace.startswith('*'):
            items.append(('gap', int(brace[1:] or 60)))
        else:
            name, _, words = brace.rstrip('~').partition(':')
            if name not in PARTS:
                fail(row.where, f'no part {name}')
            items.append(('part', name, words or None, brace.endswith('~')))
    return items


def variants(row):
    """One form for each first literal: a choice in front, or {method}, is as many forms as it has words."""
    items = parse(row)
    lead = None
    if items[0][0] == 'part' and items[0][1] == 'method':
        return [(None, m.lower() + (items[1][1] if items[1][0] == 'literal' else ''),
                 items[2:] if items[1][0] == 'literal' else items[1:], {'method': m}) for m in METHODS]
    if items[0][0] == 'part':
        lead, items = items[0], items[1:]
    if items[0][0] == 'choice':
        words, optional = items[0][1:]
        rest = items[1:]
        if optional:
            fail(row.where, 'it begins with a choice that may be nothing')
        joined = rest[0][1] if rest and rest[0][0] == 'literal' else ''
        return [(lead, w + joined, rest[1:] if joined else rest, {}) for w in words]
    if items[0][0] != 'literal':
        fail(row.where, 'it begins with no literal')
    return [(lead, items[0][1], items[1:], {})]


def item_c(row, item, last):
    kind = item[0]
    if kind == 'literal':
        return f'{{W403_ITEM_LITERAL, 0, false, false, 0, {quoted(item[1])}}}'
    if kind == 'choice':
        words = ' '.join(f'{quoted(w)} "\\0"' for w in sorted(item[1], key=len, reverse=True))
        return f'{{W403_ITEM_CHOICE, 0, false, {"true" if item[2] else "false"}, 0, {words}}}'
    if kind == 'part':
        if item[3] and last:
            fail(row.where, f'nothing ends {{{item[1]}~}}')
        return (f'{{W403_ITEM_PART, W403_PART_{PARTS[item[1]]}, {"true" if item[3] else "false"}, false, 0, '
                f'{quoted(item[2])}}}')
    if kind == 'gap':
        if last:
            fail(row.where, 'it ends with a gap')
        return f'{{W403_ITEM_GAP, 0, false, false, {item[1]}, NULL}}'
    return f'{{W403_ITEM_{kind.upper()}, 0, false, false, 0, NULL}}'


def yields_of(row):
    out = {'rank': '2'}
    for word in [] if row['yields'] == '-' else row['yields'].split(' '):
        name, equals, value = word.partition('=')
        if name == 'denied' and not equals:
            out['denied'] = True
        elif name == 'rank' or name in YIELDS:
            out[name] = value
        else:
            fail(row.where, f'it yields no {name}')
    return out


def forms(rows, sets):
    out, table = [], []
    for row in rows:
        row.pattern = row['pattern']
        inside = row.pattern.startswith('~')
        row.pattern = row.pattern.removeprefix('~')
        behind = re.match(r'!([^!]*)!', row.pattern)
        row.pattern = row.pattern[behind.end():] if behind else row.pattern
        yields = yields_of(row)
        learnt = set(yields) - {'rank'} or '{' in row.pattern
        if not learnt:
            fail(row.where, 'nothing is learnt from it')
        for number, (lead, first, items, more) in enumerate(variants(row)):
            if lead and lead[2] and lead[2] not in sets:
                fail(row.where, f'no set {lead[2]}')
            for item in items:
                if item[0] == 'part' and item[2] and item[2] not in sets:
                    fail(row.where, f'no set {item[2]}')
            name = f'items_{len(table)}'
            body = ', '.join(item_c(row, item, n + 1 == len(items)) for n, item in enumerate(items))
            out.append(f'static const w403_form_item {name}[] = {{{body}{", " if body else ""}{{W403_ITEM_END, 0, false, false, 0, NULL}}}};')
            has = {**yields, **more}
            constants = ', '.join(quoted(has.get(y)) for y in YIELDS)
            table.append((first, f'{{{quoted(row["id"])}, {quoted(row["client"])}, {quoted(first)}, '
                          f'{quoted(lower(behind.group(1)) if behind else None)}, '
                          f'{"W403_PART_" + PARTS[lead[1]] if lead else "0"}, {quoted(lead[2] if lead else None)}, '
                          f'{has["rank"]}, {"true" if has.get("denied") else "false"}, {"true" if inside else "false"}, '
                          f'{constants}, {name}}}'))
    return out, table


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, path = sys.argv[1:]
    rows = read(data, 'error-forms', 'id', 'client', 'pattern', 'yields', 'source')
    unique(rows, lambda r: r['id'], 'form')
    words = read(data, 'client-operations', 'set', 'word', 'operation', 'source')
    unique(words, lambda r: (r['set'], r['word'].lower()), 'word')
    operations = {r['operation'] for r in read(data, 's3-operations', 'operation')}
    for word in words:
        if word['operation'] not in operations:
            fail(word.where, f'{word["operation"]} is not in s3-operations.tsv')
    items, table = forms(rows, {w['set'] for w in words})
    slots = {}
    for number, (first, _) in enumerate(table):
        slots.setdefault(first.encode()[0], []).append(number)
    order, starts = [], []
    for byte in range(257):
        starts.append(len(order))
        order += slots.get(byte, [])
    squeezed = [re.sub(r'[-_. ]', '', lower(w['word'])) for w in words]
    out = ['/* Generated by tools/gen_forms.py from data/. Do not edit. */', '#include "evidence/forms.h"', '', *items, '',
           'const w403_wording w403_forms[] = {', *(f'    {text},' for _, text in table), '};',
           f'const uint16_t w403_n_forms = {len(table)};',
           f'const uint16_t w403_form_starts[257] = {{{", ".join(map(str, starts))}}};',
           f'const uint16_t w403_form_order[] = {{{", ".join(map(str, order))}}};',
           'const w403_client_word w403_client_words[] = {',
           *(f'    {{{quoted(w["set"])}, {quoted(s)}, {quoted(w["operation"])}}},' for w, s in zip(words, squeezed)), '};',
           f'const size_t w403_n_client_words = {len(words)};', '']
    with open(path, 'w', encoding='utf-8', newline='') as f:
        f.write('\n'.join(out))


if __name__ == '__main__':
    main()
