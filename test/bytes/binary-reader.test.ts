import { describe, expect, test } from 'vitest';
import { createBinaryReader, isExactAddress } from '../../src/bytes/binary-reader.ts';
import type { ByteSource } from '../../src/bytes/byte-source.ts';
import { memorySource } from '../../src/bytes/memory-source.ts';
import { MalformedDumpError } from '../../src/errors.ts';
import { createByteWriter } from '../synth/byte-writer.ts';

describe.each([true, false])('little endian %s', (littleEndian) => {
  function readerOver(fill: (writer: ReturnType<typeof createByteWriter>) => void) {
    const writer = createByteWriter(littleEndian);
    fill(writer);
    return createBinaryReader(memorySource(writer.toBytes()), { littleEndian });
  }

  test('reads every width', () => {
    const reader = readerOver((writer) => {
      writer.u8(0xfe);
      writer.u16(0xfedc);
      writer.u32(0xfedcba98);
      writer.u64(0x1234_5678_9abc_den);
    });
    expect(reader.u8('a')).toBe(0xfe);
    expect(reader.u16('b')).toBe(0xfedc);
    expect(reader.u32('c')).toBe(0xfedcba98);
    expect(reader.u64('d')).toBe(0x1234_5678_9abc_de);
    expect(reader.remaining()).toBe(0);
  });

  test('reads addresses of the upper half as negative numbers', () => {
    const reader = readerOver((writer) => {
      writer.u64(0xffff_ffff_ff60_0000n);
      writer.u64(0x0000_7fff_ffff_f000n);
    });
    expect(reader.address64('a')).toBe(-0xa00000);
    expect(reader.address64('b')).toBe(0x7fff_ffff_f000);
  });
});

test('a table larger than the buffer reads the same as a small one', () => {
  const words = Array.from({ length: 100_000 }, (_, index) => index);
  const source = memorySource(new Uint8Array(Uint32Array.from(words).buffer));
  const reader = createBinaryReader(source, { start: 4, littleEndian: true });
  const read = words.slice(1).map(() => reader.u32('word'));
  expect(read).toEqual(words.slice(1));
});

test('the end of the part is an error that names field, offset, expected and found', () => {
  const reader = createBinaryReader(memorySource(new Uint8Array(100)), { start: 10, size: 6, littleEndian: true });
  reader.u32('first');
  const error = catchError(() => reader.u32('MINIDUMP_HEADER.Flags'));
  expect(error).toBeInstanceOf(MalformedDumpError);
  expect(error).toMatchObject({ field: 'MINIDUMP_HEADER.Flags', offset: 14, code: 'malformed-dump' });
  expect((error as Error).message).toContain('expected 4 bytes, found 2 bytes');
});

test('places before the part and behind the source are errors too', () => {
  const reader = createBinaryReader(memorySource(new Uint8Array(20)), { start: 10, size: 1000, littleEndian: true });
  expect(reader.end()).toBe(20);
  reader.seek(0);
  expect(() => reader.u8('before')).toThrow(MalformedDumpError);
  reader.seek(1e15);
  expect(() => reader.u8('behind')).toThrow(MalformedDumpError);
  expect(() => reader.bytes(1, 'behind')).toThrow(MalformedDumpError);
});

test('a part that a file places before its beginning is empty, however far that is', () => {
  for (const start of [-1, -4096, -8_549_265_607_575_441_000]) {
    // So far away no byte can be passed over: what loops over a part must see its end at once.
    const zeros: ByteSource = {
      size: 20_480,
      file: undefined,
      read: (_offset: number, into: Uint8Array) => into.length,
      close: () => undefined,
    };
    const reader = createBinaryReader(zeros, { start, size: 65_536, littleEndian: true });
    expect(reader.remaining()).toBe(0);
    expect(() => reader.u32('n_namesz')).toThrow(MalformedDumpError);
  }
});

test('a source that is shorter than it says is an error, not zeros', () => {
  const source = { ...memorySource(new Uint8Array(4)), size: 100 };
  const reader = createBinaryReader(source, { littleEndian: true });
  expect(() => reader.u64('size')).toThrow(MalformedDumpError);
});

test('only addresses that doubles hold exactly are exact', () => {
  expect(isExactAddress(0x7fff_ffff_ffff)).toBe(true);
  expect(isExactAddress(-0xa00000)).toBe(true);
  expect(isExactAddress(0x4141_4141_4141_4000)).toBe(false);
  expect(isExactAddress(Number.NaN)).toBe(false);
});

function catchError(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
