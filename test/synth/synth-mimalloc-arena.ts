import type { Address } from '../../src/model/address.ts';
import type { MemoryImage } from './memory-image.ts';
import type { ExpectedBlock } from './synth-jemalloc-heap.ts';
import { type BlockState, type PageModel, sliceBytes } from './synth-mimalloc-heap.ts';

export const arenaAt = 0x7f3c_0001_0000;
export const arenaStaticData = 0x7f3e_0000_0000;
const heapAt = arenaStaticData + 0x400;
const arenaSlices = 512;
const recordBytes = 128;

/** Slices that a freed page once took; later pages may stand in them. */
export interface StalePage {
  readonly staleSlices: number;
}

/** Writes an arena of mimalloc 3.0 with these pages one after the other; returns the blocks by address. */
export function writeMimallocArena(image: MemoryImage, pages: readonly (PageModel | StalePage)[]): ExpectedBlock[] {
  image.pointer(8, arenaStaticData + 0x100, 1);
  image.pointer(8, arenaStaticData + 0x108, arenaAt);
  image.pointer(8, arenaAt + 32, arenaSlices);
  image.pointer(8, arenaAt + 40, 1);
  for (let bitmap = 0; bitmap < 5; bitmap += 1) {
    image.pointer(8, arenaAt + 64 + bitmap * 8, arenaAt + 0x2c0 + bitmap * 192);
  }
  const expected: ExpectedBlock[] = [];
  let slice = 1;
  for (const page of pages) {
    const start = arenaAt + slice * sliceBytes;
    if ('staleSlices' in page) {
      writeRecord(image, start, { blockSize: 1 << 17, slices: page.staleSlices, blocks: ['free'] }, 0);
      slice += 1;
    } else {
      expected.push(...writeRecord(image, start, page, heapAt));
      slice += page.slices;
    }
  }
  image.commit(arenaAt, arenaAt + slice * sliceBytes);
  return expected;
}

/** Writes an object of this many slices outside of the arena, the neighbour in its queue of the page at `slice`. */
export function writeMimallocOutside(image: MemoryImage, slice: number, slices: number): ExpectedBlock {
  const start = arenaAt + 2 * arenaSlices * sliceBytes;
  const bytes = slices * sliceBytes;
  const [block] = writeRecord(image, start, { blockSize: bytes - sliceBytes, slices, blocks: ['live'] }, heapAt);
  image.pointer(8, start + 96, start);
  image.pointer(8, start + 104, bytes);
  image.pointer(8, arenaAt + slice * sliceBytes + 72, start);
  return block!;
}

function writeRecord(image: MemoryImage, start: Address, page: PageModel, heap: Address): ExpectedBlock[] {
  const { blockSize, blocks, slices } = page;
  const first = start + recordBytes;
  const on = (state: BlockState) => blocks.flatMap((s, index) => (s === state ? [first + index * blockSize] : []));
  writeList(image, on('free'), start + 8, 0);
  writeList(image, on('local'), start + 24, 0);
  writeList(image, [...on('thread'), ...on('delayed')], start + 32, 1);
  image.u16(start + 16, blocks.length - on('free').length - on('local').length);
  image.u16(start + 18, blocks.length);
  image.u16(start + 20, Math.floor((slices * sliceBytes - recordBytes) / blockSize));
  image.pointer(8, start + 40, blockSize);
  image.pointer(8, start + 48, first);
  image.pointer(8, start + 64, heap);
  image.pointer(8, start + 96, arenaAt);
  image.u32(start + 104, (start - arenaAt) / sliceBytes);
  image.u32(start + 108, slices);
  return blocks.map((state, index) => {
    return { address: first + index * blockSize, stride: blockSize, live: state === 'live', request: -1 };
  });
}

/** Low bit: the page is owned. */
function writeList(image: MemoryImage, blocks: readonly Address[], at: Address, lowBit: number): void {
  let next = 0;
  for (const block of blocks) {
    image.pointer(8, block, next);
    next = block;
  }
  image.pointer(8, at, next + lowBit);
}
