import { type ByteWriter, createByteWriter } from './byte-writer.ts';

interface SynthSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Bytes of memory; those of the file unless given. */
  readonly memorySize?: number;
  /** VM_PROT_*: read and write unless given. */
  readonly rights?: number;
}

interface SynthImage {
  readonly address: number;
  readonly path: string;
}

export interface SynthMachoCore {
  /** CPU_TYPE_*: x86_64 unless given. */
  readonly processor?: number;
  readonly bigEndian?: boolean;
  readonly segments: readonly SynthSegment[];
  /** A stack pointer each. */
  readonly threads?: readonly number[];
  /** Thread states as x86_THREAD_STATE, with a header of their own. */
  readonly wrappedStates?: boolean;
  /** The note "all image infos". */
  readonly images?: readonly SynthImage[];
}

const cpuX64 = 0x01000007;
/** Flavor, words of 32 bits, byte offset and width of the stack pointer, by processor. */
const states: Readonly<Record<number, readonly [number, number, number, 4 | 8]>> = {
  7: [1, 16, 28, 4],
  16777223: [4, 42, 56, 8],
  16777228: [6, 68, 248, 8],
  18: [1, 40, 12, 4],
};

const isWide = (processor: number) => processor >= 0x01000000;

/** A core as lldb and the kernel lay it out: header, commands, then notes and memory. */
export function writeMachoCore(core: SynthMachoCore): Uint8Array {
  const processor = core.processor ?? cpuX64;
  const wide = isWide(processor);
  const file = createByteWriter(!core.bigEndian);
  file.u32(wide ? 0xfeedfacf : 0xfeedface);
  file.u32(processor);
  file.u32(3);
  file.u32(4);
  file.zeros(12);
  if (wide) file.u32(0);
  const start = file.offset();
  let count = 0;
  const command = (type: number, write: () => void) => {
    const at = file.offset();
    file.u32(type);
    file.u32(0);
    write();
    file.align(wide ? 8 : 4);
    file.patchU32(at + 4, file.offset() - at);
    count += 1;
    return at;
  };
  for (const stackPointer of core.threads ?? []) {
    command(4, () => writeState(file, processor, stackPointer, core.wrappedStates ?? false));
  }
  const note =
    core.images &&
    command(0x31, () => {
      file.text('all image infos', 16);
      file.zeros(16);
    });
  const places = core.segments.map((segment) => command(wide ? 0x19 : 1, () => writeSegment(file, segment, wide)));
  file.patchU32(16, count);
  file.patchU32(20, file.offset() - start);
  if (note !== undefined) writeImages(file, core.images!, note);
  for (const [index, { bytes }] of core.segments.entries()) {
    file.align(16);
    patchWord(file, places[index]! + (wide ? 40 : 32), file.offset(), wide, core.bigEndian ?? false);
    file.bytes(bytes);
  }
  return file.toBytes();
}

function patchWord(file: ByteWriter, at: number, value: number, wide: boolean, bigEndian: boolean): void {
  file.patchU32(wide && bigEndian ? at + 4 : at, value);
}

function writeSegment(file: ByteWriter, { address, bytes, memorySize, rights }: SynthSegment, wide: boolean): void {
  const width = wide ? 8 : 4;
  file.zeros(16);
  file.word(address, width);
  file.word(memorySize ?? bytes.length, width);
  file.word(0, width);
  file.word(bytes.length, width);
  file.u32(7);
  file.u32(rights ?? 3);
  file.zeros(8);
}

function writeState(file: ByteWriter, processor: number, stackPointer: number, wrapped: boolean): void {
  const [flavor, words, place, width] = states[processor]!;
  if (wrapped) {
    file.u32(7);
    file.u32(words + 2);
  } else {
    // Floating point state first, as a thread may have its states in any order.
    file.u32(99);
    file.u32(2);
    file.zeros(8);
  }
  file.u32(flavor);
  file.u32(words);
  file.zeros(place);
  file.word(stackPointer, width);
  file.zeros(words * 4 - place - width);
}

function writeImages(file: ByteWriter, images: readonly SynthImage[], note: number): void {
  const paths = images.map(({ path }) => {
    const at = file.offset();
    file.text(`${path}\0`);
    return at;
  });
  file.align(8);
  const at = file.offset();
  file.patchU64(note + 24, at);
  file.u32(1);
  file.u32(images.length);
  file.u64(at + 24);
  file.u32(48);
  file.u32(0);
  for (const [index, { address }] of images.entries()) {
    file.u64(paths[index]!);
    file.zeros(16);
    file.u64(address);
    file.zeros(16);
  }
  file.patchU64(note + 32, file.offset() - at);
}

export interface SynthImageFile {
  /** MH_*: 2 program, 6 library, 7 dynamic linker. */
  readonly fileType: number;
  readonly processor?: number;
  readonly bigEndian?: boolean;
  /** Linked at these addresses, whatever it is loaded at. */
  readonly segments: readonly { readonly name: string; readonly address: number; readonly size: number }[];
  /** Of the last segment. */
  readonly section?: { readonly name: string; readonly address: number };
}

/** The first bytes of an image as it stands in memory. */
export function machoImage(image: SynthImageFile, size: number): Uint8Array {
  const processor = image.processor ?? cpuX64;
  const wide = isWide(processor);
  const width = wide ? 8 : 4;
  const file = createByteWriter(!image.bigEndian);
  file.u32(wide ? 0xfeedfacf : 0xfeedface);
  file.u32(processor);
  file.u32(3);
  file.u32(image.fileType);
  file.u32(image.segments.length);
  file.zeros(8);
  if (wide) file.u32(0);
  const start = file.offset();
  for (const [index, segment] of image.segments.entries()) {
    const at = file.offset();
    const section = index === image.segments.length - 1 ? image.section : undefined;
    file.u32(wide ? 0x19 : 1);
    file.u32(0);
    file.text(segment.name, 16);
    file.word(segment.address, width);
    file.word(segment.size, width);
    file.zeros(2 * width + 8);
    file.u32(section ? 1 : 0);
    file.u32(0);
    if (section) {
      file.text(section.name, 16);
      file.text(segment.name, 16);
      file.word(section.address, width);
      file.zeros(wide ? 40 : 32);
    }
    file.patchU32(at + 4, file.offset() - at);
  }
  file.patchU32(20, file.offset() - start);
  file.zeros(Math.max(0, size - file.offset()));
  return file.toBytes();
}
