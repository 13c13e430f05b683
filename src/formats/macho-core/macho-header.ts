import { type BinaryReader, createBinaryReader } from '../../bytes/binary-reader.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import type { PointerSize } from '../../model/address.ts';
import type { Architecture } from '../../model/dump.ts';
import { endiannessOf, magic64 } from './tell-mach-o.ts';

/** mach_header, of a file or of an image in memory. */
export interface MachHeader {
  readonly littleEndian: boolean;
  readonly pointerSize: PointerSize;
  /** CPU_TYPE_* without the bit of 64-bit ABIs. */
  readonly processor: number;
  readonly architecture: Architecture;
  /** MH_*. */
  readonly fileType: number;
  readonly commandCount: number;
  /** Bytes of the load commands, which follow the header. */
  readonly commandBytes: number;
  /** Bytes of the header. */
  readonly size: number;
}

/** CPU_TYPE_*. */
export const processors = { i386: 7, arm: 12, ppc: 18 } as const;

const ofAbi64 = 0x01000000;

function architectureOf(processor: number, pointerSize: PointerSize): Architecture {
  if (processor === processors.i386) return pointerSize === 8 ? 'x64' : 'x86';
  if (processor === processors.arm) return pointerSize === 8 ? 'arm64' : 'arm';
  return 'other';
}

/** Undefined when no Mach-O header stands there. Only the first 28 or 32 bytes of the view are looked at. */
export function parseMachHeader(view: DataView): MachHeader | undefined {
  if (view.byteLength < 28) return undefined;
  const littleEndian = endiannessOf(view);
  if (littleEndian === undefined) return undefined;
  const u32 = (offset: number) => view.getUint32(offset, littleEndian);
  const pointerSize: PointerSize = u32(0) === magic64 ? 8 : 4;
  const processor = (u32(4) & ~ofAbi64) >>> 0;
  return {
    littleEndian,
    pointerSize,
    processor,
    architecture: architectureOf(processor & 0xff, pointerSize),
    fileType: u32(12),
    commandCount: u32(16),
    commandBytes: u32(20),
    size: pointerSize === 8 ? 32 : 28,
  };
}

/** A load command: `offset` is where it begins in what the reader reads. */
export interface LoadCommand {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}

/** No image has more; keeps a forged count from costing time. */
const mostCommands = 1 << 20;

/**
 * The load commands between two offsets. Ends at the first that cannot be: `isWhole` is false then, or when there is
 * no room for all that were counted.
 */
export function readLoadCommands(
  reader: BinaryReader,
  start: number,
  count: number,
): {
  commands: LoadCommand[];
  isWhole: boolean;
} {
  const commands: LoadCommand[] = [];
  let at = start;
  while (commands.length < Math.min(count, mostCommands)) {
    reader.seek(at);
    if (reader.remaining() < 8) return { commands, isWhole: false };
    const command = { type: reader.u32('load_command.cmd'), offset: at, size: reader.u32('load_command.cmdsize') };
    if (command.size < 8 || at + command.size > reader.end()) return { commands, isWhole: false };
    commands.push(command);
    at += command.size;
  }
  return { commands, isWhole: commands.length === count };
}

/** The header of a core file; throws MalformedDumpError when the file is shorter. */
export function readCoreHeader(source: ByteSource): MachHeader {
  const reader = createBinaryReader(source, { littleEndian: true });
  const bytes = reader.bytes(28, 'mach_header');
  return parseMachHeader(new DataView(bytes.buffer))!;
}
