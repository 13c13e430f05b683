import type { Address } from '../../src/model/address.ts';
import type { MemoryImage } from './memory-image.ts';
import { factsOf, type NtVariant, versionFacts } from './nt-heap-facts.ts';

/* Writes NT heaps of Windows Vista and later. */

export type NtItem =
  | { readonly kind: 'busy'; readonly request: number; readonly spareGranules?: number }
  /** With `hole` the pages inside are decommitted, as Windows 8 and later do without a range record. */
  | { readonly kind: 'free'; readonly granules: number; readonly hole?: boolean }
  | { readonly kind: 'uncommitted'; readonly pages: number }
  /** A low-fragmentation container; null is a free block. */
  | {
      readonly kind: 'container';
      readonly blockGranules: number;
      readonly requests: readonly (number | null)[];
      readonly subsegment: 'described' | 'lost';
    };

interface NtSegmentModel {
  readonly address: Address;
  readonly items: readonly NtItem[];
}

export interface NtHeapModel {
  readonly variant: NtVariant;
  /** Low and high word that headers are XORed with; null for a heap without encoding. */
  readonly encoding: readonly [number, number] | null;
  /** The first one is where the heap itself stands. */
  readonly segments: readonly NtSegmentModel[];
  readonly largeBlocks?: readonly { readonly address: Address; readonly request: number }[];
  /** Room for records that stand elsewhere in a real process. */
  readonly records: Address;
}

export interface ExpectedBlock {
  readonly address: Address;
  readonly stride: number;
  readonly live: boolean;
  readonly request: number;
}

const pageBytes = 0x1000;

interface Builder {
  readonly image: MemoryImage;
  readonly model: NtHeapModel;
  readonly expected: ExpectedBlock[];
  nextRecord: Address;
}

/** Writes the heap into the image; returns what a walk must tell, in its order. */
export function writeNtHeap(image: MemoryImage, model: NtHeapModel): ExpectedBlock[] {
  const builder: Builder = { image, model, expected: [], nextRecord: model.records };
  const fact = factsOf(model.variant);
  const version = versionFacts[model.variant];
  const heap = model.segments[0]!.address;
  for (const segment of model.segments) writeSegment(builder, segment);
  image.u32(heap + fact.encodeMask, model.encoding === null ? 0 : 0x100000);
  image.u32(heap + fact.encoding, model.encoding?.[0] ?? 0x12345678);
  image.u32(heap + fact.encoding + 4, model.encoding?.[1] ?? 0);
  image.u32(heap + version.heapSignature, 0xeeffeeff);
  image.u16(heap + version.listIndex, 3);
  linkRing(
    builder,
    heap + version.segments,
    model.segments.map(({ address }) => address + fact.listEntry),
  );
  writeLargeBlocks(builder, heap + version.virtual);
  return builder.expected;
}

function linkRing({ image, model }: Builder, head: Address, links: readonly Address[]): void {
  const { pointer } = factsOf(model.variant);
  const ring = [head, ...links];
  for (const [index, link] of ring.entries()) {
    const next = ring[(index + 1) % ring.length]!;
    image.pointer(pointer, link, next);
    image.pointer(pointer, next + pointer, link);
  }
}

function writeHeader(builder: Builder, address: Address, fields: HeaderFields): void {
  const { image, model } = builder;
  const { units, flags, previousUnits, unused } = fields;
  const checksum = (units & 0xff) ^ (units >> 8) ^ flags;
  const low = units + flags * 0x10000 + checksum * 0x1000000;
  const high = previousUnits + unused * 0x1000000;
  const at = address + factsOf(model.variant).fields;
  image.u32(at, (low ^ (model.encoding?.[0] ?? 0)) >>> 0);
  image.u32(at + 4, (high ^ (model.encoding?.[1] ?? 0)) >>> 0);
}

interface HeaderFields {
  readonly units: number;
  readonly flags: number;
  readonly previousUnits: number;
  readonly unused: number;
}

function writeSegment(builder: Builder, segment: NtSegmentModel): void {
  const { image, model } = builder;
  const fact = factsOf(model.variant);
  const heap = model.segments[0]!.address;
  const headerBytes = segment.address === heap ? fact.heapHeader : fact.segmentHeader;
  const ranges: { start: Address; end: Address }[] = [];
  image.commit(segment.address, segment.address + headerBytes);
  const end = writeItems(builder, segment, headerBytes, ranges);
  const pages = (end - segment.address) / pageBytes;
  const uncommitted = ranges.reduce((sum, range) => sum + range.end - range.start, 0) / pageBytes;
  image.u32(segment.address + fact.signature, 0xffeeffee);
  image.pointer(fact.pointer, segment.address + fact.heap, heap);
  image.pointer(fact.pointer, segment.address + fact.base, segment.address);
  image.u32(segment.address + fact.pages, pages);
  image.pointer(fact.pointer, segment.address + fact.first, segment.address + headerBytes);
  image.pointer(fact.pointer, segment.address + fact.last, end);
  image.u32(segment.address + fact.uncommittedPages, uncommitted);
  const links = ranges.map((range) => {
    const record = takeRecord(builder, 0x30);
    const link = record + 2 * fact.pointer;
    image.pointer(fact.pointer, link + 2 * fact.pointer, range.start);
    image.pointer(fact.pointer, link + 3 * fact.pointer, range.end - range.start);
    return link;
  });
  linkRing(builder, segment.address + fact.ranges, links);
}

function takeRecord(builder: Builder, bytes: number): Address {
  const record = builder.nextRecord;
  builder.nextRecord += bytes;
  builder.image.commit(record, record + bytes);
  return record;
}

/** Writes the blocks of a segment; returns its end, on a page boundary. */
function writeItems(
  builder: Builder,
  segment: NtSegmentModel,
  headerBytes: number,
  ranges: { start: Address; end: Address }[],
): Address {
  const fact = factsOf(builder.model.variant);
  let at = segment.address;
  let previousUnits = 0;
  const put = (bytes: number, flags: number, unused: number): void => {
    builder.image.commit(at, at + bytes);
    writeHeader(builder, at, { units: bytes / fact.granule, flags, previousUnits, unused });
    previousUnits = bytes / fact.granule;
    at += bytes;
  };
  const putFree = (bytes: number): void => {
    builder.expected.push({ address: at, stride: bytes, live: false, request: -1 });
    put(bytes, 0, 0);
  };
  const fillPage = (): void => {
    const rest = (pageBytes - (at % pageBytes)) % pageBytes;
    if (rest > 0) putFree(rest);
  };
  builder.expected.push({ address: at, stride: headerBytes, live: true, request: -1 });
  put(headerBytes, 1, 1);
  for (const item of [...segment.items, { kind: 'end' } as const]) {
    if (item.kind === 'busy') put(...writeBusy(builder, at, item));
    else if (item.kind === 'container') put(...writeContainer(builder, at, item));
    else if (item.kind === 'free' && item.hole) putHole(builder, at, item.granules, putFree);
    else if (item.kind === 'free') putFree(item.granules * fact.granule);
    else fillPage();
    if (item.kind === 'uncommitted') {
      ranges.push({ start: at, end: at + item.pages * pageBytes });
      at += item.pages * pageBytes;
      previousUnits = 0;
    }
  }
  return at;
}

/** A free block whose inner pages are gone; its flag is set after the fact, which changes the checksum too. */
function putHole(builder: Builder, at: Address, granules: number, putFree: (bytes: number) => void): void {
  const { granule } = factsOf(builder.model.variant);
  const bytes = granules * granule;
  putFree(bytes);
  const fields = at + factsOf(builder.model.variant).fields;
  // Flag 8 and its part of the checksum, straight into the encoded bytes.
  builder.image.xor8(fields + 2, 8);
  builder.image.xor8(fields + 3, 8);
  const firstPage = Math.ceil((at + 0x20) / pageBytes) * pageBytes;
  const lastPage = Math.floor((at + bytes) / pageBytes) * pageBytes;
  if (lastPage > firstPage) builder.image.decommit(firstPage, lastPage);
}

function strideOf(variant: NtVariant, request: number): number {
  const { granule } = factsOf(variant);
  return Math.max(2 * granule, Math.ceil((request + 8) / granule) * granule);
}

/** Returns what `put` needs: bytes, flags, unused bytes. */
function writeBusy(builder: Builder, at: Address, item: Extract<NtItem, { kind: 'busy' }>): [number, number, number] {
  const { granule } = factsOf(builder.model.variant);
  const stride = strideOf(builder.model.variant, item.request) + (item.spareGranules ?? 0) * granule;
  builder.expected.push({ address: at, stride, live: true, request: item.request });
  builder.image.commit(at, at + stride);
  return [stride, 1, unusedByte(builder, at, stride, item.request)];
}

/** Counts of 63 and more stand in the block's last 4 bytes. */
function unusedByte({ image }: Builder, at: Address, stride: number, request: number): number {
  const unused = stride - request;
  if (unused < 0x3f) return unused;
  image.u16(at + stride - 4, unused);
  return 0x3f;
}

function writeContainer(
  builder: Builder,
  at: Address,
  item: Extract<NtItem, { kind: 'container' }>,
): [number, number, number] {
  const { image, model } = builder;
  const { granule, pointer, fields } = factsOf(model.variant);
  const isOld = model.variant.startsWith('vista');
  const count = item.requests.length;
  const header = at + granule;
  const bitmapBytes = isOld ? 0 : Math.ceil(count / (8 * pointer)) * pointer;
  const fixed = isOld ? 4 * pointer : pointer === 8 ? 0x30 : 0x1c;
  const first = header + Math.ceil((fixed + bitmapBytes) / granule) * granule;
  const stride = item.blockGranules * granule;
  const end = first + count * stride;
  image.commit(at, end + granule);
  image.u32(header + (isOld ? 3 * pointer : pointer === 8 ? 0x14 : 0x0c), 0xf0e0d0c0);
  if (!isOld) image.pointer(pointer, header + (pointer === 8 ? 0x20 : 0x14), count);
  writeSubsegment(builder, header, item);
  for (const [index, request] of item.requests.entries()) {
    const block = first + index * stride;
    const state = request === null ? 0 : unusedByte(builder, block, stride, request);
    image.u32(block + fields, 0x5eed0000 + index);
    image.u8(block + fields + 7, 0x80 | state);
    builder.expected.push({ address: block, stride, live: request !== null, request: request ?? -1 });
  }
  return [end + granule - at, isOld ? 1 : 9, 0x10];
}

function writeSubsegment(builder: Builder, header: Address, item: Extract<NtItem, { kind: 'container' }>): void {
  const { image, model } = builder;
  const { pointer } = factsOf(model.variant);
  const isOld = model.variant.startsWith('vista');
  const sizeOffset = isOld ? 2 * pointer + 8 : pointer === 8 ? 0x24 : 0x14;
  if (item.subsegment === 'lost') {
    image.pointer(pointer, header, 0x7ff0000);
    return;
  }
  const subsegment = takeRecord(builder, 0x40);
  image.pointer(pointer, header, subsegment);
  image.pointer(pointer, subsegment + pointer, header);
  image.u16(subsegment + sizeOffset, item.blockGranules);
  image.u16(subsegment + sizeOffset + 4, item.requests.length);
}

function writeLargeBlocks(builder: Builder, head: Address): void {
  const { image, model, expected } = builder;
  const fact = factsOf(model.variant);
  const large = model.largeBlocks ?? [];
  linkRing(
    builder,
    head,
    large.map(({ address }) => address),
  );
  for (const { address, request } of large) {
    const headerEnd = fact.large.block + fact.granule;
    const commit = Math.ceil((request + headerEnd) / pageBytes) * pageBytes;
    image.commit(address, address + headerEnd);
    image.pointer(fact.pointer, address + fact.large.commit, commit);
    image.pointer(fact.pointer, address + fact.large.reserve, commit);
    const block = address + fact.large.block;
    writeHeader(builder, block, { units: commit - request, flags: 0x0b, previousUnits: 0, unused: 4 });
    expected.push({ address: block, stride: commit, live: true, request });
  }
}
