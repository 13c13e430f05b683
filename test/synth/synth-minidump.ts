import { type ByteWriter, createByteWriter } from './byte-writer.ts';

interface SynthRange {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** A range whose bytes the caller writes behind what is returned, range by range. */
interface SynthRoom {
  readonly address: number;
  readonly fileSize: number;
}

interface SynthMemoryInfo {
  readonly address: number;
  readonly size: number;
  /** MEM_COMMIT 0x1000 unless given. */
  readonly state?: number;
  /** PAGE_READWRITE 4 unless given. */
  readonly protect?: number;
  /** MEM_PRIVATE 0x20000 unless given. */
  readonly type?: number;
}

interface SynthModule {
  readonly address: number;
  readonly size: number;
  readonly path: string;
  /** Four parts of 16 bits. */
  readonly version?: readonly [number, number, number, number];
  /** The record that names its symbols. */
  readonly codeView?: Uint8Array;
}

interface SynthThread {
  readonly id: number;
  readonly stackPointer?: number;
  readonly environmentBlock?: number;
}

export interface SynthMinidump {
  /** PROCESSOR_ARCHITECTURE_*: 9 (x64) unless given. */
  readonly processor?: number;
  /** Leave out MINIDUMP_SYSTEM_INFO. */
  readonly withoutSystemInfo?: boolean;
  readonly platform?: number;
  readonly timeDateStamp?: number;
  readonly processId?: number;
  /** MINIDUMP_MEMORY64_LIST. */
  readonly ranges?: readonly (SynthRange | SynthRoom)[];
  /** MINIDUMP_MEMORY_LIST. */
  readonly smallRanges?: readonly SynthRange[];
  readonly memoryInfo?: readonly SynthMemoryInfo[];
  readonly modules?: readonly SynthModule[];
  readonly threads?: readonly SynthThread[];
  /** Text of /proc/PID/maps, as Breakpad copies it. */
  readonly linuxMaps?: string;
  /** Puts 4 bytes of padding after the counts of the module, thread and memory lists. */
  readonly paddedLists?: boolean;
  /** Adds so many bytes before the memory, so that it is not aligned. */
  readonly misalignment?: number;
  /** Streams that are written as they are. */
  readonly otherStreams?: readonly { readonly type: number; readonly bytes: Uint8Array }[];
}

const contextSizes: Readonly<Record<number, readonly [size: number, stackPointer: number, width: 4 | 8]>> = {
  0: [716, 196, 4],
  9: [1232, 152, 8],
  12: [912, 256, 8],
};

/** A minidump as MiniDumpWriteDump lays it out: header, streams, directory at the end, then the memory of full dumps. */
export function writeMinidump(dump: SynthMinidump): Uint8Array {
  const file = createByteWriter();
  file.text('MDMP');
  file.u32(0xa793);
  file.zeros(12);
  file.u32(dump.timeDateStamp ?? 0);
  file.u64(0x2);
  const directory: { type: number; size: number; offset: number }[] = [];
  const stream = (type: number, write: () => void) => {
    const offset = file.offset();
    write();
    directory.push({ type, size: file.offset() - offset, offset });
  };
  if (!dump.withoutSystemInfo) stream(7, () => writeSystemInfo(file, dump));
  if (dump.processId !== undefined) stream(15, () => writeMiscInfo(file, dump.processId!));
  if (dump.memoryInfo !== undefined) stream(16, () => writeMemoryInfo(file, dump.memoryInfo!));
  if (dump.linuxMaps !== undefined) stream(0x47670009, () => file.text(dump.linuxMaps!));
  for (const other of dump.otherStreams ?? []) stream(other.type, () => file.bytes(other.bytes));
  if (dump.modules !== undefined) writeModules(file, dump, stream);
  if (dump.threads !== undefined) writeThreads(file, dump, stream);
  if (dump.smallRanges !== undefined) writeMemoryList(file, dump, stream);
  const baseOffset = dump.ranges === undefined ? 0 : writeMemory64List(file, dump.ranges, stream);
  writeDirectory(file, directory);
  file.zeros(dump.misalignment ?? 0);
  if (baseOffset > 0) file.patchU64(baseOffset, file.offset());
  for (const range of dump.ranges ?? []) if ('bytes' in range) file.bytes(range.bytes);
  return file.toBytes();
}

type AddStream = (type: number, write: () => void) => void;

/** Real dumps end the directory with unused entries. */
function writeDirectory(file: ByteWriter, directory: readonly { type: number; size: number; offset: number }[]): void {
  file.patchU32(8, directory.length + 2);
  file.patchU32(12, file.offset());
  for (const { type, size, offset } of directory) {
    file.u32(type);
    file.u32(size);
    file.u32(offset);
  }
  file.zeros(24);
}

function writeSystemInfo(file: ByteWriter, dump: SynthMinidump): void {
  file.u16(dump.processor ?? 9);
  file.zeros(18);
  file.u32(dump.platform ?? 2);
  file.zeros(32);
}

function writeMiscInfo(file: ByteWriter, processId: number): void {
  file.u32(24);
  file.u32(1);
  file.u32(processId);
  file.zeros(12);
}

function writeMemoryInfo(file: ByteWriter, entries: readonly SynthMemoryInfo[]): void {
  file.u32(16);
  file.u32(48);
  file.u64(entries.length);
  for (const { address, size, state, protect, type } of entries) {
    file.u64(address);
    file.u64(address);
    file.u64(4);
    file.u64(size);
    file.u32(state ?? 0x1000);
    file.u32(protect ?? 4);
    file.u32(type ?? 0x20000);
    file.u32(0);
  }
}

function writeModules(file: ByteWriter, dump: SynthMinidump, stream: AddStream): void {
  const names = dump.modules!.map(({ path }) => {
    const offset = file.offset();
    file.u32(path.length * 2);
    for (const unit of path) file.u16(unit.charCodeAt(0));
    file.u16(0);
    return offset;
  });
  const records = dump.modules!.map(({ codeView }) => {
    const offset = file.offset();
    if (codeView !== undefined) file.bytes(codeView);
    return offset;
  });
  stream(4, () => {
    file.u32(dump.modules!.length);
    if (dump.paddedLists) file.u32(0);
    for (const [index, { address, size, version, codeView }] of dump.modules!.entries()) {
      file.u64(address);
      file.u32(size);
      file.zeros(8);
      file.u32(names[index]!);
      file.u32(version === undefined ? 0 : 0xfeef04bd);
      file.u32(0x10000);
      for (const part of [1, 0, 3, 2]) file.u16(version?.[part] ?? 0);
      file.zeros(36);
      file.u32(codeView?.length ?? 0);
      file.u32(codeView === undefined ? 0 : records[index]!);
      file.zeros(24);
    }
  });
}

function writeThreads(file: ByteWriter, dump: SynthMinidump, stream: AddStream): void {
  const [size, place, width] = contextSizes[dump.processor ?? 9]!;
  const contexts = dump.threads!.map(({ stackPointer }) => {
    if (stackPointer === undefined) return 0;
    const offset = file.offset();
    file.zeros(place);
    file.word(stackPointer, width);
    file.zeros(size - place - width);
    return offset;
  });
  stream(3, () => {
    file.u32(dump.threads!.length);
    if (dump.paddedLists) file.u32(0);
    for (const [index, { id, environmentBlock }] of dump.threads!.entries()) {
      file.u32(id);
      file.zeros(12);
      file.u64(environmentBlock ?? 0);
      file.zeros(16);
      file.u32(contexts[index] === 0 ? 0 : size);
      file.u32(contexts[index]!);
    }
  });
}

function writeMemoryList(file: ByteWriter, dump: SynthMinidump, stream: AddStream): void {
  const offsets = dump.smallRanges!.map(({ bytes }) => {
    const offset = file.offset();
    file.bytes(bytes);
    return offset;
  });
  stream(5, () => {
    file.u32(dump.smallRanges!.length);
    if (dump.paddedLists) file.u32(0);
    for (const [index, { address, bytes }] of dump.smallRanges!.entries()) {
      file.u64(address);
      file.u32(bytes.length);
      file.u32(offsets[index]!);
    }
  });
}

/** Returns where the file offset of the memory is to be put. */
function writeMemory64List(file: ByteWriter, ranges: readonly (SynthRange | SynthRoom)[], stream: AddStream): number {
  let baseOffset = 0;
  stream(9, () => {
    file.u64(ranges.length);
    baseOffset = file.offset();
    file.u64(0);
    for (const range of ranges) {
      file.u64(range.address);
      file.u64('bytes' in range ? range.bytes.length : range.fileSize);
    }
  });
  return baseOffset;
}
