import type { CapturedRange } from '../../model/dump.ts';
import type { WarningLog } from '../warnings.ts';
import type { AddressReader } from './address-reader.ts';
import { limitCount, type MinidumpFile, openList, openStream, streamTypes } from './minidump-file.ts';

/** All memory ranges that the dump declares to hold; unsorted, not checked against the file's size. */
export function* readMemoryLists(
  file: MinidumpFile,
  readAddress: AddressReader,
  warnings: WarningLog,
): Generator<CapturedRange, void> {
  yield* readMemory64List(file, readAddress, warnings);
  yield* readMemoryList(file, readAddress, warnings);
}

/** MINIDUMP_MEMORY64_LIST: the bytes of all ranges stand one after the other from BaseRva on. */
function* readMemory64List(
  file: MinidumpFile,
  readAddress: AddressReader,
  warnings: WarningLog,
): Generator<CapturedRange, void> {
  const reader = openStream(file, streamTypes.memory64List);
  if (reader === undefined || reader.remaining() < 16) return;
  const start = reader.offset();
  const declared = reader.u64('NumberOfMemoryRanges');
  let fileOffset = reader.u64('BaseRva');
  const room = Math.floor(reader.remaining() / 16);
  const count = limitCount(declared, room, 'MINIDUMP_MEMORY64_LIST', start, warnings);
  for (let index = 0; index < count; index += 1) {
    const at = reader.offset();
    const address = readAddress(reader, 'StartOfMemoryRange');
    const size = reader.u64('DataSize');
    if (!Number.isSafeInteger(fileOffset + size)) {
      // Where the later ranges stand depends on this size, so they are lost too.
      warnings.add('bad-range', `a memory range of ${size} bytes cannot be; it and those after it are skipped`, at);
      break;
    }
    if (size > 0) yield { start: address, size, fileOffset };
    fileOffset += size;
  }
}

/** MINIDUMP_MEMORY_LIST: each range says where its bytes are. */
function* readMemoryList(
  file: MinidumpFile,
  readAddress: AddressReader,
  warnings: WarningLog,
): Generator<CapturedRange, void> {
  const list = openList(file, streamTypes.memoryList, 16, warnings);
  if (list === undefined) return;
  const { reader, start, count } = list;
  reader.seek(start);
  for (let index = 0; index < count; index += 1) {
    const address = readAddress(reader, 'StartOfMemoryRange');
    const size = reader.u32('DataSize');
    const fileOffset = reader.u32('Rva');
    if (size > 0) yield { start: address, size, fileOffset };
  }
}
