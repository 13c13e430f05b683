// Damages a file the way disks, cut-off copies and attackers do: fields that lie, parts that are missing or twice there.
import type { Random } from './random.ts';

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Counts, sizes and offsets that code forgets: none, one, all bits, signs, just beyond 31, 32, 53 bits. */
const treacherous: readonly bigint[] = [
  0n,
  1n,
  2n,
  7n,
  0xffn,
  0x1000n,
  0xffffn,
  0x1_0000n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_fffen,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x7fff_ffff_f000n,
  0xffff_8000_0000_0000n,
  1n << 53n,
  (1n << 53n) - 1n,
  (1n << 63n) - 1n,
  1n << 63n,
  (1n << 64n) - 1n,
  (1n << 64n) - 4096n,
];

/** Writes over a field of 1 to 8 bytes: a treacherous value, one near the old, one near the file's size, or another field's. */
const changeField: Mutation = (bytes, random) => {
  const width = random.pick([1, 2, 4, 4, 8, 8]);
  const at = placeOf(bytes, random, width);
  if (at + width > bytes.length) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const old = readField(view, at, width);
  const near = BigInt(random.below(17) - 8);
  const value = random.pick([
    () => random.pick(treacherous),
    () => old + near,
    () => old ^ (1n << BigInt(random.below(width * 8))),
    () => BigInt(bytes.length) + near,
    () => readField(view, placeOf(bytes, random, width), width),
    () => BigInt(random.below(2 ** 32)),
  ])();
  writeField(view, at, width, value);
  return bytes;
};

/** Headers stand at the beginning, and are what hurts; tables often at the end; fields are aligned. */
function placeOf(bytes: Uint8Array, random: Random, width: number): number {
  const room = Math.max(1, bytes.length - width);
  const at = random.pick([
    () => random.below(Math.min(room, 128)),
    () => random.below(Math.min(room, 1024)),
    () => room - 1 - random.below(Math.min(room, 512)),
    () => random.below(room),
  ])();
  return random.chance(0.8) ? at - (at % Math.min(width, 4)) : at;
}

function readField(view: DataView, at: number, width: number): bigint {
  if (at < 0 || at + width > view.byteLength) return 0n;
  if (width === 8) return view.getBigUint64(at, true);
  if (width === 4) return BigInt(view.getUint32(at, true));
  return BigInt(width === 2 ? view.getUint16(at, true) : view.getUint8(at));
}

function writeField(view: DataView, at: number, width: number, value: bigint): void {
  for (let index = 0; index < width; index += 1)
    view.setUint8(at + index, Number((value >> BigInt(8 * index)) & 0xffn));
}

const flipBit: Mutation = (bytes, random) => {
  const at = random.below(bytes.length);
  bytes[at] = bytes[at]! ^ (1 << random.below(8));
  return bytes;
};

const cutOff: Mutation = (bytes, random) => bytes.slice(0, 1 + random.below(bytes.length));

const append: Mutation = (bytes, random) => {
  const more = random.bytes(1 + random.below(64));
  const longer = new Uint8Array(bytes.length + more.length);
  longer.set(bytes);
  longer.set(more, bytes.length);
  return longer;
};

/** Everything behind a lost or doubled part stands elsewhere than its offsets say. */
const shift: Mutation = (bytes, random) => {
  const at = random.below(bytes.length);
  const count = 1 + random.below(Math.min(64, bytes.length - at));
  const parts = random.chance(0.5)
    ? [bytes.subarray(0, at), bytes.subarray(at + count)]
    : [bytes.subarray(0, at + count), bytes.subarray(at)];
  const joined = Uint8Array.from(Buffer.concat(parts));
  return joined.length === 0 ? bytes : joined;
};

/** One table's rows in another's place. */
const copyPart: Mutation = (bytes, random) => {
  const count = 1 + random.below(Math.min(256, bytes.length));
  const room = bytes.length - count + 1;
  bytes.copyWithin(random.below(room), random.below(room), count);
  return bytes;
};

const fill: Mutation = (bytes, random) => {
  const at = random.below(bytes.length);
  bytes.fill(random.pick([0, 0xff, 0x41, 0x1b, 0x3c]), at, at + 1 + random.below(64));
  return bytes;
};

const mutations: readonly Mutation[] = [
  changeField,
  changeField,
  changeField,
  changeField,
  changeField,
  changeField,
  flipBit,
  flipBit,
  cutOff,
  append,
  shift,
  copyPart,
  fill,
];

/** A copy with one to eight things wrong with it; never empty. */
export function mutate(original: Uint8Array, random: Random): Uint8Array {
  // A Buffer's own methods differ in what they refuse.
  let bytes: Uint8Array = Uint8Array.from(original);
  const times = 1 + random.below(random.pick([1, 3, 8]));
  for (let time = 0; time < times; time += 1) bytes = random.pick(mutations)(bytes, random);
  return bytes;
}
