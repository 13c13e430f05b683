import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeElfCore } from '../synth/synth-elf-core.ts';

/** A core of one region, too small to say anything, which is all that tests of the command line itself need. */
export function smallCore(options: { readonly is64Bit?: boolean; readonly pages?: number } = {}): Uint8Array {
  const bytes = new Uint8Array((options.pages ?? 4) * 4096).fill(7);
  return writeElfCore({ is64Bit: options.is64Bit ?? true, segments: [{ address: 0x10000, bytes }] });
}

/** Writes cores that grow by four pages each; returns their paths. */
export function writeSmallCores(folder: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const path = join(folder, `${index + 1}.core`);
    writeFileSync(path, smallCore({ pages: 4 * (index + 1) }));
    return path;
  });
}
