import type { DumpDetail } from '../../model/dump.ts';
import type { List } from '../../model/list.ts';
import type { ElfHeader } from './elf-header.ts';
import type { CoreNotes } from './notes.ts';
import type { LoadSegment } from './program-headers.ts';

/** e_machine of processors that reports call `other`, as elf.h names them. */
const otherMachines: ReadonlyMap<number, string> = new Map([
  [2, 'sparc'],
  [4, 'm68k'],
  [8, 'mips'],
  [15, 'hppa'],
  [18, 'sparc'],
  [20, 'ppc'],
  [21, 'ppc64'],
  [22, 's390'],
  [42, 'sh'],
  [43, 'sparc64'],
  [50, 'ia64'],
  [243, 'riscv'],
  [258, 'loongarch'],
  [0x9026, 'alpha'],
]);

/** What a core says beyond what all dumps do. */
export function coreDetails(
  header: ElfHeader,
  notes: CoreNotes,
  { loads, processName }: { readonly loads: List<LoadSegment>; readonly processName: string | null },
): DumpDetail[] {
  const empty = loads.filter((load) => load.fileSize === 0).length;
  const machine = otherMachines.get(header.machine);
  const threadName = notes.process?.name ?? '';
  const details: (DumpDetail | false)[] = [
    machine !== undefined && { name: 'Machine', value: machine },
    { name: 'Segments', value: `${loads.length}, ${empty} of them without bytes` },
    ...storage(notes),
    ...inaccessible(loads),
    notes.files.length > 0 && { name: 'Mapped files', value: counted(notes.files.length, 'mapping') },
    threadName !== '' && processName?.startsWith(threadName) !== true && { name: 'Thread name', value: threadName },
  ];
  return details.filter((detail) => detail !== false);
}

function storage({ capture: { base } }: CoreNotes): DumpDetail[] {
  if (base === undefined) return [];
  return [
    { name: 'Stored as', value: 'what changed; debuggers need a whole core' },
    { name: 'Changes since', value: base.file },
  ];
}

/** Nothing could read or write it: addresses kept for later, guards. It is left out of all totals. */
function inaccessible(loads: List<LoadSegment>): DumpDetail[] {
  const none = loads.filter((load) => load.flags === 0);
  if (none.length === 0 || none.length === loads.length) return [];
  const mapped = none.reduce((sum, load) => sum + (load.end - load.start), 0);
  const count = counted(none.length, 'segment');
  const inFile = none.reduce((sum, load) => sum + load.fileSize, 0);
  return [{ name: 'No access', value: `${mapped} bytes in ${count}, ${inFile} of them in the file` }];
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
