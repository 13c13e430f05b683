import type { Address } from '../../model/address.ts';
import { readCaptured } from '../captured-bytes.ts';
import { textUpToNul } from '../text.ts';
import { type KernelMemory, pointerAt, readLinkedList } from './kernel-memory.ts';

/** The process whose address space the dump was taken in. */
export interface CurrentProcess {
  readonly id: number;
  /** The first 14 bytes of its program's name; empty when it cannot be told. Untrusted text. */
  readonly name: string;
}

/**
 * EPROCESS is laid out anew with each version of Windows, and no dump says how. What has always held: the id stands
 * right before the links of the list of processes, KPROCESS with the directory base begins less than this before them,
 * the name follows less than this behind.
 */
const farthest = 0x800;
const farthestName = 0x400;
/** Bytes read at once while looking. */
const piece = 0x40;

/** Process 4 is the kernel's own and always has this name, which tells where names stand. */
const systemId = 4;
const systemName = 'System';
const nameSize = 15;

/** Undefined when no process of the list (PsActiveProcessHead) has this directory base. */
export function findCurrentProcess(
  memory: KernelMemory,
  head: Address,
  directoryBase: number,
  rootAlignment: number,
): CurrentProcess | undefined {
  const { entries } = readLinkedList(memory, head);
  const owner = entries.find((links) => holdsDirectoryBase(memory, links, directoryBase, rootAlignment));
  const id = owner === undefined ? undefined : readProcessId(memory, owner);
  if (owner === undefined || id === undefined) return undefined;
  const nameOffset = findNameOffset(memory, entries);
  const name = nameOffset === undefined ? undefined : readCaptured(memory, owner + nameOffset, nameSize);
  return { id, name: name === undefined ? '' : textUpToNul(new Uint8Array(name.buffer)) };
}

function readProcessId({ pointerSize, ...bytes }: KernelMemory, links: Address): number | undefined {
  const view = readCaptured(bytes, links - pointerSize, pointerSize);
  const id = view && pointerAt(view, 0, pointerSize);
  return id !== undefined && id > 0 && id < 2 ** 32 ? id : undefined;
}

function holdsDirectoryBase(
  memory: KernelMemory,
  links: Address,
  directoryBase: number,
  rootAlignment: number,
): boolean {
  const { pointerSize } = memory;
  const wanted = directoryBase - (directoryBase % rootAlignment);
  for (let start = links - farthest; start < links; start += piece) {
    const view = readCaptured(memory, start, piece);
    if (view === undefined) continue;
    for (let at = 0; at < piece; at += pointerSize) {
      const value = pointerAt(view, at, pointerSize);
      if (value > 0 && value - (value % rootAlignment) === wanted) return true;
    }
  }
  return false;
}

/** Bytes from the links to the name. */
function findNameOffset(memory: KernelMemory, entries: readonly Address[]): number | undefined {
  const system = entries.find((links) => readProcessId(memory, links) === systemId);
  if (system === undefined) return undefined;
  for (let offset = 0; offset < farthestName; offset += 4) {
    const view = readCaptured(memory, system + offset, nameSize);
    if (view !== undefined && textUpToNul(new Uint8Array(view.buffer)) === systemName) return offset;
  }
  return undefined;
}
