/** axe-core on the pages of report.html, as they open and after everything that opens was opened. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe, { type AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { html } from '../../src/reports/html.ts';
import type { EmbeddedPicture } from '../../src/reports/report-format.ts';
import { sampleReport } from '../synth/leak-report.ts';
import { synthPictureInput } from '../synth/picture-input.ts';
import { drawnOverviews } from './drawn-overviews.ts';
import { chromiumPath, hasChromium, type OpenBrowser, openChromium } from './open-chromium.ts';
import { hostileReport, samplePictures } from './sample-pages.ts';

const drawn = synthPictureInput({ heapMegabytes: [1, 2.5, 5] });
const excerpt = { allocation: 'a1', address: '0x0000550000001010', hex: '00ff41424344', text: ['ABCD'] };

const pages: readonly (readonly [name: string, report: LeakReport, pictures: readonly EmbeddedPicture[]])[] = [
  ['leak with memory contents', sampleReport('leak', { contents: [excerpt] }), samplePictures],
  ['growth', sampleReport('growth'), samplePictures],
  ['none', sampleReport('none'), samplePictures],
  ['inconclusive, without pictures', sampleReport('inconclusive'), []],
  ['hostile names', hostileReport(), samplePictures],
  ['a readout', drawn.report, await drawnOverviews(drawn)],
];

/** What disturbs readers; what axe calls minor or moderate is advice. */
async function findings(page: Page, rules?: readonly string[]): Promise<string[]> {
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html: markup, failureSummary }) => `${id}: ${markup}\n${failureSummary}`));
}

/** Presses whatever can be pressed, and leaves everything open. */
async function openEverything(page: Page): Promise<void> {
  for (const summary of await page.locator('summary').all()) await summary.click();
  for (const button of await page.locator('button:visible:enabled').all()) {
    if (await button.isEnabled()) await button.click();
  }
  // Pictures that flip by themselves would be looked at in the middle of it.
  for (const blink of await page.locator('[data-part=blink][aria-pressed=true]').all()) await blink.click();
  expect(await page.locator('details:not([open])').count()).toBe(0);
}

if (!hasChromium) test.skip(`axe-core in a browser needs ${chromiumPath}: apt-get install -y chromium`, () => {});

describe.skipIf(!hasChromium)('axe-core finds nothing serious', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leakviz-axe-'));
  let browser: OpenBrowser;

  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(report: LeakReport, pictures: readonly EmbeddedPicture[]): Promise<Page> {
    const file = join(folder, 'report.html');
    writeFileSync(file, html.write(report, pictures));
    const page = await browser.context.newPage();
    await page.goto(pathToFileURL(file).href);
    await page.evaluate(axe.source);
    return page;
  }

  test.each(pages)('in a report of %s, light and dark', async (_, report, pictures) => {
    const page = await open(report, pictures);
    await openEverything(page);
    expect(await findings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await findings(page, ['color-contrast', 'link-in-text-block'])).toEqual([]);
    await page.close();
  });

  test('on a phone', async () => {
    const page = await open(sampleReport('leak'), samplePictures);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await findings(page)).toEqual([]);
    await page.close();
  });

  test('where there is nothing: it does find a button without a name and pale text', async () => {
    const page = await open(sampleReport('none'), []);
    const spoil = `document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button>');
      document.documentElement.style.setProperty('--soft', '#ccc');`;
    await page.evaluate(spoil);
    const found = (await findings(page)).join('\n');
    expect(found).toMatch(/^button-name:/m);
    expect(found).toMatch(/^color-contrast:/m);
    await page.close();
  });
});
