import type { PointerSize } from '../../model/address.ts';
import type { Architecture, OperatingSystem } from '../../model/dump.ts';
import { textUpToNul } from '../text.ts';
import { type MinidumpFile, openStream, streamTypes } from './minidump-file.ts';

/** From MINIDUMP_SYSTEM_INFO. */
export interface SystemInfo {
  readonly architecture: Architecture;
  readonly operatingSystem: OperatingSystem;
  readonly pointerSize: PointerSize;
}

/** PROCESSOR_ARCHITECTURE_*, and Breakpad's additions from 0x8000 on. */
const processors: ReadonlyMap<number, readonly [Architecture, PointerSize]> = new Map([
  [0, ['x86', 4]],
  [1, ['other', 4]], // MIPS
  [3, ['other', 4]], // PowerPC
  [5, ['arm', 4]],
  [6, ['other', 8]], // Itanium
  [9, ['x64', 8]],
  [12, ['arm64', 8]],
  [0x8001, ['other', 8]], // SPARC
  [0x8002, ['other', 8]], // PowerPC 64
  [0x8003, ['arm64', 8]],
  [0x8004, ['other', 8]], // MIPS 64
  [0x8005, ['other', 4]], // RISC-V 32
  [0x8006, ['riscv64', 8]],
]);

/** VER_PLATFORM_*, and Breakpad's additions. */
const platforms: ReadonlyMap<number, OperatingSystem> = new Map([
  [1, 'windows'],
  [2, 'windows'],
  [0x8101, 'macos'],
  [0x8102, 'macos'],
  [0x8201, 'linux'],
  [0x8203, 'linux'],
]);

/** Undefined when the stream is missing or cut off. */
export function readSystemInfo(file: MinidumpFile): SystemInfo | undefined {
  const reader = openStream(file, streamTypes.systemInfo);
  if (reader === undefined || reader.remaining() < 24) return undefined;
  const start = reader.offset();
  const processor = processors.get(reader.u16('ProcessorArchitecture'));
  reader.seek(start + 20);
  const operatingSystem = platforms.get(reader.u32('PlatformId')) ?? 'unknown';
  return { architecture: processor?.[0] ?? 'unknown', operatingSystem, pointerSize: processor?.[1] ?? 8 };
}

/** From MINIDUMP_MISC_INFO, or the copy of /proc/PID/status that Breakpad makes; null when neither tells. */
export function readProcessId(file: MinidumpFile): number | null {
  return readMiscInfoProcessId(file) ?? readLinuxProcessId(file);
}

function readMiscInfoProcessId(file: MinidumpFile): number | null {
  const reader = openStream(file, streamTypes.miscInfo);
  if (reader === undefined || reader.remaining() < 12) return null;
  reader.skip(4);
  const processIdIsValid = (reader.u32('Flags1') & 1) !== 0;
  return processIdIsValid ? reader.u32('ProcessId') : null;
}

/** MINIDUMP_MISC1_PROCESS_TIMES: seconds since 1970 at which the process was made; undefined when it is not told. */
export function readStartTime(file: MinidumpFile): number | undefined {
  const reader = openStream(file, streamTypes.miscInfo);
  if (reader === undefined || reader.remaining() < 24) return undefined;
  reader.skip(4);
  const timesAreValid = (reader.u32('Flags1') & 2) !== 0;
  reader.skip(4);
  const seconds = reader.u32('ProcessCreateTime');
  return timesAreValid && seconds > 0 ? seconds : undefined;
}

function readLinuxProcessId(file: MinidumpFile): number | null {
  const reader = openStream(file, streamTypes.linuxProcessStatus);
  if (reader === undefined) return null;
  const text = textUpToNul(reader.bytes(Math.min(reader.remaining(), 4096), 'status'));
  const found = /^Pid:\s+(\d{1,9})$/m.exec(text);
  return found ? Number(found[1]) : null;
}
