import type { ByteSource } from '../../bytes/byte-source.ts';
import type { Dump, LoadedModule, OperatingSystem } from '../../model/dump.ts';
import { settleCapturedRanges } from '../captured-ranges.ts';
import { baseName } from '../text.ts';
import { createWarningLog, type WarningLog } from '../warnings.ts';
import { createAddressReader } from './address-reader.ts';
import { minidumpDetails } from './details.ts';
import { readLinuxMaps } from './linux-maps.ts';
import { readMemoryInfoList } from './memory-info-list.ts';
import { readMemoryLists } from './memory-lists.ts';
import { type MinidumpFile, readMinidumpFile, streamTypes } from './minidump-file.ts';
import { readModules } from './module-list.ts';
import { assembleRegions } from './regions.ts';
import { readProcessId, readStartTime, readSystemInfo, type SystemInfo } from './system-info.ts';
import { readThreads } from './thread-list.ts';
import { findProcessBlock, findThreadStacks } from './thread-stacks.ts';
import { asWow64, wow64Architecture } from './wow64.ts';

/** See OpenDumpFile. */
export function openMinidump(source: ByteSource): Dump {
  const warnings = createWarningLog();
  const file = readMinidumpFile(source, warnings);
  const system = readSystemInfo(file) ?? unknownSystem(file);
  const readAddress = createAddressReader(system.pointerSize);
  const modules = readModules(file, readAddress, warnings);
  const threads = readThreads(file, system.architecture, readAddress, warnings);
  const stacks = threads.map((thread) => thread.stack).filter((stack) => stack !== undefined);
  const declared = (log: WarningLog) => concat(readMemoryLists(file, readAddress, log), stacks);
  const captured = settleCapturedRanges(declared(warnings), source.size, warnings);
  const isCutOff = warnings.list().some(({ code }) => code === 'truncated');
  // What was cut off was memory of the process all the same: in no region, it would pass for memory that it gave back.
  const whole = isCutOff
    ? settleCapturedRanges(declared(createWarningLog()), Number.MAX_SAFE_INTEGER, createWarningLog())
    : captured;
  if (captured.length === 0) warnings.add('no-memory', 'the minidump has no memory in it');
  const linuxMaps = readLinuxMaps(file, warnings);
  const described = linuxMaps.length > 0 ? linuxMaps : readMemoryInfoList(file, readAddress, warnings, captured);
  const startTime = readStartTime(file);
  const processBlock = findProcessBlock(threads, { source, captured }, system.pointerSize);
  const dump: Dump = {
    format: 'minidump',
    ...system,
    littleEndian: file.littleEndian,
    pageSize: system.operatingSystem === 'macos' && system.architecture === 'arm64' ? 16384 : 4096,
    processId: readProcessId(file),
    processName: processNameOf(modules),
    capturedAt: file.timeDateStamp === 0 ? null : new Date(file.timeDateStamp * 1000),
    addressSpace: 'virtual',
    regions: assembleRegions({
      described,
      declared: whole,
      modules,
      stacks: findThreadStacks(threads, { source, captured }, system.pointerSize),
    }),
    mayLackRegions: described.length === 0 && !file.holdsPrivateMemory,
    captured,
    modules: [...modules].sort((a, b) => a.start - b.start),
    runMarks: {
      ...(startTime === undefined ? {} : { 'start-time': startTime }),
      ...(processBlock === undefined ? {} : { 'process-block': processBlock }),
    },
    threads: threads.map(({ id, stackPointer, environmentBlock }) => ({ id, stackPointer, environmentBlock })),
    details: minidumpDetails(file, system.pointerSize),
    warnings: [],
  };
  const inside =
    system.operatingSystem === 'windows' && system.pointerSize === 8 ? wow64Architecture(modules) : undefined;
  const seen = inside === undefined ? dump : asWow64(dump, inside, { source, captured }, warnings);
  return { ...seen, warnings: warnings.list() };
}

function* concat<T>(...lists: readonly Iterable<T>[]): Generator<T, void> {
  for (const list of lists) yield* list;
}

/** Without a description of the system, most processes of today have 64 bits. */
function unknownSystem(file: MinidumpFile): SystemInfo {
  const operatingSystem: OperatingSystem = file.streams.has(streamTypes.linuxMaps) ? 'linux' : 'unknown';
  return { architecture: 'unknown', operatingSystem, pointerSize: 8 };
}

function processNameOf(modules: readonly LoadedModule[]): string | null {
  return baseName(modules[0]?.path ?? '') || null;
}
