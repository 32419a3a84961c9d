#!/usr/bin/env python3
"""Turns data/reference-*.tsv, service-prefixes.tsv and regions.tsv into catalog_reference.c.

Usage: gen_reference.py DATA_DIR OUT_DIR [SERVICE...]

With services, the rows of these alone are written; of the others their prefixes, marked as told elsewhere. Runs at build time, with the standard library only. Names become one text and offsets into it, so that the tables
need no relocation at start. The shape of what is written is src/catalog/reference_tables.h.
"""
import os
import re
import sys

sys.dont_write_bytecode = True
from catalog_tables import fail, hash_name, read  # noqa: E402

FREE = re.compile(r'\$\{[^}]*\}|<[^>]*>|(?<=/)tag-key$')
TYPES = {'String': 'STRING', 'ARN': 'ARN', 'Numeric': 'NUMERIC', 'Date': 'DATE', 'Bool': 'BOOL', 'IPAddress': 'IP',
         'Binary': 'BINARY'}


class Text:
    """All names in one array; equal ones once."""

    def __init__(self):
        self.parts, self.at, self.n = [], {}, 0
        self.add('')

    def add(self, text):
        if text not in self.at:
            self.at[text] = self.n
            self.parts.append(text)
            self.n += len(text.encode()) + 1
        return self.at[text]

    def c(self):
        out = ['const char w403_r_text[] =']
        for part in self.parts:
            out.append('    "' + part.replace('\\', '\\\\').replace('"', '\\"').replace('??', '?\\?') + '\\0"')
        return out[:-1] + [out[-1] + ';']


class Pool:
    """Lists of numbers, 0-terminated; equal ones once."""

    def __init__(self):
        self.values, self.at = [], {}
        self.add(())

    def add(self, numbers):
        key = tuple(numbers)
        if key not in self.at:
            self.at[key] = len(self.values)
            self.values += [*key, 0]
        return self.at[key]


class Reference:
    def __init__(self, data, services=()):
        self.text, self.pool = Text(), Pool()
        prefixes = read(data, 'service-prefixes', 'prefix', 'kind', 'of')
        actions = read(data, 'reference-actions', 'prefix', 'access_level', 'resource_types', 'condition_keys', 'actions')
        keys = read(data, 'reference-keys', 'prefix', 'key', 'type')
        types = read(data, 'reference-resource-types', 'prefix', 'resource_type', 'arn_format', 'condition_keys')
        retired = [r['prefix'] for r in prefixes if r['kind'] == 'retired']
        self.aliases = sorted((r['prefix'], r['of']) for r in prefixes if r['kind'] == 'key-alias')
        self.names = sorted({r['prefix'] for r in actions} | set(retired))
        self.retired = set(retired)
        self.elsewhere = {s for s in self.names if services and s not in services and s not in self.retired}
        actions, keys, types = ([r for r in rows if r['prefix'] not in self.elsewhere] for rows in (actions, keys, types))
        self.read_keys(keys)
        self.read_types(types)
        self.read_actions(actions)
        self.regions = sorted((r['region'], r['partition']) for r in read(data, 'regions', 'partition', 'region'))
        self.partitions = sorted({p for _, p in self.regions})

    def read_keys(self, rows):
        self.keys, self.key_id, by_service = [], {}, {}
        for r in rows:
            single = r['type'].removeprefix('ArrayOf')
            if single not in TYPES:
                fail(r.where, f'no type {r["type"]}')
            lower = r['key'].lower()
            if lower not in self.key_id:
                self.key_id[lower] = len(self.keys) + 1
                self.keys.append((self.text.add(r['key']), self.text.add(FREE.sub('?*', r['key'])),
                                  f'W403_KEY_TYPE_{TYPES[single]}', int(single != r['type'])))
            by_service.setdefault(r['prefix'], []).append(self.key_id[lower])
        self.service_keys = {s: self.pool.add(sorted(ids)) for s, ids in by_service.items()}

    def ids(self, row, cell):
        out = []
        for word in row[cell].split() if row[cell] != '-' else []:
            if word.lower() not in self.key_id:   # listed by an action, described nowhere
                self.key_id[word.lower()] = len(self.keys) + 1
                self.keys.append((self.text.add(word), self.text.add(FREE.sub('?*', word)), 'W403_KEY_TYPE_STRING', 0))
            out.append(self.key_id[word.lower()])
        return self.pool.add(sorted(set(out)))

    def read_types(self, rows):
        self.types, self.type_id = [], {}
        for r in rows:
            self.type_id[r['prefix'], r['resource_type']] = len(self.types) + 1
            glob = FREE.sub('*', r['arn_format'])
            self.types.append((r['prefix'], self.text.add(r['resource_type']), self.text.add(glob),
                               self.ids(r, 'condition_keys'), *self.fields(r, glob)))

    @staticmethod
    def fields(row, glob):
        """Where an ARN's service and resource begin, and whether it has a Region and an account."""
        part = glob.split(':', 5)
        if len(part) < 6 or len(glob) > 255:
            fail(row.where, f'no ARN: {glob}')
        service = len(part[0]) + len(part[1]) + 2
        resource = len(glob) - len(part[5])
        return service, len(part[2]), resource, len(part[5]), int(part[3] != ''), int(part[4] != '')

    def read_actions(self, rows):
        per_service = {}
        for r in rows:
            numbers = []
            for word in r['resource_types'].split() if r['resource_types'] != '-' else []:
                number = self.type_id.get((r['prefix'], word.rstrip('*')))
                if number:
                    numbers.append(number)
            shared = (self.pool.add(numbers), self.ids(r, 'condition_keys'))
            for name in r['actions'].split():
                per_service.setdefault(r['prefix'], []).append((name.lower(), name, shared))
        self.actions, self.services = [], []
        first_type = {}
        for number, t in enumerate(self.types):
            first_type.setdefault(t[0], [number, 0])[1] += 1
        for s in self.names:
            rows = sorted(per_service.get(s, []))
            self.services.append((self.text.add(s), len(self.actions), len(rows), *first_type.get(s, [0, 0]),
                                  self.service_keys.get(s, 0), int(s in self.retired), int(s in self.elsewhere)))
            self.actions += [(self.text.add(name), *shared) for _, name, shared in rows]
        self.slots = self.hashed()

    def hashed(self):
        """Open addressing, linear probing: row + 1 of an action, by its name and the number of its service."""
        slots = [0] * (1 << (2 * len(self.actions) - 1).bit_length()) # at most half of them are taken
        text = {at: name for name, at in self.text.at.items()}
        for number, service in enumerate(self.services):
            for row in range(service[1], service[1] + service[2]):
                at = (hash_name(text[self.actions[row][0]]) + number * 40503) % len(slots)
                while slots[at]:
                    at = (at + 1) % len(slots)
                slots[at] = row + 1
        return slots

    def c(self):
        alias = [(self.text.add(a), self.text.add(b)) for a, b in self.aliases]
        regions = [(self.text.add(r), self.text.add(p)) for r, p in self.regions]
        partitions = [self.text.add(p) for p in self.partitions]
        if len(self.pool.values) > 65535:
            sys.exit('gen_reference.py: error: the pool of lists outgrew 16 bits')
        out = ['/* Generated by tools/gen_reference.py from data/. Do not edit. */',
               '#include "catalog/reference_tables.h"', '',
               '#pragma GCC diagnostic ignored "-Woverlength-strings"', '', *self.text.c(), '']

        def table(kind, name, rows, count=True):
            out.append(f'const {kind} {name}[] = {{')
            line = '    '
            for r in rows:
                item = ('{' + ', '.join(map(str, r)) + '},' if isinstance(r, tuple) else f'{r},')
                if len(line) + len(item) > 116:
                    out.append(line.rstrip())
                    line = '    '
                line += item + ' '
            out.extend([line.rstrip(), '};'])
            if count:
                out.append(f'const uint32_t {name}_count = {len(rows)};')
            out.append('')

        table('w403_r_service', 'w403_r_services', self.services)
        table('w403_r_action', 'w403_r_actions', self.actions)
        table('w403_r_key', 'w403_r_keys', self.keys)
        table('w403_r_type', 'w403_r_types', [t[1:] for t in self.types])
        table('w403_r_pair', 'w403_r_aliases', alias)
        table('w403_r_pair', 'w403_r_regions', regions)
        table('uint32_t', 'w403_r_partitions', partitions)
        table('uint16_t', 'w403_r_pool', self.pool.values, count=False)
        table('uint16_t', 'w403_r_action_slots', self.slots)
        return '\n'.join(out)


def main():
    data, out, *services = sys.argv[1:]
    with open(os.path.join(out, 'catalog_reference.c'), 'w', encoding='utf-8') as f:
        f.write(Reference(data, services).c())


if __name__ == '__main__':
    main()
