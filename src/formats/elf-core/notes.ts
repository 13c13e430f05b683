import { type BinaryReader, createBinaryReader } from '../../bytes/binary-reader.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { textUpToNul } from '../text.ts';
import { longestVmcoreInfo, parseVmcoreInfo, type VmcoreInfo } from '../vmcoreinfo.ts';
import type { WarningLog } from '../warnings.ts';
import { type CaptureFacts, captureNoteOwner, createCaptureReader } from './capture-notes.ts';
import type { ElfHeader } from './elf-header.ts';
import { type FileMapping, readFileMappings } from './file-mappings.ts';
import {
  type AuxiliaryVector,
  type ProcessInfo,
  readAuxiliaryVector,
  readProcessInfo,
  readThread,
  type ThreadStatus,
} from './process-notes.ts';
import type { NoteSegment } from './program-headers.ts';

/** What the notes of a core say. Everything is optional: old kernels and odd writers leave much out. */
export interface CoreNotes {
  /** Owner names of the notes, such as `CORE`, `LINUX`, `GDB`, `FreeBSD`. */
  readonly owners: ReadonlySet<string>;
  /** In file order; the first is the one that crashed or was current. */
  readonly threads: readonly ThreadStatus[];
  readonly process: ProcessInfo | undefined;
  readonly files: readonly FileMapping[];
  readonly auxiliary: AuxiliaryVector;
  /** Of a kernel's core only. */
  readonly vmcoreInfo: VmcoreInfo | undefined;
  /** By leakviz itself; empty in cores of others. */
  readonly capture: CaptureFacts;
}

/** A note's name and where its description stands. */
interface NoteHeader {
  readonly owner: string;
  readonly type: number;
  readonly offset: number;
  readonly size: number;
}

/** Note types of elf.h. */
const statusType = 1;
const processInfoType = 3;
const auxiliaryType = 6;
const fileType = 0x46494c45;

const longestOwner = 64;

/** Writers that damage the padding between notes lose a few bytes; a megabyte of junk is no padding. */
const longestGap = 1 << 20;

/** Reads all notes that are in the file; what is damaged is skipped with a warning. */
export function readNotes(
  source: ByteSource,
  header: ElfHeader,
  segments: readonly NoteSegment[],
  warnings: WarningLog,
): CoreNotes {
  const owners = new Set<string>();
  const threads: ThreadStatus[] = [];
  let files: readonly FileMapping[] = [];
  let process: ProcessInfo | undefined;
  let auxiliary: AuxiliaryVector = new Map();
  let vmcoreInfo: VmcoreInfo | undefined;
  const capture = createCaptureReader(warnings);
  for (const segment of segments) {
    for (const note of walkNotes(source, header, segment, warnings)) {
      owners.add(note.owner);
      const options = { start: note.offset, size: note.size, littleEndian: header.littleEndian };
      const reader = createBinaryReader(source, options);
      if (note.owner === 'VMCOREINFO') vmcoreInfo ??= readVmcoreInfo(reader);
      if (note.owner === captureNoteOwner) capture.add(note.type, reader);
      if (note.owner !== 'CORE') continue;
      if (note.type === statusType) addIfRead(threads, readThread(reader, header));
      else if (note.type === processInfoType) process ??= readProcessInfo(reader, header);
      else if (note.type === auxiliaryType && auxiliary.size === 0) auxiliary = readAuxiliaryVector(reader, header);
      else if (note.type === fileType && files.length === 0) files = readFileMappings(reader, header, warnings);
    }
  }
  return { owners, threads, process, files, auxiliary, vmcoreInfo, capture: capture.facts() };
}

function readVmcoreInfo(reader: BinaryReader): VmcoreInfo {
  const size = Math.min(reader.remaining(), longestVmcoreInfo);
  return parseVmcoreInfo(textUpToNul(reader.bytes(size, 'VMCOREINFO')));
}

function addIfRead<T>(list: T[], item: T | undefined): void {
  if (item !== undefined) list.push(item);
}

function* walkNotes(
  source: ByteSource,
  header: ElfHeader,
  segment: NoteSegment,
  warnings: WarningLog,
): Generator<NoteHeader> {
  const start = segment.fileOffset;
  if (start + segment.size > source.size) {
    warnings.add('truncated-notes', 'the notes (threads, mapped files) are cut off by the end of the file', start);
  }
  const reader = createBinaryReader(source, { start, size: segment.size, littleEndian: header.littleEndian });
  while (reader.remaining() >= 12) {
    const at = reader.offset();
    const note = readNoteHeader(reader);
    if (note !== undefined) {
      yield note;
      reader.seek(note.offset + align4(note.size));
      continue;
    }
    reader.seek(at);
    if (!seekNextNote(reader)) return;
    warnings.add('damaged-notes', 'bytes between two notes are no note and were skipped', at);
  }
}

/** Undefined where no note stands: sizes run over the end, or all is zero. */
function readNoteHeader(reader: BinaryReader): NoteHeader | undefined {
  const nameSize = reader.u32('n_namesz');
  const size = reader.u32('n_descsz');
  const type = reader.u32('n_type');
  if (nameSize === 0 || nameSize > longestOwner || (size === 0 && type === 0)) return undefined;
  const offset = reader.offset() + align4(nameSize);
  if (offset > reader.end()) return undefined;
  const owner = textUpToNul(reader.bytes(nameSize, 'n_name'));
  // Only the file's end may cut a note short; anything else that is too long is junk.
  if (offset + size > reader.end() && owner !== 'CORE' && owner !== 'LINUX') return undefined;
  return { owner, type, offset, size: Math.min(size, reader.end() - offset) };
}

/**
 * Moves on to the next place, 4-aligned from here, where a note named CORE or LINUX begins; false if there is none.
 * Notes begin with name size, description size and type, so the name is looked for 12 bytes ahead.
 */
function seekNextNote(reader: BinaryReader): boolean {
  const first = reader.offset() + 4;
  const last = Math.min(reader.end() - 20, first + longestGap);
  for (let at = first; at <= last; at += 4) {
    reader.seek(at);
    const nameSize = reader.u32('n_namesz');
    if (nameSize !== 5 && nameSize !== 6) continue;
    reader.seek(at + 12);
    const name = textUpToNul(reader.bytes(nameSize, 'n_name'));
    if (name !== 'CORE' && name !== 'LINUX') continue;
    reader.seek(at);
    return true;
  }
  return false;
}

function align4(size: number): number {
  return Math.ceil(size / 4) * 4;
}
