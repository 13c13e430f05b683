// What tells the dumps of one run of a program from those of the next: the kernel's vector of auxiliary values.
import { createBinaryReader } from '../../bytes/binary-reader.ts';
import type { Address } from '../../model/address.ts';
import type { RunMarks } from '../../model/dump.ts';
import { type CapturedBytes, fileOffsetOf } from '../captured-bytes.ts';
import type { CoreNotes } from './notes.ts';
import { auxiliaryTypes } from './process-notes.ts';

/** AT_RANDOM points at so many random bytes on the first stack (getauxval(3)). */
const seedBytes = 16;

export function runMarksOf({ auxiliary }: CoreNotes, bytes: CapturedBytes): RunMarks {
  const stack = auxiliary.get(auxiliaryTypes.random);
  return withoutUndefined({
    seed: stack === undefined ? undefined : seedAt(stack, bytes),
    stack,
    vdso: auxiliary.get(auxiliaryTypes.vdso),
    program: auxiliary.get(auxiliaryTypes.programHeaders) ?? auxiliary.get(auxiliaryTypes.entry),
  });
}

/** A sum of the random bytes (FNV-1a): stack guards are made of them, so that they themselves are not kept. */
function seedAt(address: Address, bytes: CapturedBytes): number | undefined {
  const start = fileOffsetOf(bytes, address, seedBytes);
  if (start === undefined) return undefined;
  const reader = createBinaryReader(bytes.source, { start, size: seedBytes, littleEndian: true });
  return reader
    .bytes(seedBytes, 'AT_RANDOM')
    .reduce((sum, byte) => Math.imul(sum ^ byte, 0x0100_0193) >>> 0, 0x811c_9dc5);
}

function withoutUndefined(marks: { readonly [Kind in keyof RunMarks]: RunMarks[Kind] | undefined }): RunMarks {
  return Object.fromEntries(Object.entries(marks).filter(([, value]) => value !== undefined));
}
