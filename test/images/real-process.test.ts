import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { allocators } from '../../src/allocators/index.ts';
import { findImages } from '../../src/images/find-images.ts';
import { fileOf } from '../../src/images/found-image.ts';
import { largeBlocks } from '../../src/inspect/large-blocks.ts';
import { openDumps } from '../../src/open-dumps.ts';
import { missingTools } from '../accuracy/tools.ts';

const program = join(import.meta.dirname, 'programs', 'hold-bitmap.c');

function truePixel(x: number, y: number): number[] {
  const noise = (x * 7 + y * 13) % 5;
  const distance = Math.trunc(((x - 90) ** 2 + (y - 70) ** 2) / 70);
  return [20 + x + noise, 30 + y + noise, Math.min(250, distance), 255];
}

// Linux only: gcore reads a living process.
test.skipIf(missingTools().length > 0)(
  'the bitmap of a real process, dumped by gcore, is exact',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'leakviz-bitmap-'));
    const binary = join(folder, 'hold-bitmap');
    execFileSync('gcc', ['-O1', '-o', binary, program]);
    const child = spawn(binary, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const said = await new Promise<string>((resolve) =>
        child.stdout.once('data', (text: Buffer) => resolve(String(text))),
      );
      execFileSync('gcore', ['-o', join(folder, 'core'), String(child.pid)], { stdio: 'ignore' });
      const [dump] = await openDumps([join(folder, `core.${child.pid}`)]);
      const { memory } = dump!;
      const known = await largeBlocks(memory, { allocators, leastBytes: 4096 });
      const { images } = await findImages(memory, { ...known, leastSide: 48, order: undefined });
      expect(images).toMatchObject([
        { kind: 'raw', address: Number(said), width: 203, height: 150, raw: { stride: 612, order: 'rgb' } },
      ]);
      const { data } = PNG.sync.read(Buffer.concat([...fileOf(memory, images[0]!)]));
      const truth = Array.from({ length: 203 * 150 }, (_, index) => truePixel(index % 203, Math.floor(index / 203)));
      expect(data.equals(Buffer.from(truth.flat()))).toBe(true);
      dump!.close();
    } finally {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  180_000,
);
