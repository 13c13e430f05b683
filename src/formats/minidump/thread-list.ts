import { createBinaryReader, isExactAddress } from '../../bytes/binary-reader.ts';
import type { Address } from '../../model/address.ts';
import type { Architecture, CapturedRange, Thread } from '../../model/dump.ts';
import type { WarningLog } from '../warnings.ts';
import type { AddressReader } from './address-reader.ts';
import { type MinidumpFile, openList, streamTypes } from './minidump-file.ts';

/** A thread, and the part of its stack that the writer dumped for it. */
export interface ThreadEntry extends Thread {
  /** Undefined when empty or not in the file; in full dumps the memory list holds the same bytes. */
  readonly stack: CapturedRange | undefined;
}

const entrySize = 48;

/** Bytes from the start of a CONTEXT to the stack pointer, and its width. */
const stackPointers: Readonly<Partial<Record<Architecture, readonly [offset: number, width: 4 | 8]>>> = {
  x86: [196, 4],
  x64: [152, 8],
  arm: [56, 4],
  arm64: [0x100, 8],
};

/** MINIDUMP_THREAD_LIST. Empty when the dump has none. */
export function readThreads(
  file: MinidumpFile,
  architecture: Architecture,
  readAddress: AddressReader,
  warnings: WarningLog,
): ThreadEntry[] {
  const list = openList(file, streamTypes.threadList, entrySize, warnings);
  if (list === undefined) return [];
  const { reader, start, count } = list;
  const threads: ThreadEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = start + index * entrySize;
    reader.seek(at);
    const id = reader.u32('ThreadId');
    reader.seek(at + 16);
    const block = readAddress(reader, 'Teb');
    const stackStart = readAddress(reader, 'Stack.StartOfMemoryRange');
    const size = reader.u32('Stack.DataSize');
    const fileOffset = reader.u32('Stack.Rva');
    const contextSize = reader.u32('ThreadContext.DataSize');
    const context = { offset: reader.u32('ThreadContext.Rva'), size: contextSize };
    const isThere = size > 0 && fileOffset + size <= file.source.size && isExactAddress(stackStart);
    threads.push({
      id,
      stackPointer: readStackPointer(file, architecture, context),
      environmentBlock: block === 0 || !isExactAddress(block) ? undefined : block,
      stack: isThere ? { start: stackStart, size, fileOffset } : undefined,
    });
  }
  return threads;
}

function readStackPointer(
  { source, littleEndian }: MinidumpFile,
  architecture: Architecture,
  context: { readonly offset: number; readonly size: number },
): Address | undefined {
  const layout = stackPointers[architecture];
  if (layout === undefined) return undefined;
  const [offset, width] = layout;
  const reader = createBinaryReader(source, { start: context.offset, size: context.size, littleEndian });
  if (reader.remaining() < offset + width) return undefined;
  reader.seek(context.offset + offset);
  const address = width === 8 ? reader.address64('CONTEXT.Sp') : reader.u32('CONTEXT.Sp');
  return isExactAddress(address) ? address : undefined;
}
