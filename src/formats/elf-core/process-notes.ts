import type { BinaryReader } from '../../bytes/binary-reader.ts';
import type { Address } from '../../model/address.ts';
import { textUpToNul } from '../text.ts';
import { type ElfHeader, machines } from './elf-header.ts';

/** NT_PRSTATUS: one thread. */
export interface ThreadStatus {
  readonly id: number;
  readonly stackPointer: Address | undefined;
}

/** NT_PRPSINFO. */
export interface ProcessInfo {
  readonly id: number;
  /** At most 15 bytes of the program's (or its main thread's) name. */
  readonly name: string;
}

/** NT_AUXV: values by type (AT_*). */
export type AuxiliaryVector = ReadonlyMap<number, Address>;

/** AT_* of elf.h. */
export const auxiliaryTypes = {
  programHeaders: 3,
  pageSize: 6,
  linkerBase: 7,
  entry: 9,
  random: 25,
  vdso: 33,
} as const;

/** Bytes from the start of NT_PRSTATUS to the stack pointer: pr_reg, and the register's place in it. */
const stackPointerOffsets64: ReadonlyMap<number, number> = new Map([
  [machines.x64, 112 + 19 * 8],
  [machines.arm64, 112 + 31 * 8],
  [machines.riscv, 112 + 2 * 8],
  [machines.ppc64, 112 + 1 * 8],
]);
const stackPointerOffsets32: ReadonlyMap<number, number> = new Map([
  [machines.i386, 72 + 15 * 4],
  [machines.arm, 72 + 13 * 4],
  // x32: 32-bit pointers, but the registers of x86-64.
  [machines.x64, 72 + 19 * 8],
]);

/** Undefined when the note is too short to name its thread. */
export function readThread(reader: BinaryReader, header: ElfHeader): ThreadStatus | undefined {
  const start = reader.offset();
  const idOffset = header.is64Bit ? 32 : 24;
  if (reader.remaining() < idOffset + 4) return undefined;
  reader.seek(start + idOffset);
  const id = reader.u32('pr_pid');
  const offsets = header.is64Bit ? stackPointerOffsets64 : stackPointerOffsets32;
  const offset = offsets.get(header.machine);
  if (offset === undefined || start + offset + 8 > reader.end()) return { id, stackPointer: undefined };
  reader.seek(start + offset);
  return { id, stackPointer: header.is64Bit ? reader.address64('sp') : reader.u32('sp') };
}

/** Undefined when its size is none of those known, so that its fields can't be told. */
export function readProcessInfo(reader: BinaryReader, header: ElfHeader): ProcessInfo | undefined {
  const layout = processInfoLayout(reader.remaining(), header.is64Bit);
  if (layout === undefined) return undefined;
  const start = reader.offset();
  reader.seek(start + layout.id);
  const id = reader.u32('pr_pid');
  reader.seek(start + layout.name);
  return { id, name: textUpToNul(reader.bytes(16, 'pr_fname')) };
}

function processInfoLayout(size: number, is64Bit: boolean): { id: number; name: number } | undefined {
  if (is64Bit) return size >= 136 ? { id: 24, name: 40 } : undefined;
  // uid and gid are 16 bits wide on some 32-bit architectures (i386, arm), 32 on the others.
  if (size === 124) return { id: 12, name: 28 };
  return size >= 128 ? { id: 16, name: 32 } : undefined;
}

/** The first value of each type, up to AT_NULL. */
export function readAuxiliaryVector(reader: BinaryReader, header: Pick<ElfHeader, 'is64Bit'>): AuxiliaryVector {
  const values = new Map<number, Address>();
  const entrySize = header.is64Bit ? 16 : 8;
  while (reader.remaining() >= entrySize) {
    const type = header.is64Bit ? reader.u64('a_type') : reader.u32('a_type');
    const value = header.is64Bit ? reader.address64('a_val') : reader.u32('a_val');
    if (type === 0) break;
    if (!values.has(type)) values.set(type, value);
  }
  return values;
}
