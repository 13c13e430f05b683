import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LeakReport } from '../../src/model/leak-report.ts';
import { html } from '../../src/reports/html.ts';
import { sampleReport } from '../synth/leak-report.ts';
import { chromiumPath, hasChromium, type OpenBrowser, openChromium } from './open-chromium.ts';
import { hostileReport, overviewColors, samplePictures as pictures } from './sample-pages.ts';

const folder = mkdtempSync(join(tmpdir(), 'leakviz-html-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, report: LeakReport): string {
  const path = join(folder, name);
  writeFileSync(path, html.write(report, pictures));
  return pathToFileURL(path).href;
}

if (!hasChromium) {
  test.skip(`report.html in a browser needs ${chromiumPath}: apt-get install -y chromium`, () => {});
}

describe.skipIf(!hasChromium)('report.html in Chromium', () => {
  let browser: OpenBrowser;
  let page: Page;
  let messages: string[];
  let requests: string[];
  const address = write('report.html', sampleReport('leak'));

  beforeAll(async () => {
    browser = await openChromium();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    messages = [];
    requests = [];
    page = await browser.context.newPage();
    page.on('console', (message) => messages.push(message.text()));
    page.on('pageerror', (error) => messages.push(error.message));
    page.on('dialog', (dialog) => {
      messages.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => requests.push(request.url().slice(0, 100)));
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  /** Whatever a test did, the page stayed silent and asked for nothing. */
  afterEach(async () => {
    const own = requests.filter((url) => !url.startsWith('data:') && !url.startsWith(pathToFileURL(folder).href));
    expect(own).toEqual([]);
    expect(messages).toEqual([]);
    await page.close();
  });

  async function open(url = address): Promise<void> {
    await page.goto(url);
    await page.waitForSelector('.viewer.live .stage[style]');
  }

  test.each(['light', 'dark'] as const)('opens in %s without a word on the console', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await open();
    const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(background).toBe(colorScheme === 'light' ? 'rgb(250, 249, 246)' : 'rgb(21, 25, 28)');
  });

  test('hostile names run nothing and are shown escaped', async () => {
    await open(write('hostile.html', hostileReport()));
    expect(await page.locator('script').count()).toBe(1);
    expect(await page.locator('body img').count()).toBe(pictures.length);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('<script>alert(1)</script>');
    await page.locator('summary').first().click();
  });

  test('a page on a phone is no wider than the phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open(write('phone.html', hostileReport()));
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });

  test('prints', async () => {
    await open();
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    // No table is cut off at the edge of an A4 page with these margins.
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: Math.floor((182 / 25.4) * 96), height: 1000 });
    const cut = 'Array.from(document.querySelectorAll(".scroll"), (box) => box.scrollWidth - box.clientWidth)';
    expect(Math.max(...(await page.evaluate<number[]>(cut)))).toBeLessThanOrEqual(0);
  });

  describe('tables', () => {
    const regions = '#region-1';
    const names = () => page.locator(`table:has(${regions}) tbody th bdi`).allInnerTexts();
    const header = (name: string) => page.locator(`table:has(${regions})`).getByRole('button', { name });

    test('are sorted by a click, and the other way round by another', async () => {
      await open();
      expect(await names()).toEqual(['[heap]', 'private memory', '[stack]']);
      await header('Growth').click();
      expect(await names()).toEqual(['[heap]', 'private memory', '[stack]']);
      await header('Growth').click();
      expect(await names()).toEqual(['[stack]', 'private memory', '[heap]']);
      expect(await page.locator(`table:has(${regions}) th[aria-sort]`).getAttribute('aria-sort')).toBe('ascending');
    });

    test('are sorted by keyboard, by what is meant and not by what is written', async () => {
      await open();
      await header('Populated').focus();
      await page.keyboard.press('Enter');
      expect(await names()).toEqual(['[heap]', 'private memory', '[stack]']);
      await page.keyboard.press('Space');
      expect(await names()).toEqual(['[stack]', 'private memory', '[heap]']);
    });

    test('keep missing values at the end either way', async () => {
      await open();
      await header('In live blocks').click();
      expect((await names())[0]).toBe('[heap]');
      await header('In live blocks').click();
      expect((await names())[0]).toBe('[heap]');
    });
  });

  describe('the viewer', () => {
    const stage = () => page.locator('.stage').first();
    const button = (name: string) => page.locator('.viewer').first().getByRole('button', { name, exact: true });
    const shown = () => page.locator('.viewer').first().locator('img.shown').getAttribute('alt');
    const label = () => page.locator('.viewer').first().locator('[data-part=label]').textContent();
    const scale = async () =>
      Number.parseInt((await page.locator('.viewer').first().locator('[data-part=scale]').textContent())!, 10);
    const scrolled = () => stage().evaluate((element) => [element.scrollLeft, element.scrollTop]);

    test('shows the last dump first, and flips by buttons', async () => {
      await open();
      expect(await label()).toBe('Dump 3 of 3, 6 min after the first');
      await button('Dump before').click();
      expect(await shown()).toBe('Title of overview-2');
      await button('Dump before').click();
      expect(await button('Dump before').isDisabled()).toBe(true);
      await button('Next dump').click();
      expect(await label()).toBe('Dump 2 of 3, 2 min 30 s after the first');
    });

    test('really shows the picture of the chosen dump', async () => {
      await open();
      for (const [index, key] of ['Home', 'ArrowRight', 'ArrowRight'].entries()) {
        await stage().focus();
        await page.keyboard.press(key);
        const image = PNG.sync.read(await stage().screenshot());
        const middle = ((image.height >> 1) * image.width + (image.width >> 1)) * 4;
        expect([...image.data.subarray(middle, middle + 3)]).toEqual(overviewColors[index]);
      }
    });

    test('flips by the slider from the keyboard', async () => {
      await open();
      const slider = page.locator('.viewer').first().getByRole('slider');
      await slider.focus();
      await page.keyboard.press('ArrowLeft');
      expect(await shown()).toBe('Title of overview-2');
      await page.keyboard.press('Home');
      expect(await shown()).toBe('Title of overview-1');
      expect(await slider.getAttribute('aria-valuetext')).toBe('Dump 1 of 3');
    });

    test('flips by the slider under the mouse', async () => {
      await open();
      const slider = page.locator('.viewer').first().getByRole('slider');
      await slider.scrollIntoViewIfNeeded();
      const { x, y, width, height } = (await slider.boundingBox())!;
      await page.mouse.click(x + width / 2, y + height / 2);
      expect(await shown()).toBe('Title of overview-2');
      await page.mouse.down();
      await page.mouse.move(x + 2, y + height / 2, { steps: 4 });
      await page.mouse.up();
      expect(await shown()).toBe('Title of overview-1');
      expect(await label()).toBe('Dump 1 of 3');
    });

    test('flips by arrow keys and by their ends', async () => {
      await open();
      await stage().focus();
      await page.keyboard.press('Home');
      expect(await shown()).toBe('Title of overview-1');
      await page.keyboard.press('ArrowRight');
      expect(await shown()).toBe('Title of overview-2');
      await page.keyboard.press('End');
      await page.keyboard.press('ArrowRight');
      expect(await shown()).toBe('Title of overview-3');
    });

    test('zooms by buttons and keys, and fits again', async () => {
      await open();
      const fit = await scale();
      await button('Zoom in').click();
      expect(await scale()).toBeGreaterThan(fit);
      await button('Zoom out').click();
      expect(await scale()).toBe(fit);
      await stage().focus();
      for (let press = 0; press < 20; press++) await page.keyboard.press('+');
      expect(await scale()).toBe(1600);
      await page.keyboard.press('0');
      expect(await scale()).toBe(fit);
    });

    test('zooms by the wheel only after a click, and keeps what is under the pointer there', async () => {
      await open();
      await stage().scrollIntoViewIfNeeded();
      const box = (await stage().boundingBox())!;
      await page.mouse.move(box.x + 300, box.y + 100);
      const fit = await scale();
      await page.mouse.wheel(0, -50);
      expect(await scale()).toBe(fit);
      const moved = (await stage().boundingBox())!;
      await page.mouse.click(moved.x + 300, moved.y + 100);
      const before = await scrolled();
      await page.mouse.wheel(0, -50);
      await expect.poll(scale).toBeGreaterThan(fit);
      const ratio = 1.5;
      const after = await scrolled();
      expect(after[0]).toBeCloseTo((before[0]! + 300) * ratio - 300, -1);
      expect(after[1]).toBeCloseTo((before[1]! + 100) * ratio - 100, -1);
    });

    test('moves by dragging and by Shift and arrows', async () => {
      await open();
      for (let click = 0; click < 4; click++) await button('Zoom in').click();
      await stage().scrollIntoViewIfNeeded();
      const [left, top] = await scrolled();
      const box = (await stage().boundingBox())!;
      await page.mouse.move(box.x + 200, box.y + 200);
      await page.mouse.down();
      await page.mouse.move(box.x + 150, box.y + 170, { steps: 5 });
      await page.mouse.up();
      expect(await scrolled()).toEqual([left! + 50, top! + 30]);
      await page.keyboard.press('Shift+ArrowRight');
      expect((await scrolled())[0]).toBe(left! + 130);
    });

    test('keeps its place when it flips', async () => {
      await open();
      for (let click = 0; click < 4; click++) await button('Zoom in').click();
      const before = await scrolled();
      await button('Dump before').click();
      expect(await scrolled()).toEqual(before);
    });

    test('blinks, until told to stop', async () => {
      await open();
      await button('Blink').click();
      await expect.poll(shown, { timeout: 5000 }).toBe('Title of overview-1');
      await button('Next dump').click();
      expect(await button('Blink').getAttribute('aria-pressed')).toBe('false');
    });

    test('blinks by keyboard too', async () => {
      await open();
      await stage().focus();
      await page.keyboard.press('b');
      await expect.poll(shown, { timeout: 5000 }).toBe('Title of overview-1');
      await page.keyboard.press('b');
      expect(await button('Blink').getAttribute('aria-pressed')).toBe('false');
    });

    test('is worked by its buttons from the keyboard, and fits by the mouse', async () => {
      await open();
      const fit = await scale();
      for (const [name, key] of [
        ['Dump before', 'Enter'],
        ['Zoom in', 'Space'],
        ['Zoom in', 'Enter'],
        ['Zoom out', 'Space'],
      ] as const) {
        await button(name).focus();
        await page.keyboard.press(key);
      }
      expect(await shown()).toBe('Title of overview-2');
      expect(await scale()).toBeGreaterThan(fit);
      await button('Fit').click();
      expect(await scale()).toBe(fit);
    });

    test('of further pictures works once it is unfolded', async () => {
      await open();
      await page
        .getByText('Title of zero-fill-1', { exact: true })
        .or(page.locator('#pictures ~ details summary'))
        .first()
        .click();
      const second = page.locator('.viewer').nth(1);
      await second.getByRole('button', { name: 'Dump before' }).click();
      expect(await second.locator('img.shown').getAttribute('alt')).toBe('Title of zero-fill-2');
      expect((await second.locator('.stage').boundingBox())!.height).toBeGreaterThan(300);
    });
  });

  describe('what is folded', () => {
    test('is opened and closed by mouse and by keyboard', async () => {
      await open();
      const folds = page.locator('details');
      expect(await folds.count()).toBeGreaterThan(2);
      for (const fold of await folds.all()) {
        const summary = fold.locator('summary').first();
        await summary.click();
        expect(await fold.getAttribute('open')).toBe('');
        await summary.focus();
        await page.keyboard.press('Enter');
        expect(await fold.getAttribute('open')).toBe(null);
        await page.keyboard.press('Space');
        expect(await fold.getAttribute('open')).toBe('');
      }
    });
  });

  test('every link leads to a place in the page', async () => {
    await open();
    const links = await page.locator('a').all();
    expect(links.length).toBeGreaterThan(8);
    for (const link of links) {
      const target = (await link.getAttribute('href'))!;
      expect(target).toMatch(/^#/);
      expect(await page.locator(`[id="${target.slice(1)}"]`).count(), target).toBe(1);
    }
    await page.locator('nav.contents a').last().focus();
    await page.keyboard.press('Enter');
    // The browser follows the link when the key press has long been answered.
    await page.waitForURL(/#method$/);
  });

  describe('a picture that does not fit', () => {
    test('is shown whole or at its full size on demand', async () => {
      await open();
      const frame = page.locator('.verdict .frame');
      const height = () => frame.evaluate((element) => element.clientHeight);
      const low = await height();
      await page.locator('.verdict').getByRole('button', { name: 'Whole picture' }).click();
      expect(await height()).toBeGreaterThan(low * 2);
      await page.locator('.verdict').getByRole('button', { name: 'Full size' }).click();
      expect(await frame.locator('img').evaluate((image) => image.clientWidth)).toBe(1400);
      await page.keyboard.press('Enter');
      expect(await height()).toBe(low);
    });

    test('is chosen by keyboard too', async () => {
      await open();
      const frame = page.locator('.verdict .frame');
      const whole = page.locator('.verdict').getByRole('button', { name: 'Whole picture' });
      await whole.focus();
      await page.keyboard.press('Enter');
      expect(await whole.getAttribute('aria-pressed')).toBe('true');
      await page.keyboard.press('Space');
      expect(await whole.getAttribute('aria-pressed')).toBe('false');
      await frame.focus();
      await page.keyboard.press('ArrowDown');
      await expect.poll(() => frame.evaluate((element) => element.scrollTop)).toBeGreaterThan(0);
    });

    test('of a suspect can be enlarged over both columns', async () => {
      await open();
      const figure = page.locator('.pair figure').first();
      const width = async () => (await figure.boundingBox())!.width;
      const narrow = await width();
      await figure.getByRole('button', { name: 'Enlarge' }).click();
      expect(await width()).toBeGreaterThan(narrow * 1.8);
    });
  });

  test('everything that can be operated is reached by the Tab key', async () => {
    await open();
    const reached = new Set<string>();
    for (let press = 0; press < 150; press++) {
      await page.keyboard.press('Tab');
      reached.add(
        await page.evaluate('document.activeElement.textContent.trim() || document.activeElement.ariaLabel || ""'),
      );
    }
    for (const name of ['Skip to the verdict', 'Whole picture', 'Regions', 'Growth', 'Blink', 'Fit', 'Dump']) {
      expect([...reached]).toContain(name);
    }
  });

  test('without its script it still shows every picture and every fact', async () => {
    const bare = join(folder, 'bare.html');
    const text = html.write(sampleReport('leak'), pictures);
    // Another hash in the policy makes the browser refuse the script, as a strict viewer would.
    writeFileSync(bare, text.replace(/; script-src 'sha256-[^']+'/, ''));
    await page.goto(pathToFileURL(bare).href);
    expect(messages.splice(0).join()).toContain('script');
    expect(await page.locator('.stack').first().locator('img').count()).toBe(3);
    const tops = await page
      .locator('.stack')
      .first()
      .locator('img')
      .evaluateAll((images) => images.map((image) => image.getBoundingClientRect().top));
    expect(new Set(tops).size).toBe(3);
    expect(await page.locator('.tools:visible').count()).toBe(0);
  });
});
