// A process with a pool of its own: equal records side by side in mapped arenas, invisible to every heap walk.
import type { OpenedDump } from '../../src/memory/opened-dump.ts';
import type { PointerSize } from '../../src/model/address.ts';
import { fakeMemory } from './fake-memory.ts';

export const recordContents = ['counter', 'list', 'vtable', 'text', 'random', 'mixed'] as const;
export type RecordContent = (typeof recordContents)[number];

export interface PoolOptions {
  /** Bytes of a record. */
  readonly stride: number;
  readonly content: RecordContent;
  /** Records in each dump. */
  readonly counts: readonly number[];
  readonly seed?: number;
  /** The process's words are written most significant byte first. */
  readonly isBigEndian?: boolean;
  readonly pointerSize?: PointerSize;
}

const poolStart = 0x7f10_0000_0000;
const imageStart = 0x5555_0000_0000;

/** Deterministic 32-bit numbers (xorshift). */
export function newRandom(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

export function poolDumps(options: PoolOptions): OpenedDump[] {
  const records = newRecords(options);
  return options.counts.map((count, index) => {
    const size = Math.ceil((count * options.stride) / 4096) * 4096;
    const bytes = new Uint8Array(size);
    bytes.set(records.subarray(0, count * options.stride));
    return openedDump(bytes, index, options);
  });
}

/** The same memory in every dump of the series, and whatever is added by the caller. */
export function openedDump(
  pool: Uint8Array,
  index: number,
  { isBigEndian = false, pointerSize = 8 }: Pick<PoolOptions, 'isBigEndian' | 'pointerSize'> = {},
): OpenedDump {
  const memory = fakeMemory(
    [
      { start: imageStart, bytes: new Uint8Array(0x4000).fill(0x90), kind: 'image', name: 'server', writable: false },
      { start: poolStart, bytes: pool, kind: 'private' },
    ],
    {
      modules: [{ start: imageStart, end: imageStart + 0x4000, path: '/usr/bin/server' }],
      littleEndian: !isBigEndian,
      pointerSize,
    },
  );
  return {
    path: `${index + 1}.core`,
    fileBytes: pool.length,
    memory,
    capturedAt: new Date(index * 3_600_000),
    timeSource: 'argument',
    warnings: [],
    close: () => undefined,
  };
}

function newRecords({ stride, content, counts, seed = 7, isBigEndian = false }: PoolOptions): Uint8Array {
  const most = Math.max(...counts);
  const bytes = new Uint8Array(most * stride);
  const view = new DataView(bytes.buffer);
  const random = newRandom(seed);
  const word = (at: number, value: number) => view.setBigUint64(at, BigInt(value), !isBigEndian);
  for (let index = 0; index < most; index++) {
    const at = index * stride;
    if (content === 'counter' || content === 'mixed') {
      word(at, index === 0 ? 0 : poolStart + at - stride);
      if (stride >= 16) word(at + 8, index);
    }
    if (content === 'list') {
      word(at, poolStart + Math.max(0, index - 1) * stride);
      if (stride >= 16) word(at + 8, 0x1234_5678_9abc);
    }
    if (content === 'vtable') {
      word(at, imageStart + 0x3d10);
      for (let inner = 8; inner < stride; inner++) bytes[at + inner] = random() >>> 9;
    }
    if (content === 'text') for (let inner = 8; inner < stride; inner++) bytes[at + inner] = 97 + (random() % 26);
    if (content === 'random') for (let inner = 16; inner < stride; inner++) bytes[at + inner] = random() >>> 7;
    if (content === 'mixed') {
      for (let inner = 16; inner < stride / 2; inner++) bytes[at + inner] = random() >>> 7;
      for (let inner = Math.ceil(stride / 2); inner < (stride * 3) / 4; inner++)
        bytes[at + inner] = 97 + (random() % 26);
    }
  }
  return bytes;
}
