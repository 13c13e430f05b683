import { copyMatch } from './copy-match.ts';
import { DamagedDataError } from './packed-input.ts';

/** By the lowest two bits of a tag. */
const literal = 0;
const shortCopyTag = 1;

/** Lengths of literals from here on stand in as many bytes after the tag, less 59. */
const lengthFollows = 60;

/**
 * What a Snappy block unpacks to by its own word, and where its data begins. Undefined where it says nothing sensible.
 * Reference: https://github.com/google/snappy/blob/main/format_description.txt
 */
export function snappyBlockSize(packed: Uint8Array): { readonly size: number; readonly start: number } | undefined {
  let size = 0;
  for (let at = 0; at < 5; at += 1) {
    const byte = packed[at];
    if (byte === undefined) return undefined;
    size += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return { size, start: at + 1 };
  }
  return undefined;
}

/** Unpacks one block into `into`, which it must fill exactly. Throws DamagedDataError. */
export function unpackSnappyBlock(packed: Uint8Array, into: Uint8Array): void {
  const header = snappyBlockSize(packed);
  if (header === undefined || header.size !== into.length) throw damaged();
  let at = header.start;
  let out = 0;
  while (at < packed.length) {
    const tag = packed[at]!;
    at += 1;
    if ((tag & 3) === literal) {
      let length = (tag >>> 2) + 1;
      if (length > lengthFollows) {
        const width = length - lengthFollows;
        length = numberAt(packed, at, width) + 1;
        at += width;
      }
      if (length > packed.length - at || length > into.length - out) throw damaged();
      into.set(packed.subarray(at, at + length), out);
      at += length;
      out += length;
      continue;
    }
    const isShort = (tag & 3) === shortCopyTag;
    const width = isShort ? 1 : (tag & 3) === 2 ? 2 : 4;
    const length = isShort ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const distance = numberAt(packed, at, width) + (isShort ? (tag >>> 5) * 256 : 0);
    at += width;
    if (distance === 0 || distance > out || length > into.length - out) throw damaged();
    copyMatch(into, out, distance, length);
    out += length;
  }
  if (out !== into.length) throw damaged();
}

function numberAt(bytes: Uint8Array, at: number, width: number): number {
  if (at + width > bytes.length) throw damaged();
  let value = 0;
  for (let index = width - 1; index >= 0; index -= 1) value = value * 256 + bytes[at + index]!;
  return value;
}

function damaged(): DamagedDataError {
  return new DamagedDataError('it is damaged');
}
