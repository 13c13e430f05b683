import { type BinaryReader, createBinaryReader } from '../../bytes/binary-reader.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import type { Address, PointerSize } from '../../model/address.ts';
import type { Architecture } from '../../model/dump.ts';
import { textUpToNul } from '../text.ts';
import type { PageRun } from './physical-pages.ts';

/** DUMP_HEADER32 or DUMP_HEADER64. What its writer left out is undefined. */
export interface KernelHeader {
  readonly pointerSize: PointerSize;
  readonly architecture: Architecture;
  /** Bytes of the header: what the kinds of dumps differ in follows it. */
  readonly size: number;
  readonly isCheckedBuild: boolean;
  readonly build: number;
  /** Physical address of the root of the page tables. */
  readonly directoryBase: number;
  /** PsLoadedModuleList: the head of the list of modules. */
  readonly moduleList: Address | undefined;
  /** PsActiveProcessHead. */
  readonly processList: Address | undefined;
  readonly processorCount: number | undefined;
  readonly bugCheck: number | undefined;
  readonly bugCheckParameters: readonly Address[];
  readonly usesPae: boolean;
  /** PHYSICAL_MEMORY_DESCRIPTOR, as declared. */
  readonly runs: readonly PageRun[];
  /** Stack pointer of the processor that wrote the dump. */
  readonly stackPointer: Address | undefined;
  /** DUMP_TYPE_*. */
  readonly dumpType: number;
  readonly systemTime: Date | null;
  /** Milliseconds since the machine started. */
  readonly upTime: number | undefined;
  readonly comment: string;
}

/** `PAGE` in fields of 4 bytes that nothing was written to. */
const unwritten = 0x45474150;

/** Where the fields stand: the header of 32-bit dumps is one page, that of 64-bit dumps two. */
const layout32 = {
  size: 0x1000,
  directoryBase: 0x10,
  moduleList: 0x18,
  processList: 0x1c,
  machine: 0x20,
  processorCount: 0x24,
  bugCheck: 0x28,
  parameters: 0x2c,
  usesPae: 0x5c,
  memory: 0x64,
  context: 0x320,
  comment: 0x820,
  dumpType: 0xf88,
  upTime: 0xfb8,
  systemTime: 0xfc0,
};
const layout64 = {
  size: 0x2000,
  directoryBase: 0x10,
  moduleList: 0x20,
  processList: 0x28,
  machine: 0x30,
  processorCount: 0x34,
  bugCheck: 0x38,
  parameters: 0x40,
  usesPae: undefined,
  memory: 0x88,
  context: 0x348,
  comment: 0xfb0,
  dumpType: 0xf98,
  upTime: 0x1030,
  systemTime: 0xfa8,
};
type Layout = typeof layout32 | typeof layout64;

/** IMAGE_FILE_MACHINE_*, and where a CONTEXT of that machine has its stack pointer. */
const machines: ReadonlyMap<number, { readonly architecture: Architecture; readonly stackPointer: number }> = new Map([
  [0x14c, { architecture: 'x86', stackPointer: 196 }],
  [0x8664, { architecture: 'x64', stackPointer: 152 }],
  [0x1c4, { architecture: 'arm', stackPointer: 56 }],
  [0xaa64, { architecture: 'arm64', stackPointer: 256 }],
]);

const hundredNanosecondsPerMillisecond = 1e4;
/** From 1601, where FILETIME begins, to 1970. */
const millisecondsTo1970 = 11_644_473_600_000;

/** Throws MalformedDumpError when the file is shorter than the header. */
export function readHeader(source: ByteSource): KernelHeader {
  const reader = createBinaryReader(source, { littleEndian: true });
  reader.seek(4);
  const is64Bit = textUpToNul(reader.bytes(4, 'DUMP_HEADER.ValidDump')) === 'DU64';
  const layout: Layout = is64Bit ? layout64 : layout32;
  const pointerSize: PointerSize = is64Bit ? 8 : 4;
  const number = (offset: number, field: string) => {
    reader.seek(offset);
    const value = reader.u32(`DUMP_HEADER.${field}`);
    return value === unwritten ? undefined : value;
  };
  const address = (offset: number, field: string) => {
    reader.seek(offset);
    const value = is64Bit ? reader.address64(field) : reader.u32(field);
    return value === 0 || value % 2 ** 32 === unwritten ? undefined : value;
  };
  const machine = machines.get(number(layout.machine, 'MachineImageType') ?? 0);
  const parameters = [0, 1, 2, 3].map((index) => {
    return address(layout.parameters + index * pointerSize, 'BugCheckParameter') ?? 0;
  });
  const version = number(8, 'MajorVersion');
  reader.seek(layout.comment);
  const comment = textUpToNul(reader.bytes(128, 'DUMP_HEADER.Comment'));
  return {
    pointerSize,
    architecture: machine?.architecture ?? 'unknown',
    size: layout.size,
    isCheckedBuild: version === 0xc,
    build: number(0xc, 'MinorVersion') ?? 0,
    directoryBase: address(layout.directoryBase, 'DirectoryTableBase') ?? 0,
    moduleList: address(layout.moduleList, 'PsLoadedModuleList'),
    processList: address(layout.processList, 'PsActiveProcessHead'),
    processorCount: number(layout.processorCount, 'NumberProcessors'),
    bugCheck: number(layout.bugCheck, 'BugCheckCode'),
    bugCheckParameters: parameters,
    usesPae: layout.usesPae !== undefined && ((number(layout.usesPae, 'PaeEnabled') ?? 0) & 0xff) === 1,
    runs: readRuns(reader, layout, pointerSize),
    stackPointer: machine && address(layout.context + machine.stackPointer, 'CONTEXT.Sp'),
    dumpType: number(layout.dumpType, 'DumpType') ?? 0,
    systemTime: toDate(readTime(reader, layout.systemTime)),
    upTime: readTime(reader, layout.upTime),
    comment: comment.startsWith('PAGE') ? '' : comment,
  };
}

/** As many runs as the header has room for. */
function readRuns(reader: BinaryReader, layout: Layout, pointerSize: PointerSize): PageRun[] {
  reader.seek(layout.memory);
  const declared = reader.u32('NumberOfRuns');
  if (declared === unwritten) return [];
  const start = layout.memory + 2 * pointerSize;
  const count = Math.min(declared, Math.floor((layout.context - start) / (2 * pointerSize)));
  reader.seek(start);
  const word = (field: string) => (pointerSize === 8 ? reader.u64(field) : reader.u32(field));
  return Array.from({ length: count }, () => ({ firstPage: word('Run.BasePage'), pageCount: word('Run.PageCount') }));
}

/** Milliseconds. */
function readTime(reader: BinaryReader, offset: number): number | undefined {
  reader.seek(offset);
  const low = reader.u32('Time');
  const high = reader.u32('Time');
  if (low === unwritten || (low === 0 && high === 0)) return undefined;
  return (high * 2 ** 32 + low) / hundredNanosecondsPerMillisecond;
}

function toDate(time: number | undefined): Date | null {
  const date = new Date(Math.floor(time ?? Number.NaN) - millisecondsTo1970);
  return date.getTime() > 0 ? date : null;
}
