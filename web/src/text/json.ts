/* JSON with the place of every value, and an indented form whose places are those of the stored one. */

export type Kind = 'object' | 'array' | 'string' | 'number' | 'word';

export interface Member {
  name: string;
  from: number; // of the name
  value: Node;
}

export interface Node {
  kind: Kind;
  from: number;
  to: number;
  members?: Member[];
  items?: Node[];
  text?: string; // of a string, decoded
}

export class Broken extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

const DEPTH = 200;

/** The tree of a JSON text. Throws `Broken`. */
export function parse(source: string): Node {
  let at = source.charCodeAt(0) === 0xfeff ? 1 : 0;
  const blank = /[ \t\r\n]*/y;
  const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  const word = /true|false|null/y;
  const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

  const skip = (): void => {
    blank.lastIndex = at;
    blank.exec(source);
    at = blank.lastIndex;
  };
  const take = (pattern: RegExp, what: string): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (!found) {
      throw new Broken(what, at);
    }
    at = pattern.lastIndex;
    return found[0];
  };
  const expect = (mark: string): void => {
    if (source[at] !== mark) {
      throw new Broken(mark, at);
    }
    at++;
  };

  function object(from: number, depth: number): Node {
    const members: Member[] = [];
    at++;
    skip();
    while (source[at] !== '}') {
      if (members.length) {
        expect(',');
        skip();
      }
      const place = at;
      const name = JSON.parse(take(string, 'name')) as string;
      skip();
      expect(':');
      skip();
      members.push({ name, from: place, value: value(depth + 1) });
      skip();
    }
    at++;
    return { kind: 'object', from, to: at, members };
  }

  function array(from: number, depth: number): Node {
    const items: Node[] = [];
    at++;
    skip();
    while (source[at] !== ']') {
      if (items.length) {
        expect(',');
        skip();
      }
      items.push(value(depth + 1));
      skip();
    }
    at++;
    return { kind: 'array', from, to: at, items };
  }

  function value(depth: number): Node {
    const from = at;
    if (depth > DEPTH) {
      throw new Broken('depth', at);
    }
    switch (source[at]) {
      case '{':
        return object(from, depth);
      case '[':
        return array(from, depth);
      case '"': {
        const text = JSON.parse(take(string, 'string')) as string;
        return { kind: 'string', from, to: at, text };
      }
      default:
        if (source[at] === '-' || (source[at]! >= '0' && source[at]! <= '9')) {
          take(number, 'number');
          return { kind: 'number', from, to: at };
        }
        take(word, 'value');
        return { kind: 'word', from, to: at };
    }
  }

  skip();
  const root = value(0);
  skip();
  if (at < source.length) {
    throw new Broken('end', at);
  }
  return root;
}

export function tryParse(source: string): Node | null {
  try {
    return parse(source);
  } catch {
    return null;
  }
}

const escaped = (name: string): string => name.replace(/~/g, '~0').replace(/\//g, '~1');

/** The value that a JSON pointer names. */
export function follow(root: Node, pointer: string): Node | null {
  let node: Node | undefined = root;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replace(/~1/g, '/').replace(/~0/g, '~');
    node = node?.members ? node.members.find((m) => m.name === name)?.value : node?.items?.[Number(name)];
  }
  return node ?? null;
}

/** Pointers of the values around `index`, outermost first. */
export function around(root: Node, index: number): Array<{ pointer: string; node: Node }> {
  const found = [{ pointer: '', node: root }];
  for (;;) {
    const { pointer, node } = found[found.length - 1]!;
    const member = node.members?.find((m) => m.value.from <= index && index < m.value.to);
    const item = node.items?.findIndex((n) => n.from <= index && index < n.to) ?? -1;
    if (member) {
      found.push({ pointer: `${pointer}/${escaped(member.name)}`, node: member.value });
    } else if (item >= 0) {
      found.push({ pointer: `${pointer}/${item}`, node: node.items![item]! });
    } else {
      return found;
    }
  }
}

export interface Shown {
  text: string;
  /** An index of the stored text as one of the shown text. */
  map(index: number): number;
  same: boolean;
}

/** Is it written on so few lines that nobody can read it? */
export const crowded = (text: string): boolean => text.length > 100 && text.length / text.split('\n').length > 120;

/** The text indented, each token in its spelling; one that is laid out already stays as it is, unless `always`. */
export function indented(source: string, root: Node | null, always = false): Shown {
  if (!root || !(always || crowded(source))) {
    return { text: source, map: (index) => index, same: true };
  }
  const stored: number[] = [0];
  const shown: number[] = [0];
  const parts: string[] = [];
  let length = 0;
  const put = (text: string, from?: number): void => {
    if (from !== undefined) {
      stored.push(from);
      shown.push(length);
    }
    parts.push(text);
    length += text.length;
  };
  const line = (depth: number): void => put(`\n${'  '.repeat(depth)}`);
  const flat = (node: Node): boolean => !!node.items && node.items.length < 2 && node.items.every((n) => !n.members && !n.items);

  function write(node: Node, depth: number): void {
    const entries = node.members ?? node.items;
    if (!entries) {
      put(source.slice(node.from, node.to), node.from);
      return;
    }
    const one = flat(node) || entries.length === 0;
    put(node.members ? '{' : '[', node.from);
    entries.forEach((entry, n) => {
      if (n) {
        put(',');
      }
      if (!one) {
        line(depth + 1);
      }
      if ('value' in entry) {
        put(JSON.stringify(entry.name), entry.from);
        put(': ');
        write(entry.value, depth + 1);
      } else {
        write(entry, depth + 1);
      }
    });
    if (!one) {
      line(depth);
    }
    put(node.members ? '}' : ']', node.to - 1);
  }
  write(root, 0);
  stored.push(source.length);
  shown.push(length);
  return { text: parts.join(''), same: false, map: (index) => mapped(stored, shown, index) };
}

function mapped(stored: readonly number[], shown: readonly number[], index: number): number {
  let low = 0;
  let high = stored.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (stored[middle]! <= index) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  const next = shown[low + 1] ?? shown[low]!;
  return Math.min(shown[low]! + index - stored[low]!, Math.max(next, shown[low]!));
}
