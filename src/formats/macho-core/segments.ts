import { type BinaryReader, isExactAddress } from '../../bytes/binary-reader.ts';
import type { Address, PointerSize } from '../../model/address.ts';
import { textUpToNul } from '../text.ts';
import type { LoadCommand } from './macho-header.ts';

/** LC_SEGMENT or LC_SEGMENT_64. */
export interface Segment {
  readonly name: string;
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
  readonly fileOffset: number;
  /** Bytes in the file; what follows them up to `end` is not there. */
  readonly fileSize: number;
  /** VM_PROT_* that the memory had. */
  readonly rights: number;
  readonly sectionCount: number;
  /** Where its sections stand, as offsets of the reader. */
  readonly sectionsAt: number;
  /** Where its command ends. */
  readonly sectionsEnd: number;
}

/** VM_PROT_*. */
export const readableRight = 1;
export const writableRight = 2;
export const executableRight = 4;

const segmentTypes: Readonly<Record<PointerSize, { readonly type: number; readonly size: number }>> = {
  4: { type: 0x1, size: 56 },
  8: { type: 0x19, size: 72 },
};

/** Undefined when the command is no segment, or one that cannot be; `isBad` tells these apart. */
export function readSegment(
  reader: BinaryReader,
  command: LoadCommand,
  pointerSize: PointerSize,
): { segment?: Segment; isBad: boolean } {
  const { type, size } = segmentTypes[pointerSize];
  if (command.type !== type) return { isBad: false };
  if (command.size < size) return { isBad: true };
  reader.seek(command.offset + 8);
  const name = textUpToNul(reader.bytes(16, 'segname'));
  const address = () => (pointerSize === 8 ? reader.address64('vmaddr') : reader.u32('vmaddr'));
  const word = (field: string) => (pointerSize === 8 ? reader.u64(field) : reader.u32(field));
  const start = address();
  const memorySize = word('vmsize');
  const fileOffset = word('fileoff');
  const fileSize = word('filesize');
  reader.skip(4);
  const rights = reader.u32('initprot');
  const sectionCount = reader.u32('nsects');
  const end = start + Math.max(memorySize, fileSize);
  if (!isExactAddress(start) || !isExactAddress(end)) return { isBad: true };
  const places = { sectionsAt: command.offset + size, sectionsEnd: command.offset + command.size };
  return { segment: { name, start, end, fileOffset, fileSize, rights, sectionCount, ...places }, isBad: false };
}
