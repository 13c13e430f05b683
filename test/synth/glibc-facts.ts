import type { PointerSize } from '../../src/model/address.ts';
import type { Architecture } from '../../src/model/dump.ts';

/** How one build of glibc lays out its heaps, as offsets in bytes: measured on real cores, not taken from src. */
export interface GlibcFacts {
  readonly name: string;
  readonly pointerSize: PointerSize;
  readonly architecture: Architecture;
  readonly alignment: number;
  /** malloc_state. */
  readonly fastbinsAt: number;
  readonly topAt: number;
  readonly binsAt: number;
  readonly nextAt: number;
  readonly systemMemoryAt: number;
  readonly arenaBytes: number;
  readonly heapInfoBytes: number;
  /** malloc_par: from its n_mmaps to its mmapped_mem, and from there to its sbrk_base. */
  readonly countToBytes: number;
  readonly bytesToBase: number;
  /** tcache_perthread_struct: its chunk's size, bins and bytes of a count; counts that go down are of 2.42. */
  readonly cache: { readonly chunk: number; readonly bins: number; readonly countBytes: number } | null;
  /** Bytes at a mapping's end that the size of an mmapped chunk leaves out. */
  readonly mmappedTail?: number;
  /** Safe-linking. */
  readonly protectsLinks: boolean;
}

const x64 = { pointerSize: 8, architecture: 'x64', alignment: 16 } as const;
const fastbinsFrom8 = { fastbinsAt: 8, topAt: 0x58, binsAt: 0x68, nextAt: 0x868 } as const;
const fastbinsFrom16 = { fastbinsAt: 0x10, topAt: 0x60, binsAt: 0x70, nextAt: 0x870 } as const;
const since227 = { ...x64, ...fastbinsFrom16, systemMemoryAt: 0x888, arenaBytes: 0x898 } as const;
const plainParameters = { countToBytes: 16, bytesToBase: 16 } as const;
const wideCounts = { chunk: 0x290, bins: 64, countBytes: 2 } as const;

export const glibcFacts: readonly GlibcFacts[] = [
  {
    name: '2.12 on x64',
    ...x64,
    ...fastbinsFrom8,
    systemMemoryAt: 0x878,
    arenaBytes: 0x888,
    heapInfoBytes: 0x20,
    countToBytes: 24,
    bytesToBase: 24,
    cache: null,
    protectsLinks: false,
  },
  {
    name: '2.23 on x64',
    ...x64,
    ...fastbinsFrom8,
    systemMemoryAt: 0x880,
    arenaBytes: 0x890,
    heapInfoBytes: 0x20,
    countToBytes: 16,
    bytesToBase: 24,
    cache: null,
    protectsLinks: false,
  },
  {
    name: '2.27 on x64',
    ...since227,
    ...plainParameters,
    heapInfoBytes: 0x20,
    cache: { chunk: 0x250, bins: 64, countBytes: 1 },
    protectsLinks: false,
  },
  {
    name: '2.31 on arm64',
    ...since227,
    ...plainParameters,
    architecture: 'arm64',
    heapInfoBytes: 0x20,
    cache: wideCounts,
    protectsLinks: false,
  },
  {
    name: '2.36 on x64',
    ...since227,
    heapInfoBytes: 0x30,
    countToBytes: 20,
    bytesToBase: 16,
    cache: wideCounts,
    protectsLinks: true,
  },
  {
    name: '2.42 on x64',
    ...since227,
    heapInfoBytes: 0x30,
    countToBytes: 20,
    bytesToBase: 16,
    cache: { chunk: 0x300, bins: 76, countBytes: 2 },
    protectsLinks: true,
  },
  {
    name: 'no fastbins on x64',
    ...x64,
    fastbinsAt: 8,
    topAt: 8,
    binsAt: 0x18,
    nextAt: 0x818,
    systemMemoryAt: 0x830,
    arenaBytes: 0x840,
    heapInfoBytes: 0x30,
    countToBytes: 20,
    bytesToBase: 16,
    mmappedTail: 0x10,
    cache: { chunk: 0x300, bins: 76, countBytes: 2 },
    protectsLinks: true,
  },
  {
    name: '2.12 on x86',
    pointerSize: 4,
    architecture: 'x86',
    alignment: 8,
    fastbinsAt: 8,
    topAt: 0x30,
    binsAt: 0x38,
    nextAt: 0x440,
    systemMemoryAt: 0x448,
    arenaBytes: 0x450,
    heapInfoBytes: 0x10,
    countToBytes: 20,
    bytesToBase: 12,
    cache: null,
    protectsLinks: false,
  },
  {
    name: '2.26 on x86',
    pointerSize: 4,
    architecture: 'x86',
    alignment: 16,
    fastbinsAt: 8,
    topAt: 0x34,
    binsAt: 0x3c,
    nextAt: 0x444,
    systemMemoryAt: 0x450,
    arenaBytes: 0x458,
    heapInfoBytes: 0x18,
    countToBytes: 16,
    bytesToBase: 8,
    cache: { chunk: 0x150, bins: 64, countBytes: 1 },
    protectsLinks: false,
  },
  {
    name: '2.31 on arm',
    pointerSize: 4,
    architecture: 'arm',
    alignment: 8,
    fastbinsAt: 0xc,
    topAt: 0x34,
    binsAt: 0x3c,
    nextAt: 0x444,
    systemMemoryAt: 0x450,
    arenaBytes: 0x458,
    heapInfoBytes: 0x10,
    countToBytes: 16,
    bytesToBase: 8,
    cache: { chunk: 0x188, bins: 64, countBytes: 2 },
    protectsLinks: false,
  },
  {
    name: '2.36 on x86',
    pointerSize: 4,
    architecture: 'x86',
    alignment: 16,
    fastbinsAt: 0xc,
    topAt: 0x38,
    binsAt: 0x40,
    nextAt: 0x448,
    systemMemoryAt: 0x454,
    arenaBytes: 0x45c,
    heapInfoBytes: 0x18,
    countToBytes: 16,
    bytesToBase: 8,
    cache: { chunk: 0x190, bins: 64, countBytes: 2 },
    protectsLinks: true,
  },
];

export function factsOf(name: string): GlibcFacts {
  return glibcFacts.find((facts) => facts.name === name)!;
}
