// One small heap of every allocator and layout, as its tests write them.
import type { Memory } from '../../src/memory/memory.ts';
import { glibcMemory, someOfEach, withCache } from '../allocators/glibc-memory.ts';
import { windowsMemory } from '../allocators/walk-heaps.ts';
import { type FakeRegion, fakeMemory } from '../synth/fake-memory.ts';
import { glibcFacts } from '../synth/glibc-facts.ts';
import { createMemoryImage, type MemoryImage } from '../synth/memory-image.ts';
import { ntVariants } from '../synth/nt-heap-facts.ts';
import { writeGlibcHeaps } from '../synth/synth-glibc-heap.ts';
import { slabClasses, writeJemallocHeap } from '../synth/synth-jemalloc-heap.ts';
import { writeLegacyHeap } from '../synth/synth-legacy-nt-heap.ts';
import { arenaStaticData, writeMimallocArena } from '../synth/synth-mimalloc-arena.ts';
import { type BlockState, mimallocVersions, writeMimallocHeap } from '../synth/synth-mimalloc-heap.ts';
import { contextAt, writeMuslHeap } from '../synth/synth-musl-heap.ts';
import { writeNtHeap } from '../synth/synth-nt-heap.ts';
import { staticData as pymallocStaticData, writePymallocHeap } from '../synth/synth-pymalloc-heap.ts';
import { smallClasses, staticData, writeTcmallocHeap } from '../synth/synth-tcmalloc-heap.ts';
import { wineVersions, writeWineHeap } from '../synth/synth-wine-heap.ts';

type ChangeRegions = (regions: FakeRegion[]) => FakeRegion[];

interface HeapExample {
  readonly allocator: string;
  /** The process with the heap in it, its regions changed. Each call has bytes of its own. */
  memory(change: ChangeRegions): Memory;
}

const pointerSizes = [4, 8] as const;
const mimallocBlocks: readonly BlockState[] = ['live', 'free', 'live', 'local', 'thread', 'free', 'delayed', 'live'];
const mimallocPages = [80, 48].map((blockSize) => ({ blockSize, slices: 1, blocks: mimallocBlocks }));

export const heapExamples: readonly HeapExample[] = [
  ...glibcFacts.map((facts): HeapExample => {
    const chunks = someOfEach(facts);
    const image = written((one) =>
      writeGlibcHeaps(one, facts, {
        main: [withCache(facts, chunks)],
        threads: [[chunks]],
        mmapped: [0x31000],
      }),
    );
    return { allocator: 'glibc-malloc', memory: (change) => glibcMemory(image, facts, { regions: change }) };
  }),
  ...(['5.2', '5.3'] as const).map((version) =>
    onLinux('jemalloc', (image) => {
      const slabs = slabClasses.map(({ szind, regionBytes, slabBytes }) => {
        const regions = Array.from({ length: slabBytes / regionBytes }, (_, index) => (index % 3 ? 'live' : 'free'));
        return { kind: 'slab', szind, regionBytes, regions } as const;
      });
      writeJemallocHeap(image, { version, extents: [...slabs, { kind: 'free', bytes: 0x7000, state: 1 }] });
    }),
  ),
  ...mimallocVersions.map((version) =>
    onLinux('mimalloc', (image) => void writeMimallocHeap(image, { version, pages: mimallocPages })),
  ),
  onLinux('mimalloc', (image) => void writeMimallocArena(image, mimallocPages), arenaStaticData),
  onLinux(
    'musl-malloc',
    (image) => {
      const slots = [{ request: 60, shift: 0 }, 'free', { request: 50, shift: 1 }] as const;
      writeMuslHeap(image, {
        groups: [
          { sizeClass: 6, slots },
          { sizeClass: 8, slots },
        ],
        mapped: [{ request: 140_000, shift: 0 }],
      });
    },
    contextAt - (contextAt % 4096),
  ),
  onLinux(
    'pymalloc',
    (image) => {
      const pools = [48, 512].map((blockBytes) => ({
        blockBytes,
        live: Array.from({ length: 30 }, (_, index) => index % 3 > 0),
      }));
      const arenas = [0x7f44_2000_0000, 0x7f44_3000_1000].map((start) => ({ start, pools }));
      writePymallocHeap(image, { poolBytes: 16384, unit: 16, arenas });
    },
    pymallocStaticData,
  ),
  onLinux(
    'tcmalloc',
    (image) => {
      const spans = smallClasses.map(({ sizeClass, count }) => {
        const objects = Array.from({ length: count }, (_, index) => (index % 3 ? 'live' : 'span'));
        return { kind: 'small', sizeClass, objects } as const;
      });
      writeTcmallocHeap(image, { spans: [...spans, { kind: 'large', pages: 5 }] });
    },
    staticData,
  ),
  ...pointerSizes.map((pointerSize) =>
    onWindows('nt-heap', pointerSize, (image) => {
      const items = [
        ...Array.from({ length: 40 }, () => ({ bytes: 0x60, unused: 12, flags: 1 })),
        { bytes: 0x400, unused: 0, flags: 0 },
      ];
      const segments = [{ address: 0x140000, items }];
      writeLegacyHeap(image, {
        pointerSize,
        segments,
        largeBlocks: [{ address: 0x8000000, request: 600_000 }],
        records: 0x9000000,
      });
    }),
  ),
  ...ntVariants.map((variant) =>
    onWindows('nt-heap', variant.endsWith('x64') ? 8 : 4, (image) => {
      const busy = Array.from({ length: 40 }, (_, index) => ({ kind: 'busy', request: index * 9 }) as const);
      const container = {
        kind: 'container',
        blockGranules: 4,
        requests: [20, null, 17, 3, null, 9],
        subsegment: 'described',
      } as const;
      const segments = [{ address: 0x1f0000, items: [...busy, { kind: 'free', granules: 9 } as const, container] }];
      writeNtHeap(image, { variant, encoding: [0x96fdb86a, 0xe1c2], segments, records: 0x7000000 });
    }),
  ),
  ...wineVersions.flatMap((version) =>
    pointerSizes.map((pointerSize) =>
      onWindows('wine-heap', pointerSize, (image) => {
        const used = Array.from({ length: 40 }, (_, index) => ({ kind: 'used', request: 16 + index * 9 }) as const);
        const subheaps = [{ address: 0x340000, items: [...used, { kind: 'free', granules: 40 } as const] }];
        writeWineHeap(image, { version, pointerSize, subheaps });
      }),
    ),
  ),
];

/** `library` is where the region stands that is a module's data. */
function onLinux(allocator: string, write: (image: MemoryImage) => void, library?: number): HeapExample {
  const image = written(write);
  const named = (region: FakeRegion): FakeRegion => ({
    ...region,
    kind: region.start === library ? 'image' : 'private',
  });
  return { allocator, memory: (change) => fakeMemory(change(image.regions().map(named))) };
}

function onWindows(allocator: string, pointerSize: 4 | 8, write: (image: MemoryImage) => void): HeapExample {
  const image = written(write);
  return {
    allocator,
    memory: (change) => windowsMemory({ ...image, regions: () => change(image.regions()) }, pointerSize),
  };
}

/** Pages are put together once; each call of `regions` copies them. */
function written(write: (image: MemoryImage) => void): MemoryImage {
  const image = createMemoryImage();
  write(image);
  const regions = image.regions();
  return { ...image, regions: () => regions.map((region) => ({ ...region, bytes: region.bytes.slice() })) };
}
