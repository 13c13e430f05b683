import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bytes/memory-source.ts';
import { openMemory } from '../../src/memory/dump-memory.ts';
import type { CapturedRange, Dump } from '../../src/model/dump.ts';

const emptyDump: Dump = {
  format: 'test',
  operatingSystem: 'unknown',
  architecture: 'x64',
  pointerSize: 8,
  littleEndian: true,
  pageSize: 4096,
  processId: null,
  processName: null,
  capturedAt: null,
  addressSpace: 'virtual',
  regions: [],
  captured: [],
  modules: [],
  threads: [],
  warnings: [],
};

/** A process whose memory is known byte by byte, and the same memory as a dump file holds it. */
interface Model {
  /** Undefined where nothing is captured. Index 0 is address `base`. */
  readonly bytes: readonly (number | undefined)[];
  readonly base: number;
  readonly file: Uint8Array;
  readonly captured: readonly CapturedRange[];
}

/** Lays captured parts into the file in another order than in memory, so that neighbours are not always neighbours. */
function buildModel(base: number, parts: readonly { gap: number; size: number }[], reverse: boolean): Model {
  const bytes: (number | undefined)[] = [];
  const placed: { start: number; content: number[] }[] = [];
  for (const { gap, size } of parts) {
    for (let index = 0; index < gap; index += 1) bytes.push(undefined);
    const start = base + bytes.length;
    const content = Array.from({ length: size }, (_, index) => ((start + index) * 2654435761) & 0xff);
    bytes.push(...content);
    placed.push({ start, content });
  }
  const file: number[] = [];
  const captured: CapturedRange[] = [];
  for (const { start, content } of reverse ? placed.toReversed() : placed) {
    captured.push({ start, size: content.length, fileOffset: file.length });
    file.push(...content);
  }
  captured.sort((a, b) => a.start - b.start);
  return { bytes, base, file: Uint8Array.from(file), captured };
}

function wordOf(model: Model, address: number, size: number, littleEndian: boolean): bigint | undefined {
  let value = 0n;
  for (let index = 0; index < size; index += 1) {
    const place = littleEndian ? size - 1 - index : index;
    const byte = model.bytes[address - model.base + place];
    if (byte === undefined) return undefined;
    value = (value << 8n) | BigInt(byte);
  }
  return value;
}

const modelInput = fc.record({
  base: fc.constantFrom(0, 4096, 0x7fff_0000_1234, -0xa00000),
  parts: fc.array(
    fc.record({
      gap: fc.constantFrom(0, 0, 1, 7, 5000),
      size: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(4096, 9001)),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  reverse: fc.boolean(),
  littleEndian: fc.boolean(),
  places: fc.array(fc.double({ min: -0.05, max: 1.05, noNaN: true }), { minLength: 20, maxLength: 60 }),
});

test('reads what a plain array of bytes would give, wherever and in whatever order', () => {
  fc.assert(
    fc.property(modelInput, ({ base, parts, reverse, littleEndian, places }) => {
      const model = buildModel(base, parts, reverse);
      const dump: Dump = { ...emptyDump, littleEndian, captured: model.captured };
      const memory = openMemory(dump, memorySource(model.file));
      for (const place of places) {
        const address = base + Math.round(place * model.bytes.length);
        const expected = (size: number) => wordOf(model, address, size, littleEndian);
        const signed = expected(8);
        expect(memory.u8(address)).toBe(numberOrUndefined(expected(1)));
        expect(memory.u16(address)).toBe(numberOrUndefined(expected(2)));
        expect(memory.u32(address)).toBe(numberOrUndefined(expected(4)));
        const wanted = signed === undefined ? undefined : BigInt.asIntN(64, signed);
        expect(memory.i64(address)).toBe(numberOrUndefined(wanted));
        expect(memory.word(address)).toBe(numberOrUndefined(wanted));
        expectSameRead(model, memory, address);
      }
      expectSameStretches(model, memory, places);
    }),
    { numRuns: 200 },
  );
});

function numberOrUndefined(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function expectSameRead(model: Model, memory: ReturnType<typeof openMemory>, address: number): void {
  const limit = 6000;
  let wanted = 0;
  while (wanted < limit && model.bytes[address - model.base + wanted] !== undefined) wanted += 1;
  const into = new Uint8Array(limit);
  expect(memory.read(address, into)).toBe(wanted);
  expect(memory.capturedBytesFrom(address, limit)).toBe(wanted);
  const start = address - model.base;
  if (wanted > 0) expect([...into.subarray(0, wanted)]).toEqual(model.bytes.slice(start, start + wanted));
}

/** Neighbouring places are the bounds of stretches. */
function expectSameStretches(model: Model, memory: ReturnType<typeof openMemory>, places: readonly number[]): void {
  const bounds = places.map((place) => Math.round(place * model.bytes.length)).sort((a, b) => a - b);
  const offsets = bounds.slice(0, -1).filter((_, index) => index % 3 !== 2);
  const sizes = offsets.map((offset) => bounds.find((bound) => bound > offset)! - offset || 1);
  const bytes = offsets.flatMap((offset, index) =>
    Array.from({ length: sizes[index]! }, (_, at) => model.bytes[offset + at]),
  );
  const hole = bytes.indexOf(undefined);
  const wanted = hole < 0 ? bytes.length : hole;
  const into = new Uint8Array(bytes.length);
  const starts = offsets.map((offset) => model.base + offset);
  expect(memory.readEach(starts, sizes, into)).toBe(wanted);
  expect([...into.subarray(0, wanted)]).toEqual(bytes.slice(0, wanted));
}

test('stretches that follow one another in the file are read at once', () => {
  const file = memorySource(Uint8Array.from({ length: 16384 }, (_, index) => index >>> 8));
  const read: number[] = [];
  const source = { ...file, read: (offset: number, into: Uint8Array) => file.read(read[read.push(offset) - 1]!, into) };
  const captured = [0, 1, 2, 3].map((index) => ({ start: index * 8192, size: 4096, fileOffset: index * 4096 }));
  const memory = openMemory({ ...emptyDump, captured }, source);
  const into = new Uint8Array(12_288);
  expect(memory.readEach([0, 8192, 24_576], [4096, 4096, 4096], into)).toBe(12_288);
  expect([0, 4096, 8192].map((at) => into[at])).toEqual([0, 16, 48]);
  expect(read).toEqual([0, 12_288]);
});

describe('large dumps', () => {
  const size = 3 << 20;
  const file = new Uint8Array(size);
  new Uint32Array(file.buffer).forEach((_, index, words) => {
    words[index] = Math.imul(index, 2654435761);
  });
  const half = size / 2;
  const captured = [
    { start: 0x10000, size: half, fileOffset: half },
    { start: 0x10000 + half, size: half, fileOffset: 0 },
  ];
  const memory = openMemory({ ...emptyDump, captured }, memorySource(file));
  const view = new DataView(file.buffer);
  const inFile = (offset: number) => (offset < half ? offset + half : offset - half);

  test('a walk forward sees every word once', () => {
    for (let offset = 0; offset + 4 <= size; offset += 4) {
      if (memory.u32(0x10000 + offset) !== view.getUint32(inFile(offset), true)) throw new Error(`word at ${offset}`);
    }
  });

  test('a walk backward too', () => {
    for (let offset = size - 4; offset >= 0; offset -= 4) {
      if (memory.u32(0x10000 + offset) !== view.getUint32(inFile(offset), true)) throw new Error(`word at ${offset}`);
    }
  });

  test('a read longer than any window joins ranges that are apart in the file', () => {
    const into = new Uint8Array(size + 100);
    expect(memory.read(0x10000, into)).toBe(size);
    expect(memory.capturedBytesFrom(0x10000, 1e9)).toBe(size);
    expect(Buffer.compare(into.subarray(0, half), file.subarray(half))).toBe(0);
    expect(Buffer.compare(into.subarray(half, size), file.subarray(0, half))).toBe(0);
  });
});

test('words of a 32-bit dump are unsigned', () => {
  const captured = [{ start: 0xfffff000, size: 4, fileOffset: 0 }];
  const dump: Dump = { ...emptyDump, pointerSize: 4, captured };
  const memory = openMemory(dump, memorySource(Uint8Array.of(1, 0, 0, 0xff)));
  expect(memory.word(0xfffff000)).toBe(0xff000001);
});

test('a file that ends before its ranges do gives what is there', () => {
  const captured = [{ start: 0, size: 8192, fileOffset: 0 }];
  const memory = openMemory({ ...emptyDump, captured }, memorySource(new Uint8Array(4100).fill(1)));
  expect(memory.u32(4096)).toBe(0x01010101);
  expect(memory.u32(4098)).toBeUndefined();
  expect(memory.u8(5000)).toBeUndefined();
  expect(memory.read(4000, new Uint8Array(8000))).toBe(100);
});

test('after a read error the next read tries again', () => {
  const bytes = memorySource(new Uint8Array(4096).fill(5));
  let isBroken = true;
  const source = {
    ...bytes,
    read(offset: number, into: Uint8Array) {
      if (isBroken) throw new Error('disk');
      return bytes.read(offset, into);
    },
  };
  const memory = openMemory({ ...emptyDump, captured: [{ start: 0, size: 4096, fileOffset: 0 }] }, source);
  expect(() => memory.u8(0)).toThrow('disk');
  isBroken = false;
  expect(memory.u8(0)).toBe(5);
});
