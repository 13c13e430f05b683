import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Address, formatAddress } from '../../src/model/address.ts';
import { layoutOf } from '../../src/pictures/layout.ts';
import { overviewPage } from '../../src/pictures/overview.ts';
import { planPage } from '../../src/pictures/page/plan-page.ts';
import { html } from '../../src/reports/html.ts';
import { arenaStart, heapStart, type SynthRegion, synthRegions } from '../synth/leaky-process.ts';
import { synthPictureInput } from '../synth/picture-input.ts';
import { drawnOverviews } from './drawn-overviews.ts';
import { chromiumPath, hasChromium, type OpenBrowser, openChromium } from './open-chromium.ts';
import { bringIntoView } from './point-at.ts';

const sizes = [1, 2.5, 5] as const;
const input = synthPictureInput({ heapMegabytes: sizes });
const regions = synthRegions(sizes);
const layout = layoutOf(input);

const embedded = await drawnOverviews(input);

/** Pixel of the cell that shows an address, from the top left of the picture; its middle. */
function pixelOf(address: Address): { x: number; y: number } {
  for (const band of layout.bands) {
    if (band.kind === 'fold') continue;
    const cell = Math.floor((address - band.cells.start) / layout.bytesPerCell) - band.firstCell;
    if (cell < 0 || cell >= band.cellCount) continue;
    const { content } = planPage(overviewPage(input, 0));
    const x = content.x + ((cell % layout.columns) + 0.5) * layout.cellWidth;
    const row = Math.floor(cell / layout.columns);
    return { x, y: content.y + band.top + (row + 0.5) * layout.cellHeight };
  }
  throw new Error(`no cell shows ${formatAddress(address, 8)}`);
}

/** What is to be said of a page in each dump, from the bytes themselves. */
function truthOf(region: SynthRegion, address: Address): string[] {
  const at = Math.floor((address - region.start) / 4096) * 4096;
  const pages = region.bytes.map((bytes) => bytes?.subarray(at, at + 4096)).map((page) => (page?.length ? page : null));
  return pages.map((page, dump) => {
    if (!page) return 'not mapped';
    if (!region.isCaptured) return 'mapped, not captured';
    const holds = page.some((byte) => byte !== 0) ? 'populated' : 'zero';
    if (dump === 0) return holds;
    const before = pages[dump - 1];
    return `${holds}, ${!before ? 'new' : Buffer.compare(before, page) === 0 ? 'unchanged' : 'changed'}`;
  });
}

/** Neighbouring dumps of which the same is said are told together. */
function storyOf(states: readonly string[]): string {
  const [a, b, c] = states;
  if (a === b && b === c) return `dumps 1–3 ${a}`;
  if (a === b) return `dumps 1–2 ${a}; dump 3 ${c}`;
  return b === c ? `dump 1 ${a}; dumps 2–3 ${b}` : `dump 1 ${a}; dump 2 ${b}; dump 3 ${c}`;
}

/** What has to be said of an address in a dump (from 0). */
function expected(address: Address, dump: number): string {
  const region = regions.find(({ start, bytes }) => address >= start && address < start + bytes.at(-1)!.length)!;
  const cell = address - (address % layout.bytesPerCell);
  const states = truthOf(region, address);
  const first = states.findIndex((state) => state.startsWith('populated'));
  const populated = first < 0 ? 'never populated' : `first populated in dump ${first + 1} of 3`;
  const place = `${formatAddress(cell, 8)} in ${region.name || 'memory'} (${region.kind})`;
  return `${place}: page ${states[dump]}; ${populated}.\n${storyOf(states)}.`;
}

/** Places all over the process, in each of the dumps. */
const places: readonly (readonly [Address, number])[] = [
  [heapStart, 0],
  [heapStart + 0x1230, 2],
  [heapStart + 200_000, 1],
  [heapStart + (1 << 20) + 4096 * 3, 0],
  [heapStart + (1 << 20) + 4096 * 3, 1],
  [heapStart + 4 * (1 << 20) + 0x7770, 1],
  [heapStart + 4 * (1 << 20) + 0x7770, 2],
  [arenaStart + 0x800, 0],
  [arenaStart + 0x800, 1],
  [arenaStart + 1_000_000, 2],
  [heapStart + 0x20040, 1],
  [0x7f3c28000000 + 0x4560, 2],
];

if (!hasChromium) test.skip(`the readout in a browser needs ${chromiumPath}: apt-get install -y chromium`, () => {});

describe.skipIf(!hasChromium)('the readout', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leakviz-readout-'));
  const file = join(folder, 'report.html');
  let browser: OpenBrowser;
  let page: Page;

  beforeAll(async () => {
    writeFileSync(file, html.write(input.report, embedded));
    browser = await openChromium();
    page = await browser.context.newPage();
    await page.setViewportSize({ width: 1400, height: 1000 });
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('.viewer.live .stage[style]');
    await stage().scrollIntoViewIfNeeded();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const stage = () => page.locator('.stage').first();
  const readout = () => page.locator('[data-part=readout]').first().textContent();

  async function showDump(dump: number): Promise<void> {
    await stage().focus();
    await page.keyboard.press('Home');
    for (let step = 0; step < dump; step++) await page.keyboard.press('ArrowRight');
  }

  test.each(places.map(([address, dump]) => [formatAddress(address, 8), dump + 1, address] as const))(
    'names %s in dump %i under the pointer',
    async (_, number, address) => {
      await showDump(number - 1);
      for (let step = 0; step < 4; step++) await page.keyboard.press('+');
      const at = await bringIntoView(page, pixelOf(address));
      await page.mouse.move(at.x, at.y);
      expect(await readout()).toBe(expected(address, number - 1));
    },
  );

  test('follows when the dump is changed under a pointer that stays', async () => {
    await showDump(0);
    const address = heapStart + 4 * (1 << 20);
    const at = await bringIntoView(page, pixelOf(address));
    await page.mouse.move(at.x, at.y);
    expect(await readout()).toBe(expected(address, 0));
    await page.keyboard.press('End');
    expect(await readout()).toBe(expected(address, 2));
  });

  test('shows its cross by a button, in the middle of what is in view', async () => {
    await stage().focus();
    await page.keyboard.press('0');
    const button = page.getByRole('button', { name: 'Cross' }).first();
    await button.click();
    expect(await page.locator('.cross').first().isVisible()).toBe(true);
    expect(await readout()).not.toMatch(/^Point at/);
    await button.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.cross').first().isHidden()).toBe(true);
  });

  test('works without a pointer: a cross is moved by the arrows', async () => {
    await showDump(2);
    await page.keyboard.press('0');
    await page.keyboard.press('c');
    expect(await page.locator('[data-part=aim]').first().getAttribute('aria-pressed')).toBe('true');
    // To the top left corner, then along the first row of the first band with cells.
    for (let step = 0; step < 200; step++) await page.keyboard.press('Shift+ArrowUp');
    for (let step = 0; step < 200; step++) await page.keyboard.press('Shift+ArrowLeft');
    const first = layout.bands[0]!;
    if (first.kind === 'fold') expect(await readout()).toBe(first.text);
    const band = layout.bands.find((one) => one.kind === 'cells')!;
    for (let at = 0; at * layout.cellHeight <= band.top; at++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    const text = (await readout())!;
    expect(text).toMatch(/^0x[0-9a-f]{16} in \[heap\] \(heap\): page /);
    expect((Number.parseInt(text, 16) - heapStart) / layout.bytesPerCell).toBeLessThan(layout.columns * 4);
    await page.keyboard.press('Escape');
    expect(await page.locator('.cross').first().isHidden()).toBe(true);
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.viewer').first().locator('img.shown').getAttribute('alt')).toContain('2');
  });
});

test('the lookup holds places and kinds, and stays small', () => {
  const text = JSON.stringify(embedded[0]!.lookup);
  expect(text.length).toBeLessThan(60_000);
  for (const band of embedded[0]!.lookup!.memory.bands) {
    for (const [count, states] of band.pages) {
      expect(count).toBeGreaterThan(0);
      expect(states).toMatch(/^[-?0-7]{3}$/);
    }
  }
});
