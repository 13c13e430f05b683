import type { Address } from '../../src/model/address.ts';
import type { MemoryImage } from './memory-image.ts';
import type { ExpectedBlock } from './synth-jemalloc-heap.ts';

/** What the program asked for and how far into the slot, in units of 16, musl put it; or a free slot. */
export type SlotModel = { readonly request: number; readonly shift: number } | 'free' | GroupModel;

export interface GroupModel {
  readonly sizeClass: number;
  readonly slots: readonly SlotModel[];
}

export interface MuslModel {
  readonly groups: readonly GroupModel[];
  /** Objects with a mapping of their own. */
  readonly mapped?: readonly { readonly request: number; readonly shift: number }[];
  /** The context has a field for the page size, as in builds outside of musl. */
  readonly withPageSize?: boolean;
}

/** Units of 16 bytes of the classes that models use. */
export const slotUnits: Readonly<Record<number, number>> = { 0: 1, 2: 3, 6: 7, 8: 9, 11: 15, 15: 31, 23: 127, 31: 511 };

export const contextAt = 0x7f55_0000_0340;
const areaAt = 0x5555_7000_0000;
export const heapStart = 0x7f56_0000_0000;
const pageBytes = 4096;
const metasInArea = 101;
const secret = [0x1234_5678, 0x9abc_def0] as const;

interface Writer {
  readonly image: MemoryImage;
  readonly expected: ExpectedBlock[];
  metas: number;
}

/** Writes context, areas and groups; returns the blocks by address. */
export function writeMuslHeap(image: MemoryImage, model: MuslModel): ExpectedBlock[] {
  const writer: Writer = { image, expected: [], metas: 0 };
  writeContext(image, model.withPageSize ?? false);
  let start = heapStart;
  for (const group of model.groups) {
    const bytes = Math.ceil((16 + slotBytesOf(group) * group.slots.length) / pageBytes) * pageBytes;
    writeGroup(writer, group, start, bytes);
    start += bytes;
  }
  for (const { request, shift } of model.mapped ?? []) {
    const bytes = Math.ceil((request + shift * 16 + 20) / pageBytes) * pageBytes;
    writeMeta(writer, { start, free: 0, slots: 1, sizeClass: 63, bytes });
    writeSlot(image, start, 0, start + 16, bytes - 16, { request, shift });
    writer.expected.push({ address: start + 16 + shift * 16 - 4, stride: bytes, live: true, request });
    start += bytes;
  }
  return writer.expected;
}

function writeContext(image: MemoryImage, withPageSize: boolean): void {
  image.u32(contextAt, secret[0]);
  image.u32(contextAt + 4, secret[1]);
  if (withPageSize) image.pointer(8, contextAt + 8, pageBytes);
  const rest = contextAt + (withPageSize ? 16 : 8);
  image.u32(rest, 1);
  image.pointer(8, rest + 48, areaAt);
}

function writeArea(image: MemoryImage, area: Address): void {
  image.u32(area, secret[0]);
  image.u32(area + 4, secret[1]);
  image.u32(area + 16, metasInArea);
  if (area > areaAt) image.pointer(8, area - pageBytes + 8, area);
}

interface MetaModel {
  readonly start: Address;
  readonly free: number;
  readonly slots: number;
  readonly sizeClass: number;
  readonly bytes: number;
}

function writeMeta(writer: Writer, meta: MetaModel): void {
  const { image, metas: index } = writer;
  writer.metas += 1;
  const area = areaAt + Math.floor(index / metasInArea) * pageBytes;
  if (index % metasInArea === 0) writeArea(image, area);
  const at = area + 24 + (index % metasInArea) * 40;
  image.pointer(8, at + 16, meta.start);
  // Free slots are on one mask or the other.
  image.u32(at + 24, meta.free & 0x55555555);
  image.u32(at + 28, meta.free & 0xaaaaaaaa);
  image.pointer(8, at + 32, meta.slots - 1 + 32 + meta.sizeClass * 64 + meta.bytes);
  image.pointer(8, meta.start, at);
}

function writeGroup(writer: Writer, group: GroupModel, start: Address, bytes: number): void {
  const slotBytes = slotBytesOf(group);
  let free = 0;
  group.slots.forEach((slot, index) => {
    if (slot === 'free') free += 2 ** index;
  });
  const { slots, sizeClass } = group;
  writeMeta(writer, { start, free, slots: slots.length, sizeClass, bytes });
  slots.forEach((slot, index) => {
    const at = start + 16 + index * slotBytes;
    if (slot === 'free') writer.expected.push({ address: at - 4, stride: slotBytes, live: false, request: -1 });
    else if ('slots' in slot) {
      writer.image.u8(at - 3, index + 6 * 32);
      writeGroup(writer, slot, at, 0);
    } else {
      writeSlot(writer.image, start, index, at, slotBytes, slot);
      const address = at + slot.shift * 16 - 4;
      writer.expected.push({ address, stride: slotBytes, live: true, request: slot.request });
    }
  });
}

function slotBytesOf(group: GroupModel): number {
  return slotUnits[group.sizeClass]! * 16;
}

function writeSlot(
  image: MemoryImage,
  group: Address,
  index: number,
  slot: Address,
  slotBytes: number,
  { request, shift }: { readonly request: number; readonly shift: number },
): void {
  const object = slot + shift * 16;
  const end = slot + slotBytes - 4;
  const spare = end - object - request;
  if (shift > 0) {
    image.u16(slot - 2, shift);
    image.u8(slot - 3, 7 * 32);
  }
  image.u16(object - 2, (object - group - 16) / 16);
  image.u8(object - 3, index + Math.min(spare, 5) * 32);
  if (spare >= 5) image.u32(end - 4, spare);
}
