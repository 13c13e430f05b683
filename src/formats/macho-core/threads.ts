import type { BinaryReader } from '../../bytes/binary-reader.ts';
import type { Address } from '../../model/address.ts';
import type { LoadCommand, MachHeader } from './macho-header.ts';
import { processors } from './macho-header.ts';

/** Where a thread state has the stack pointer, in words of the process. */
interface StateLayout {
  readonly flavor: number;
  readonly stackPointer: number;
}

/** The general registers: thread states that a core holds for each thread. By processor and width of pointers. */
const layouts: ReadonlyMap<string, StateLayout> = new Map([
  [`${processors.i386}:4`, { flavor: 1, stackPointer: 7 }],
  [`${processors.i386}:8`, { flavor: 4, stackPointer: 7 }],
  [`${processors.arm}:4`, { flavor: 1, stackPointer: 13 }],
  [`${processors.arm}:8`, { flavor: 6, stackPointer: 31 }],
  [`${processors.ppc}:4`, { flavor: 1, stackPointer: 3 }],
  [`${processors.ppc}:8`, { flavor: 5, stackPointer: 3 }],
]);

/** States of which another state follows: its flavor and count stand first (x86_THREAD_STATE). */
const wrappedFlavor = 7;

/** The stack pointer of an LC_THREAD; undefined when its states are none known. */
export function readStackPointer(reader: BinaryReader, command: LoadCommand, header: MachHeader): Address | undefined {
  const layout = layouts.get(`${header.processor}:${header.pointerSize}`);
  if (layout === undefined) return undefined;
  const end = command.offset + command.size;
  let at = command.offset + 8;
  while (at + 8 <= end) {
    reader.seek(at);
    let flavor = reader.u32('flavor');
    const size = reader.u32('count') * 4;
    let state = at + 8;
    at = state + size;
    if (header.processor === processors.i386 && flavor === wrappedFlavor && size >= 8) {
      flavor = reader.u32('flavor');
      state += 8;
    }
    const place = state + layout.stackPointer * header.pointerSize;
    if (flavor !== layout.flavor || place + header.pointerSize > Math.min(at, end)) continue;
    reader.seek(place);
    return header.pointerSize === 8 ? reader.address64('sp') : reader.u32('sp');
  }
  return undefined;
}
