import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openSymbols, type Symbols } from '../../src/symbols/open-symbols.ts';
import { type FakeDumpOptions, fakeMemory } from '../synth/fake-memory.ts';

export const moduleStart = 0x7f00_0000_0000;

export interface ModuleFixture extends FakeDumpOptions {
  readonly path: string;
  readonly start?: number;
  /** Bytes of memory that the dump gives the module. */
  readonly size?: number;
  /** The module as it was loaded. */
  readonly image: Uint8Array;
  /** Offsets of its pages that the dump holds; none unless given. */
  readonly pages?: readonly number[];
  /** Bytes that are in memory only, by address. */
  readonly further?: readonly { readonly start: number; readonly bytes: Uint8Array }[];
  /** As the list of modules has it. */
  readonly debugId?: string;
  /** Writable memory that the dump describes and does not hold. */
  readonly withoutBytes?: readonly { readonly start: number; readonly bytes: Uint8Array }[];
  /** Files by name in the folder given for modules. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

/** Names in a process that has one module. */
export function symbolsOf(fixture: ModuleFixture): Symbols {
  const start = fixture.start ?? moduleStart;
  const pages = (fixture.pages ?? []).map((offset) => ({
    start: start + offset,
    bytes: fixture.image.subarray(offset, offset + 0x1000),
  }));
  const { debugId, path } = fixture;
  const modules = [{ start, end: start + (fixture.size ?? 0x5000), path, ...(debugId ? { debugId } : {}) }];
  const held = [...pages, ...(fixture.further ?? [])];
  const memory = fakeMemory(held, { ...fixture, modules });
  const described = fakeMemory([...held, ...(fixture.withoutBytes ?? [])]).dump.regions;
  const symbols = openSymbols(
    { ...memory, dump: { ...memory.dump, regions: described } },
    { folders: fixture.files ? [folderWith(fixture.files)] : [] },
  );
  onTestFinished(() => symbols.close());
  return symbols;
}

function folderWith(files: Readonly<Record<string, Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'leakviz-modules-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return folder;
}

/** A page that a test puts words and texts into. */
export interface PageWriter {
  readonly bytes: Uint8Array;
  word(offset: number, value: number): void;
  u32(offset: number, value: number): void;
  text(offset: number, text: string): void;
}

export function newPage(pointerSize: 4 | 8 = 8, littleEndian = true): PageWriter {
  const bytes = new Uint8Array(0x1000);
  const view = new DataView(bytes.buffer);
  const u32 = (offset: number, value: number) => view.setUint32(offset, value, littleEndian);
  return {
    bytes,
    u32,
    word: (offset, value) =>
      pointerSize === 8 ? view.setBigInt64(offset, BigInt(value), littleEndian) : u32(offset, value),
    text: (offset, text) => void Buffer.from(bytes.buffer).write(`${text}\0`, offset, 'latin1'),
  };
}
