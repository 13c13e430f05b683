import type { ByteSource } from '../../bytes/byte-source.ts';
import { indexHolding } from '../intervals.ts';
import type { WarningLog } from '../warnings.ts';
import type { KernelHeader } from './header.ts';
import { type AddressSpaceMap, walkPageTables } from './page-tables.ts';
import { type PagingMode, pagingModesOf } from './paging-modes.ts';
import type { PhysicalPages } from './physical-pages.ts';

/** The address space that the processor which wrote the dump was in. */
export interface FoundAddressSpace extends AddressSpaceMap {
  readonly mode: PagingMode;
}

/**
 * Nothing in the header tells how many levels the tables have, nor whether they are all there: they are taken at their
 * word when they lead to the kernel's list of modules. Undefined, with a warning, when no way of reading them does.
 */
export function findAddressSpace(
  source: ByteSource,
  header: KernelHeader,
  pages: PhysicalPages,
  warnings: WarningLog,
): FoundAddressSpace | undefined {
  const landmark = header.moduleList ?? header.processList;
  const modes = landmark === undefined ? [] : pagingModesOf(header.architecture, header.usesPae);
  for (const mode of modes) {
    const space = walkPageTables(source, pages, mode, header.directoryBase);
    if (indexHolding(space.mapped, landmark!) < 0) continue;
    if (space.isCut) {
      const text = 'the page tables lead to more memory than the file can hold; the rest is left out';
      warnings.add('page-tables-cut', text);
    }
    return { ...space, mode };
  }
  const found = modes.length === 0 ? 'there are none that can be read' : 'they do not lead to the list of modules';
  const base = `0x${header.directoryBase.toString(16)}`;
  warnings.add('no-page-tables', `the page tables at physical address ${base} cannot be used: ${found}`);
  return undefined;
}
