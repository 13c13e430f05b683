import type { Address } from '../../src/model/address.ts';
import type { GlibcFacts } from './glibc-facts.ts';
import type { MemoryImage } from './memory-image.ts';

/** What became of a chunk: `binned` is in the arena's lists, `fastbin` and `cached` look as if they were in use. */
export type ChunkUse = 'live' | 'binned' | 'fastbin' | 'cached' | 'cache';

export interface ChunkModel {
  readonly size: number;
  readonly use: ChunkUse;
}

/** A process, as its chunks. Two `binned` ones must not be neighbours: glibc would have joined them. */
export interface GlibcModel {
  /**
   * Of the sbrk heap, the top chunk not among them; several pieces when sbrk failed after each but the last. What is
   * left of a piece becomes one more live chunk.
   */
  readonly main: readonly (readonly ChunkModel[])[];
  /** Of each thread arena the heaps, of each heap the chunks. What is left of a heap that is full becomes one more. */
  readonly threads?: readonly (readonly (readonly ChunkModel[])[])[];
  /** Bytes of mmapped chunks, page multiples, one mapping right after the other. */
  readonly mmapped?: readonly number[];
  /** Bytes of the heap's first page that belong to somebody else, as in static programs. */
  readonly before?: number;
}

export interface ModelBlock {
  readonly address: Address;
  readonly stride: number;
  readonly live: boolean;
}

const page = 4096;

/** Where things stand in the address space. */
export function placesOf({ pointerSize }: GlibcFacts) {
  if (pointerSize === 8) {
    const data = { data: 0x7f3c_8000_2000, arena: 0x7f3c_8000_2c60, heapBytes: 64 << 20 };
    return {
      ...data,
      heap: 0x5555_5575_a000,
      pieces: 0x7f3c_7000_0000,
      threads: 0x7f3c_0000_0000,
      mmapped: 0x7f3c_7800_0000,
    };
  }
  const data = { data: 0xf7f0_2000, arena: 0xf7f0_2760, heapBytes: 1 << 20 };
  return { ...data, heap: 0x0805_b000, pieces: 0xf7a0_0000, threads: 0xf600_0000, mmapped: 0xf7c0_0000 };
}

interface Writer {
  readonly image: MemoryImage;
  readonly facts: GlibcFacts;
  /** CHUNK_HDR_SZ. */
  readonly header: number;
  readonly word: (address: Address, value: number) => void;
}

interface WrittenChunk extends ChunkModel {
  readonly address: Address;
}

/** Chunks in a row, and where the next one would be. */
interface Row {
  readonly chunks: WrittenChunk[];
  readonly end: Address;
  readonly lastInUse: number;
}

interface WrittenArena {
  readonly address: Address;
  readonly chunks: WrittenChunk[];
  readonly top: Address;
  readonly topEnd: Address;
  readonly systemMemory: number;
  readonly noncontiguous: boolean;
}

/** Writes the process's heaps; returns the blocks that a walk should tell of, heap by heap. */
export function writeGlibcHeaps(image: MemoryImage, facts: GlibcFacts, model: GlibcModel): ModelBlock[] {
  const { pointerSize } = facts;
  const word = (address: Address, value: number) => image.pointer(pointerSize, address, value);
  const writer: Writer = { image, facts, header: 2 * pointerSize, word };
  const places = placesOf(facts);
  image.commit(places.data, places.data + 2 * page);
  const before = model.before ?? 0;
  const arenas = [
    writeMain(writer, model.main, before),
    ...(model.threads ?? []).map((heaps, index) => {
      return writeThreadHeaps(writer, heaps, places.threads + index * 8 * places.heapBytes);
    }),
  ];
  for (const [index, arena] of arenas.entries()) {
    writeArena(writer, arena, arenas[(index + 1) % arenas.length]!.address);
  }
  const mmapped = writeMmapped(writer, model.mmapped ?? []);
  writeParameters(writer, mmapped, places.heap + before);
  writeCache(
    writer,
    arenas.flatMap(({ chunks }) => chunks),
  );
  return [...arenas.flatMap(blocksOf), ...mmapped];
}

function blocksOf({ chunks, top, topEnd }: WrittenArena): ModelBlock[] {
  const blocks = chunks.map(({ address, size, use }) => ({
    address,
    stride: size,
    live: use === 'live' || use === 'cache',
  }));
  return [...blocks, { address: top, stride: topEnd - top, live: false }].sort((a, b) => a.address - b.address);
}

function writeRow({ facts, header, word }: Writer, models: readonly ChunkModel[], start: Address, flags: number): Row {
  const chunks: WrittenChunk[] = [];
  let end = start + ((facts.alignment - ((start + header) % facts.alignment)) % facts.alignment);
  let lastInUse = 1;
  for (const model of models) {
    word(end + facts.pointerSize, model.size | lastInUse | (model.use === 'binned' ? 0 : flags));
    chunks.push({ ...model, address: end });
    end += model.size;
    lastInUse = model.use === 'binned' ? 0 : 1;
    if (lastInUse === 0) word(end, model.size);
  }
  return { chunks, end, lastInUse };
}

/** The top chunk behind a row, up to a page's end; returns that. */
function writeTop({ facts, header, word }: Writer, { end, lastInUse }: Row, leastEnd: Address): Address {
  const topEnd = Math.max(leastEnd, Math.ceil((end + 2 * header) / page) * page + page);
  word(end + facts.pointerSize, (topEnd - end) | lastInUse);
  return topEnd;
}

/** A row that goes on with one live chunk until `spare` bytes before `end`, or a little less for alignment. */
function fillRow(writer: Writer, row: Row, end: Address, spare: number, flags: number): Row {
  const { alignment, pointerSize } = writer.facts;
  const size = Math.floor((end - spare - row.end) / alignment) * alignment;
  writer.word(row.end + pointerSize, size | row.lastInUse | flags);
  const filler: WrittenChunk = { address: row.end, size, use: 'live' };
  return { chunks: [...row.chunks, filler], end: row.end + size, lastInUse: 1 };
}

function writeMain(writer: Writer, models: GlibcModel['main'], before: number): WrittenArena {
  const { image, header, facts, word } = writer;
  const places = placesOf(facts);
  const chunks: WrittenChunk[] = [];
  let systemMemory = 0;
  for (const [index, model] of models.slice(0, -1).entries()) {
    const start = index === 0 ? places.heap + before : places.pieces + index * 0x10_0000;
    const row = writeRow(writer, model, start, 0);
    const end = Math.ceil((row.end + 8 * header) / page) * page;
    const { chunks: filled, end: fence } = fillRow(writer, row, end, 2 * header, 0);
    word(fence + facts.pointerSize, header | 1);
    word(fence + header + facts.pointerSize, header | 1);
    image.commit(start, end);
    chunks.push(...filled);
    systemMemory += end - start;
  }
  const start = models.length === 1 ? places.heap + before : places.pieces;
  const row = writeRow(writer, models.at(-1)!, start, 0);
  const topEnd = writeTop(writer, row, 0);
  image.commit(start, topEnd);
  systemMemory += topEnd - start;
  const noncontiguous = models.length > 1;
  return {
    address: places.arena,
    chunks: [...chunks, ...row.chunks],
    top: row.end,
    topEnd,
    systemMemory,
    noncontiguous,
  };
}

function writeThreadHeaps(writer: Writer, heaps: readonly (readonly ChunkModel[])[], base: Address): WrittenArena {
  const { image, header, facts, word } = writer;
  const { heapBytes } = placesOf(facts);
  const address = base + facts.heapInfoBytes;
  const chunks: WrittenChunk[] = [];
  const startOf = (index: number) => base + index * heapBytes;
  const writeHeader = (index: number, size: number) => {
    const fields = [address, index === 0 ? 0 : startOf(index - 1), size, size];
    for (const [field, value] of fields.entries()) word(startOf(index) + field * facts.pointerSize, value);
    image.commit(startOf(index), startOf(index) + size);
  };
  const rowOf = (index: number) => {
    const first = startOf(index) + facts.heapInfoBytes + (index === 0 ? facts.arenaBytes : 0);
    return writeRow(writer, heaps[index]!, first, 4);
  };
  const last = heaps.length - 1;
  for (let index = 0; index < last; index += 1) {
    const end = startOf(index + 1);
    const { chunks: filled, end: fence } = fillRow(writer, rowOf(index), end, 2 * header, 4);
    word(fence + facts.pointerSize, header | 1);
    word(fence + header + facts.pointerSize, 1);
    writeHeader(index, heapBytes);
    chunks.push(...filled);
  }
  const row = rowOf(last);
  const topEnd = writeTop(writer, row, startOf(last) + 0x2_1000);
  writeHeader(last, topEnd - startOf(last));
  const systemMemory = last * heapBytes + topEnd - startOf(last);
  return { address, chunks: [...chunks, ...row.chunks], top: row.end, topEnd, systemMemory, noncontiguous: true };
}

function writeArena(writer: Writer, arena: WrittenArena, next: Address): void {
  const { image, facts, header, word } = writer;
  const { address } = arena;
  const unsorted = address + facts.binsAt - header;
  for (let bin = 0; bin < 127; bin += 1) {
    const pair = address + facts.binsAt + bin * header;
    word(pair, pair - header);
    word(pair + facts.pointerSize, pair - header);
  }
  image.u32(address + 4, arena.noncontiguous ? 2 : 0);
  word(address + facts.topAt, arena.top);
  word(address + facts.nextAt, next);
  word(address + facts.systemMemoryAt, arena.systemMemory);
  // attached_threads, where there is such a field.
  if (facts.systemMemoryAt > facts.nextAt + header) word(address + facts.systemMemoryAt - facts.pointerSize, 1);
  const ring = [unsorted, ...arena.chunks.filter(({ use }) => use === 'binned').map((chunk) => chunk.address)];
  for (const [index, chunk] of ring.entries()) {
    const following = ring[(index + 1) % ring.length]!;
    word(chunk + header, following);
    word(following + header + facts.pointerSize, chunk);
  }
  writeLists(writer, arena.chunks, 'fastbin', 0, (size, head) => {
    word(address + facts.fastbinsAt + (size / header - 2) * facts.pointerSize, head);
  });
}

/** Single lists, one for each size; `offset` is from a chunk to what links point at. */
function writeLists(
  { facts, header, word }: Writer,
  chunks: readonly WrittenChunk[],
  use: ChunkUse,
  offset: number,
  setHead: (size: number, head: Address, count: number) => void,
): void {
  const used = chunks.filter((chunk) => chunk.use === use);
  for (const size of new Set(used.map((chunk) => chunk.size))) {
    const list = used.filter((chunk) => chunk.size === size);
    for (const [index, { address }] of list.entries()) {
      const next = list[index + 1];
      const target = next === undefined ? 0 : next.address + offset;
      const key = facts.protectsLinks ? BigInt(address + header) >> 12n : 0n;
      word(address + header, Number(BigInt(target) ^ key));
    }
    setHead(size, list[0]!.address + offset, list.length);
  }
}

function writeCache(writer: Writer, chunks: readonly WrittenChunk[]): void {
  const { image, facts, header, word } = writer;
  const own = chunks.find(({ use }) => use === 'cache');
  const shape = facts.cache;
  if (own === undefined || shape === null) return;
  const start = own.address + header;
  const writeCount = (bin: number, count: number) => {
    if (shape.countBytes === 1) image.u8(start + bin, count);
    else image.u16(start + 2 * bin, shape.bins > 64 ? 16 - count : count);
  };
  for (let bin = 0; bin < shape.bins; bin += 1) writeCount(bin, 0);
  writeLists(writer, chunks, 'cached', header, (size, head, count) => {
    const bin = (size - 4 * facts.pointerSize) / facts.alignment;
    writeCount(bin, count);
    word(start + shape.bins * shape.countBytes + bin * facts.pointerSize, head);
  });
}

function writeMmapped({ image, facts, header, word }: Writer, sizes: readonly number[]): ModelBlock[] {
  const slack = facts.alignment - header;
  let at = placesOf(facts).mmapped;
  return sizes.map((size) => {
    const address = at + slack;
    image.commit(at, at + size);
    word(address, slack);
    word(address + facts.pointerSize, (size - slack - (facts.mmappedTail ?? 0)) | 2);
    at += size;
    return { address, stride: size, live: true };
  });
}

function writeParameters({ image, facts, word }: Writer, mmapped: readonly ModelBlock[], sbrkBase: Address): void {
  const bytesAt = placesOf(facts).arena - 0x400;
  const bytes = mmapped.reduce((sum, { stride }) => sum + stride, 0);
  const counts = [mmapped.length, 65536, mmapped.length, 0];
  for (const [index, value] of counts.entries()) image.u32(bytesAt - facts.countToBytes + 4 * index, value);
  word(bytesAt, bytes);
  word(bytesAt + facts.pointerSize, bytes);
  word(bytesAt + facts.bytesToBase, sbrkBase);
}
