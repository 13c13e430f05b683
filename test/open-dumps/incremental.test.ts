import { readdirSync, readFileSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memorySource } from '../../src/bytes/memory-source.ts';
import { openDumps } from '../../src/open-dumps.ts';
import { temporaryFolder } from '../cli/run-cli.ts';
import { openDump } from '../formats/open-dump.ts';
import { writeElfCore } from '../synth/synth-elf-core.ts';

const pageSize = 4096;
const address = 0x10000;

let folder: string;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => {
  expect(openFiles()).toEqual([]);
});

/** Of the folder; only Linux tells them. */
function openFiles(): string[] {
  if (process.platform !== 'linux') return [];
  const links = readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(join('/proc/self/fd', name));
    } catch {
      return '';
    }
  });
  return links.filter((link) => link.startsWith(folder));
}

interface Step {
  readonly name: string;
  /** Second that it was taken in. */
  readonly second: number;
  /** What the file holds of each page. */
  readonly pages: readonly number[];
  readonly base?: Readonly<Record<string, unknown>>;
  /** A bit per page. */
  readonly unchanged?: string;
}

const timeAt = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

/** Returns what the next one names it by. */
function writeCore({ name, second, pages, base, unchanged }: Step): Readonly<Record<string, unknown>> {
  const notes: [number, string][] = [
    [0x4c560001, JSON.stringify({ capturedAt: timeAt(second), standstill: 'paused', selection: 'written' })],
  ];
  if (base !== undefined) notes.push([0x4c560004, JSON.stringify(base)]);
  if (unchanged !== undefined) notes.push([0x4c560005, unchanged]);
  const bytes = new Uint8Array(pages.length * pageSize);
  for (const [page, value] of pages.entries()) bytes.fill(value, page * pageSize, (page + 1) * pageSize);
  const core = writeElfCore({
    process: { id: 7, name: 'a' },
    auxiliary: [[6, pageSize]],
    segments: [{ address, bytes }],
    captureNotes: notes,
  });
  if (base !== undefined) core.set([0x4c, 0xfe], 16);
  writeFileSync(join(folder, name), core);
  return { file: name, processId: 7, capturedAt: timeAt(second), size: core.length, pageSize };
}

/** Page by page: what the first byte and the last are. */
async function pagesOf(name: string): Promise<(number | undefined)[]> {
  const [dump] = await openDumps([join(folder, name)]);
  try {
    const pages: (number | undefined)[] = [];
    for (let at = address; dump!.memory.u8(at) !== undefined; at += pageSize) {
      expect(dump!.memory.u8(at + pageSize - 1)).toBe(dump!.memory.u8(at));
      pages.push(dump!.memory.u8(at));
    }
    return pages;
  } finally {
    dump!.close();
  }
}

function threeCores() {
  const a = writeCore({ name: 'a.core', second: 1, pages: [1, 2, 3, 4] });
  const b = writeCore({ name: 'b.core', second: 2, pages: [0, 22, 0, 0], base: a, unchanged: '\x0d' });
  const c = writeCore({ name: 'c.core', second: 3, pages: [0, 0, 33, 0, 5], base: b, unchanged: '\x0b' });
  return { a, b, c };
}

const open = (name: string) => openDumps([join(folder, name)]);

describe('an incremental core', () => {
  test('is completed from the one before, through all of the chain', async () => {
    threeCores();
    expect(await pagesOf('a.core')).toEqual([1, 2, 3, 4]);
    expect(await pagesOf('b.core')).toEqual([1, 22, 3, 4]);
    expect(await pagesOf('c.core')).toEqual([1, 22, 33, 4, 5]);
  });

  test('is the same whichever dumps are opened with it, and whichever is closed first', async () => {
    threeCores();
    const dumps = await openDumps(['a.core', 'c.core', 'b.core'].map((name) => join(folder, name)));
    dumps[0]!.close();
    dumps[0]!.close();
    dumps[2]!.close();
    expect(dumps[1]!.memory.u8(address)).toBe(1);
    expect(dumps[1]!.memory.u8(address + pageSize)).toBe(22);
    expect(openFiles()).toHaveLength(process.platform === 'linux' ? 3 : 0);
    dumps[1]!.close();
  });

  test('pages are looked up by address, wherever their segments stand in the files', async () => {
    const bytes = new Uint8Array(2 * pageSize).fill(9);
    const capturedAt = timeAt(1);
    const core = writeElfCore({
      process: { id: 7, name: 'a' },
      segments: [
        { address: 0x1000, bytes: new Uint8Array(pageSize) },
        { address: address + pageSize, bytes },
      ],
      captureNotes: [[0x4c560001, JSON.stringify({ capturedAt })]],
    });
    writeFileSync(join(folder, 'a.core'), core);
    const base = { file: 'a.core', processId: 7, capturedAt, size: core.length, pageSize };
    writeCore({ name: 'b.core', second: 2, pages: [1, 0, 0, 4], base, unchanged: '\x06' });
    expect(await pagesOf('b.core')).toEqual([1, 9, 9, 4]);
  });

  test('says in its details what it needs, and cannot be opened by its bytes alone', async () => {
    threeCores();
    const [dump] = await open('b.core');
    const { details } = dump!.memory.dump;
    expect(details).toContainEqual({ name: 'Stored as', value: 'what changed; debuggers need a whole core' });
    expect(details).toContainEqual({ name: 'Changes since', value: 'a.core' });
    dump!.close();
    const bytes = readFileSync(join(folder, 'b.core'));
    expect(() => openDump(memorySource(bytes))).toThrow('holds only what changed since another one');
  });

  test('is refused without its base, and with another dump in its place', async () => {
    threeCores();
    renameSync(join(folder, 'a.core'), join(folder, 'elsewhere.core'));
    await expect(open('c.core')).rejects.toThrow(
      /b\.core holds only what changed since .*a\.core, and that file is not/,
    );
    writeCore({ name: 'a.core', second: 9, pages: [1, 2, 3, 4] });
    await expect(open('b.core')).rejects.toThrow(
      /b\.core: its base a\.core is another dump now: expected process 7, taken 2026-01-01T00:00:01.000Z, .*; found process 7, taken 2026-01-01T00:00:09/,
    );
    writeFileSync(join(folder, 'a.core'), readFileSync(join(folder, 'elsewhere.core')).subarray(0, -1));
    await expect(open('b.core')).rejects.toThrow('its base a.core is another dump now');
  });

  test('that builds upon itself is refused', async () => {
    const base = { file: 'b.core', processId: 7, capturedAt: timeAt(1), size: 1, pageSize };
    writeCore({ name: 'a.core', second: 1, pages: [0], base, unchanged: '\x01' });
    writeCore({ name: 'b.core', second: 1, pages: [0], base: { ...base, file: 'a.core' }, unchanged: '\x01' });
    writeCore({ name: 'c.core', second: 1, pages: [0], base: { ...base, file: 'c.core' }, unchanged: '\x01' });
    await expect(open('a.core')).rejects.toThrow(/builds upon .*a\.core, which builds upon it/);
    await expect(open('c.core')).rejects.toThrow(/builds upon .*c\.core, which builds upon it/);
  });

  test('of a chain longer than leakviz writes is refused, also where the others are open already', async () => {
    let base = writeCore({ name: '0.core', second: 0, pages: [1] });
    for (let index = 1; index <= 17; index += 1) {
      base = writeCore({ name: `${index}.core`, second: index, pages: [0], base, unchanged: '\x01' });
    }
    expect(await pagesOf('16.core')).toEqual([1]);
    await expect(open('17.core')).rejects.toThrow('builds upon more than 16 files');
    const paths = [16, 17].map((index) => join(folder, `${index}.core`));
    await expect(openDumps(paths)).rejects.toThrow('builds upon more than 16 files');
  });

  test.each(['../a.core', '/etc/a.core', 'x\\a.core', 'c:a.core', '.a.core', 'NUL', 'a.core\n', '\x1b[2J.core', ''])(
    'that names its base %j is refused',
    async (file) => {
      const base = { file, processId: 7, capturedAt: timeAt(1), size: 1, pageSize };
      writeCore({ name: 'b.core', second: 2, pages: [0], base, unchanged: '\x01' });
      const failure = await open('b.core').catch((error: Error) => error.message);
      expect(failure).toMatch(/b\.core: base\.file: expected the name of a core without a folder, found "/);
    },
  );

  test.each([
    ['no base', { base: {} }],
    [
      'a page size that is none',
      { base: { file: 'a.core', processId: 7, capturedAt: timeAt(1), size: 1, pageSize: 3 } },
    ],
  ])('with %s in its note is refused', async (_, { base }) => {
    writeCore({ name: 'b.core', second: 2, pages: [0], base, unchanged: '\x01' });
    await expect(open('b.core')).rejects.toThrow(/b\.core: PT_NOTE: expected a note of LEAKVIZ about its base/);
  });

  test('that lost its list of pages, or takes a page that its base lacks, is refused', async () => {
    const base = writeCore({ name: 'a.core', second: 1, pages: [1] });
    writeCore({ name: 'b.core', second: 2, pages: [0], base });
    await expect(open('b.core')).rejects.toThrow(/b\.core: PT_NOTE: expected a note of LEAKVIZ about unchanged pages/);
    writeCore({ name: 'b.core', second: 2, pages: [0, 0], base, unchanged: '\x03' });
    await expect(open('b.core')).rejects.toThrow(/b\.core: unchanged: expected pages that its base has/);
  });

  test('bits beyond its memory mean nothing', async () => {
    const base = writeCore({ name: 'a.core', second: 1, pages: [1] });
    writeCore({ name: 'b.core', second: 2, pages: [0], base, unchanged: '\x7f\x7f\x7f' });
    expect(await pagesOf('b.core')).toEqual([1]);
  });
});
