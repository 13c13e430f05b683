// What the report says of pages of modules that the dump left out, and of those that files given by the user have.
import type { Dump, DumpWarning } from '../model/dump.ts';
import type { ReportAllocation } from '../model/leak-report.ts';
import { leftOutOfFiles } from '../model/left-out.ts';
import type { Symbols } from '../symbols/open-symbols.ts';
import { printBytes, printCount } from '../text/print-quantity.ts';

/** Of the dump that the symbols are of. What was left out is told where it kept a suspect's pointers from being named. */
export function fileWarnings(dump: Dump, symbols: Symbols, suspects: readonly ReportAllocation[]): DumpWarning[] {
  const filled = symbols.filledIn();
  if (filled !== null) {
    if (filled.bytes === 0) return [];
    const text = `${printBytes(filled.bytes)} that the dump left out are read from ${counted(filled.files, 'file')} of modules, and count nowhere as captured`;
    return [{ code: 'modules-filled-in', message: text, offset: null }];
  }
  const { modules, moduleBytes } = leftOutOfFiles(dump);
  if (moduleBytes === 0 || !suspects.some(hasNamelessPointer)) return [];
  const text = `${printBytes(moduleBytes)} of ${counted(modules, 'module')} were left out of the dump, as their files have them: --modules DIR fills in what is read-only, which may name what the blocks point to`;
  return [{ code: 'modules-left-out', message: text, offset: null }];
}

function hasNamelessPointer({ fields }: ReportAllocation): boolean {
  return fields.some(({ kind, detail }) => kind === 'module-pointer' && /\+0x[0-9a-f]+$/.test(detail));
}

function counted(count: number, noun: string): string {
  return `${printCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
