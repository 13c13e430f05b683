import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { newRandom } from '../synth/pool-process.ts';
import { writeKernelDump } from '../synth/synth-kernel-dump.ts';
import { runCli, temporaryFolder } from './run-cli.ts';

const page = 4096;
const driver = -0x7fb_8000_f000;
const pool = -0x3000_0000_0000;
const driverBytes = Uint8Array.from({ length: 8 * page }, (_, index) => index % 251);

/** A driver's blocks as the pool keeps them: header with size and tag, pages begun anew, what is left over free. */
function poolPages(blockCount: number, stride: number): Uint8Array {
  const perPage = Math.floor(page / stride);
  const bytes = new Uint8Array(Math.ceil(blockCount / perPage) * page);
  const view = new DataView(bytes.buffer);
  const random = newRandom(11);
  for (let index = 0; index < blockCount; index += 1) {
    const at = Math.floor(index / perPage) * page + (index % perPage) * stride;
    view.setUint8(at, index % perPage === 0 ? 0 : stride / 16);
    view.setUint8(at + 2, stride / 16);
    view.setUint8(at + 3, 2);
    view.setUint32(at + 4, 0x6b61_654c, true);
    view.setBigInt64(at + 16, BigInt(driver + 0x3008), true);
    view.setBigInt64(at + 24, BigInt(pool + at), true);
    for (let inner = 32; inner < 48; inner += 4) view.setUint32(at + inner, random(), true);
    view.setUint32(at + 48, index, true);
  }
  return bytes;
}

function kernelDump(blockCount: number, index: number): Uint8Array {
  return writeKernelDump({
    paging: 'x64',
    type: 5,
    selfMap: true,
    time: 1_600_000_000_000 + index * 3_600_000,
    modules: [{ address: driver, size: driverBytes.length, path: '\\SystemRoot\\system32\\hal.dll' }],
    mappings: [
      { address: driver, bytes: driverBytes, readOnly: true },
      { address: pool - 64 * page, bytes: poolPages(900, 208) },
      { address: pool, bytes: poolPages(blockCount, 96) },
    ],
  });
}

/** Three dumps of the same machine, an hour apart. */
function writeDumps(folder: string, counts: readonly number[]): string[] {
  return counts.map((count, index) => {
    const path = join(folder, `${index + 1}.dmp`);
    writeFileSync(path, kernelDump(count, index));
    return path;
  });
}

test('three kernel dumps with a growing pool name the size of its blocks, by virtual address', async () => {
  const folder = temporaryFolder();
  const counts = [3000, 9000, 15_000];
  const result = await runCli(['diff', ...writeDumps(folder, counts), '-o', join(folder, 'out')]);
  expect(result.stderr).toBe('');
  expect(result.stdout).toContain('LEAK  Blocks of 96 bytes pile up');
  expect(result.stdout).toContain('private at 0xffffd00000000000');
  const report = JSON.parse(readFileSync(join(folder, 'out', 'report.json'), 'utf8')) as LeakReport;
  expect(report.dumps.map(({ format, capturedAt }) => [format, capturedAt])).toEqual(
    [0, 1, 2].map((hour) => ['windows-kernel', new Date(1_600_000_000_000 + hour * 3_600_000).toISOString()]),
  );
  expect(report.verdict.suspects).toHaveLength(1);
  const suspect = report.allocations.find(({ id }) => id === report.verdict.suspects[0])!;
  expect(suspect.strideBytes).toBe(96);
  // Of a page's 42 blocks the last has no neighbour of its kind.
  for (const [index, count] of suspect.counts.entries()) {
    expect(Math.abs(count! - counts[index]!)).toBeLessThan(counts[index]! / 40);
  }
  const [debug, capture] = report.nextSteps;
  expect(debug).toMatchObject({ tool: 'windbg' });
  expect(debug!.commands[0]).toMatch(/^!pool 0xffffd0000[0-9a-f]{7} 2$/);
  expect(capture!.commands[0]).toBe('poolmon -b');
});

test('a module is rendered by its name, byte for byte', async () => {
  const folder = temporaryFolder();
  const [path] = writeDumps(folder, [10]);
  const out = join(folder, 'hal.bmp');
  const result = await runCli(['render', path!, out, '--module', 'hal', '--bpp', '24', '--width', '4096']);
  expect(result.code).toBe(0);
  expect(readFileSync(out).includes(Buffer.from(driverBytes))).toBe(true);
});

test('a dump whose addresses are virtual is not compared with one by physical page', async () => {
  const folder = temporaryFolder();
  const [first, second] = writeDumps(folder, [10, 20]);
  const bytes = readFileSync(second!);
  bytes.writeUInt32LE(0x7ffff000, 0x10);
  writeFileSync(second!, bytes);
  const result = await runCli(['diff', first!, second!]);
  expect(result.code).toBe(2);
  expect(result.stderr).toContain('the addresses of');
  const info = await runCli(['info', second!]);
  expect(info.stdout).toMatch(/Addresses +physical/);
  expect(info.stdout.replaceAll(/\s+/g, ' ')).toContain(
    'the page tables at physical address 0x7ffff000 cannot be used',
  );
});
