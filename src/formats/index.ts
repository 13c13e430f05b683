import type { ByteSource } from '../bytes/byte-source.ts';
import { avml } from './avml/index.ts';
import type { DumpFile, DumpFormat, OpenOptions } from './dump-format.ts';
import { elfCore } from './elf-core/index.ts';
import { kdump } from './kdump/index.ts';
import { lime } from './lime.ts';
import { machoCore } from './macho-core/index.ts';
import { minidump } from './minidump/index.ts';
import { raw } from './raw.ts';
import { windowsKernel } from './windows-kernel/index.ts';

/** All formats, in probing order; raw takes whatever is left and so stands last. */
export const dumpFormats = [
  minidump,
  elfCore,
  windowsKernel,
  machoCore,
  kdump,
  lime,
  avml,
  raw,
] as const satisfies readonly DumpFormat[];

export type DumpFormatId = (typeof dumpFormats)[number]['id'];

/** Bytes that formats are told apart by. */
const headSize = 4096;

/** The format of a file, by its content. */
export function findFormat(source: ByteSource): DumpFormat {
  const head = new Uint8Array(Math.min(headSize, source.size));
  const got = source.read(0, head);
  return dumpFormats.find((format) => format.probe(head.subarray(0, got))) ?? raw;
}

/** Reads what a dump says about its process; see OpenDumpFile. The source must stay open for the memory's sake. */
export async function openDump(source: ByteSource, options: OpenOptions = {}): Promise<DumpFile> {
  const open = await findFormat(source).load();
  return open(source, options);
}
