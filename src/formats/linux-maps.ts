// Lines of /proc/PID/maps: of a live process, and as dumps quote them.
import { isExactAddress } from '../bytes/binary-reader.ts';
import { type Address, parseAddress } from '../model/address.ts';

/** One mapping, as the kernel describes it. */
export interface LinuxMapping {
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly executable: boolean;
  /** MAP_SHARED: what is written is seen by others, and by the file. */
  readonly shared: boolean;
  /** Where in its file it begins, in bytes. */
  readonly fileOffset: number;
  /** Path, or a name in brackets, or empty. Line breaks in paths stand as `\012`. Untrusted text. */
  readonly name: string;
}

/** Address range, access rights, offset, device, inode, path. */
const line = /^([0-9a-f]+)-([0-9a-f]+) ([r-])([w-])([x-])([ps]) ([0-9a-f]+) [0-9a-f]+:[0-9a-f]+ \d+ *(.*)$/;

/** Undefined when it is no such line, or its addresses cannot be. */
export function readMapsLine(row: string): LinuxMapping | undefined {
  const found = line.exec(row);
  if (found === null) return undefined;
  const start = parseAddress(found[1]!);
  const end = parseAddress(found[2]!);
  const fileOffset = parseAddress(found[7]!);
  if (start === undefined || end === undefined || fileOffset === undefined || end <= start) return undefined;
  if (!isExactAddress(start) || !isExactAddress(end)) return undefined;
  return {
    start,
    end,
    readable: found[3] === 'r',
    writable: found[4] === 'w',
    executable: found[5] === 'x',
    shared: found[6] === 's',
    fileOffset,
    name: found[8]!,
  };
}

/** Whether anything may access it; other mappings only reserve addresses. */
export function isAccessible({ readable, writable, executable }: LinuxMapping): boolean {
  return readable || writable || executable;
}
