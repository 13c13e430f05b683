import { formatAddress } from '../../model/address.ts';
import type { DumpDetail } from '../../model/dump.ts';
import type { KernelHeader } from './header.ts';

/** DUMP_TYPE_*, in words. */
const kinds: ReadonlyMap<number, string> = new Map([
  [1, 'complete memory'],
  [2, 'kernel memory (Windows 7 and before)'],
  [4, 'small (triage): no memory but what the debugger needs first'],
  [5, 'bitmap of pages (complete, kernel or active memory)'],
  [6, 'live, bitmap of pages'],
  [8, 'kernel memory, by a debugger'],
  [9, 'kernel and user memory, by a debugger'],
  [10, 'complete memory, by a debugger'],
]);

/** What a kernel dump's header says beyond what all dumps do. */
export function headerDetails(header: KernelHeader): DumpDetail[] {
  const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`;
  const parameters = header.bugCheckParameters.map((value) => formatAddress(value, header.pointerSize));
  const details: (DumpDetail | false)[] = [
    { name: 'Kind', value: kinds.get(header.dumpType) ?? `${header.dumpType}` },
    header.bugCheck !== undefined && { name: 'Bug check', value: hex(header.bugCheck) },
    header.bugCheck !== undefined && { name: 'with', value: parameters.slice(0, 2).join(', ') },
    header.bugCheck !== undefined && { name: 'and', value: parameters.slice(2).join(', ') },
    { name: 'Build', value: `${header.build}${header.isCheckedBuild ? ', checked' : ''}` },
    header.processorCount !== undefined && { name: 'Processors', value: `${header.processorCount}` },
    header.upTime !== undefined && { name: 'Up for', value: `${Math.floor(header.upTime / 1000)} s` },
    header.comment !== '' && { name: 'Comment', value: header.comment },
  ];
  return details.filter((detail) => detail !== false);
}
