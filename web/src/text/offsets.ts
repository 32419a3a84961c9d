/* The engine counts bytes of UTF-8; the browser and the editor count units of UTF-16. */

const unitsOf = (byte: number): number => (byte >= 0xf0 ? 2 : (byte & 0xc0) === 0x80 ? 0 : 1);

const encoder = new TextEncoder();

const plain = (text: string): boolean => !/[^\x00-\x7f]/.test(text);

/** A byte offset of `text` as an index into it; inside a character: its start; beyond the end: the end. */
export function toUtf16(text: string, offset: number): number {
  return indexer(text)(offset);
}

/** `toUtf16` for many offsets of one text. */
export function indexer(text: string): (offset: number) => number {
  if (plain(text)) {
    return (offset) => Math.max(0, Math.min(offset, text.length));
  }
  const bytes = encoder.encode(text);
  const marks = new Uint32Array((bytes.length >> 8) + 1); // units before every 256th byte
  let units = 0;
  for (let at = 0; at < bytes.length; at++) {
    if ((at & 0xff) === 0) {
      marks[at >> 8] = units;
    }
    units += unitsOf(bytes[at]!);
  }
  return (offset) => {
    let end = Math.max(0, Math.min(offset, bytes.length));
    while (end < bytes.length && end > 0 && (bytes[end]! & 0xc0) === 0x80) {
      end--;
    }
    if (end === bytes.length) {
      return text.length;
    }
    let count = marks[end >> 8]!;
    for (let at = end & ~0xff; at < end; at++) {
      count += unitsOf(bytes[at]!);
    }
    return count;
  };
}

/** An index into `text` as a byte offset. */
export function toUtf8(text: string, index: number): number {
  const head = text.slice(0, index);
  return plain(head) ? head.length : encoder.encode(head).length;
}

export interface Line {
  n: number; // from 1
  from: number;
  to: number; // without its end
}

/** The lines of a text; CRLF, LF and CR each end one. */
export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  const end = /\r\n|\n|\r/g;
  let from = 0;
  for (let found = end.exec(text); found; found = end.exec(text)) {
    lines.push({ n: lines.length + 1, from, to: found.index });
    from = found.index + found[0].length;
  }
  lines.push({ n: lines.length + 1, from, to: text.length });
  return lines;
}

export function lineAt(lines: readonly Line[], index: number): Line {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines[middle]!.from <= index) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return lines[low]!;
}
