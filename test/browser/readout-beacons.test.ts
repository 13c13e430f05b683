/** Texts laid out at known addresses are found in the picture by their colour; the readout has to name those addresses. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kindColours } from '../../src/draw/palette.ts';
import { html } from '../../src/reports/html.ts';
import { diffedInput } from '../synth/diffed-input.ts';
import { randomNumbers } from '../synth/leaky-process.ts';
import { drawnOverviews } from './drawn-overviews.ts';
import { chromiumPath, hasChromium, type OpenBrowser, openChromium } from './open-chromium.ts';
import { bringIntoView } from './point-at.ts';

const page = 4096;
const beaconBytes = 256;
const first = { start: 0x5555_5000_0000, size: 768 * 1024 };
const second = { start: 0x7f12_3400_0000, size: 512 * 1024 };

/** Ten, in both regions: their first and last bytes too. */
const beacons = [
  ...[0, 0x3100, 0x12300, 0x57700, 0x80000, 0xbff00].map((offset) => first.start + offset),
  ...[0, 0x8400, 0x41c00, 0x7ff00].map((offset) => second.start + offset),
];
/** The page of this beacon is written to between the dumps; the others stay as they are. */
const changing = beacons[3]!;
/** That page and what follows it is zero in the first dump. */
const late = beacons[8]!;

function bytesOf(region: typeof first, dump: number): Uint8Array {
  const random = randomNumbers(region.size);
  const bytes = Buffer.alloc(region.size);
  for (let at = 0; at < region.size; at += 8) bytes.writeUInt32LE(1 + Math.floor(random() * 3000), at);
  for (const beacon of beacons) {
    const at = beacon - region.start;
    if (at >= 0 && at < region.size) bytes.write('a text of words '.repeat(beaconBytes / 16), at, 'latin1');
  }
  if (region === first) bytes.writeUInt32LE(dump, changing - first.start + beaconBytes);
  if (region === second && dump === 0) bytes.fill(0, late - second.start - ((late - second.start) % page));
  return bytes;
}

/** Middles of the patches of that colour in the picture's memory area. */
function patches(png: Uint8Array, left: number, top: number): { x: number; y: number }[] {
  const { width, height, data } = PNG.sync.read(Buffer.from(png));
  const [r, g, b] = kindColours.text;
  const isText = (x: number, y: number) => {
    const at = (y * width + x) * 4;
    return Math.abs(data[at]! - r) + Math.abs(data[at + 1]! - g) + Math.abs(data[at + 2]! - b) < 24;
  };
  const seen = new Uint8Array(width * height);
  const found: { x: number; y: number }[] = [];
  for (let y = top; y < height; y++) {
    for (let x = left; x < width; x++) {
      if (seen[y * width + x] || !isText(x, y)) continue;
      const pixels = [{ x, y }];
      seen[y * width + x] = 1;
      for (const pixel of pixels) {
        for (const [dx, dy] of [
          [1, 0],
          [-1, 0],
          [0, 1],
          [0, -1],
        ] as const) {
          const next = { x: pixel.x + dx, y: pixel.y + dy };
          if (next.x < left || next.y < top || next.x >= width || next.y >= height) continue;
          if (seen[next.y * width + next.x] || !isText(next.x, next.y)) continue;
          seen[next.y * width + next.x] = 1;
          pixels.push(next);
        }
      }
      found.push(pixels[pixels.length >> 1]!);
    }
  }
  return found;
}

if (!hasChromium) test.skip(`the readout in a browser needs ${chromiumPath}: apt-get install -y chromium`, () => {});

describe.skipIf(!hasChromium)('the readout names the address of what is seen', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leakviz-beacons-'));
  let browser: OpenBrowser;

  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(file: string, text: string): Promise<Page> {
    const path = join(folder, file);
    writeFileSync(path, text);
    const opened = await browser.context.newPage();
    await opened.setViewportSize({ width: 1400, height: 1000 });
    await opened.goto(pathToFileURL(path).href);
    await opened.waitForSelector('.viewer.live .stage[style]');
    await opened.locator('.stage').first().scrollIntoViewIfNeeded();
    return opened;
  }

  test.each(['linear', 'hilbert'] as const)('in %s order, at ten places', async (order) => {
    const dumps = [0, 1].map((dump) => [first, second].map((one) => ({ start: one.start, bytes: bytesOf(one, dump) })));
    const input = { ...(await diffedInput(dumps, 32)), order };
    const pictures = await drawnOverviews(input);
    const opened = await open(`${order}.html`, html.write(input.report, pictures));
    const { png, lookup } = pictures.at(-1)!;
    const hit = new Set<number>();
    for (const patch of patches(png, lookup!.left, lookup!.top)) {
      const at = await bringIntoView(opened, { x: patch.x + 0.5, y: patch.y + 0.5 });
      await opened.mouse.move(at.x, at.y);
      const text = (await opened.locator('[data-part=readout]').first().textContent())!;
      // The legend has such a patch too.
      if (text === 'No memory here.') continue;
      const address = Number.parseInt(text, 16);
      const beacon = beacons.find((start) => address >= start && address < start + beaconBytes);
      expect(beacon, text).toBeDefined();
      hit.add(beacon!);
      expect(text).toContain(
        beacon! >= late
          ? 'dump 1 zero; dump 2 populated, changed.'
          : beacon === changing
            ? 'dump 1 populated; dump 2 populated, changed.'
            : 'dump 1 populated; dump 2 populated, unchanged.',
      );
    }
    expect([...hit].sort((a, b) => a - b)).toEqual(beacons);
    await opened.close();
  });
});
