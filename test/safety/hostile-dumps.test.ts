// What the fuzzer found, each as the file that showed it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { reportFormats } from '../../src/reports/index.ts';
import { temporaryFolder } from '../cli/run-cli.ts';
import { reportOf } from '../synth/report-of.ts';
import { writeElfCore } from '../synth/synth-elf-core.ts';
import { writeMinidump } from '../synth/synth-minidump.ts';

async function diffThrice(bytes: Uint8Array): Promise<LeakReport> {
  const path = join(temporaryFolder(), 'hostile.dmp');
  writeFileSync(path, bytes);
  return await reportOf([path, path, path]);
}

test('dumps without any region have a report: nothing grows, and nothing could be seen', async () => {
  const report = await diffThrice(writeElfCore({ segments: [] }));
  expect(report.growth.mappedBytes).toEqual([0, 0, 0]);
  expect(report.verdict.status).toBe('inconclusive');
  for (const { load } of reportFormats)
    expect(/.{0,80}[^.s]NaN.{0,20}/.exec((await load()).write(report, []))).toBeNull();
});

test('a region that claims more than any machine has costs no more than what was captured of it', async () => {
  const size = 2 ** 46;
  const report = await diffThrice(
    writeMinidump({
      memoryInfo: [{ address: 0x10000, size }],
      ranges: [{ address: 0x10000, bytes: new Uint8Array(4096).fill(7) }],
    }),
  );
  expect(report.regions[0]!.mappedBytes).toEqual([size, size, size]);
}, 5000);
