import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/exit-code.ts';
import type { PictureListing } from '../../src/model/picture-listing.ts';
import { bitmap, gifOf, jpegOf, photo, pngOf } from '../images/synth-images.ts';
import { writeElfCore } from '../synth/synth-elf-core.ts';
import { listFolder, runCli, temporaryFolder } from './run-cli.ts';

let folder: string;
const base = 0x7f00_0001_0000;
const picture = photo(128, 96);
const png = pngOf(photo(50, 40));
const gif = gifOf(90, 70);

beforeEach(() => {
  folder = temporaryFolder();
  const bytes = Buffer.alloc(200_000);
  bytes.set(png, 5001);
  bytes.set(gif, 20_000);
  bytes.set(jpegOf(300, 200).subarray(0, -300), 30_000);
  bytes.set(png, 60_003);
  bytes.set(bitmap(picture, 'bgrx', 512), 81_920);
  const name = '/tmp/<img src=x onerror=alert(1)>\u001b[31m';
  writeFileSync(
    join(folder, 'a.core'),
    writeElfCore({
      segments: [{ address: base, bytes }],
      files: [{ start: base, end: base + 200_704, path: name }],
    }),
  );
});

const run = (...args: string[]) => runCli(['pictures', 'a.core', ...args], { cwd: folder });
const listing = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8')) as PictureListing;

test('writes each image, a sheet and a list, and warns', async () => {
  const { code, stdout, stderr } = await run('-o', 'out');
  expect(code).toBe(exitCodes.done);
  expect(stdout).toMatch(/^4 pictures: 1 gif, 1 jpeg, 1 png, 1 raw\.$/m);
  expect(stdout).toContain(`Contact sheet: ${join('out', 'pictures.html')}`);
  expect(stderr).toMatch(/CONTAINS MEMORY CONTENTS/);
  const files = [
    'pictures/gif-00007f0000014e20-90x70.gif',
    'pictures/jpeg-00007f0000017530-300x200-partial.jpg',
    'pictures/png-00007f0000011389-50x40.png',
    'pictures/raw-00007f0000024000-128x96.png',
  ];
  expect(listFolder(join(folder, 'out'))).toEqual(['pictures', 'pictures.html', 'pictures.json', ...files].sort());
  expect(readFileSync(join(folder, 'out', files[2]!)).equals(png)).toBe(true);
  expect(readFileSync(join(folder, 'out', files[0]!)).equals(gif)).toBe(true);
});

test('the list says what each is, and where', async () => {
  await run('-o', 'out');
  const { contains, pictures } = listing('out/pictures.json');
  expect(contains).toBe('CONTAINS MEMORY CONTENTS');
  expect(pictures.map(({ kind, state, copyCount }) => [kind, state, copyCount])).toEqual([
    ['png', 'complete', 1],
    ['gif', 'complete', 0],
    ['jpeg', 'partial', 0],
    ['raw', 'complete', 0],
  ]);
  expect(pictures[0]!.copies).toEqual(['0x00007f000001ea63']);
  expect(pictures[3]!.layout).toMatchObject({ bitsPerPixel: 32, strideBytes: 512 });
});

test('--json prints the list that is written', async () => {
  const { stdout } = await run('-o', 'out', '--json');
  expect(JSON.parse(stdout)).toEqual(listing('out/pictures.json'));
});

test('the order of colours can be said', async () => {
  for (const order of ['rgb', 'bgr'] as const) {
    await run('-o', order, '--channel-order', order);
    const { data } = PNG.sync.read(readFileSync(join(folder, order, 'pictures/raw-00007f0000024000-128x96.png')));
    const [red, green, blue] = picture.pixel(0, 0);
    expect([...data.subarray(0, 3)]).toEqual(order === 'bgr' ? [red, green, blue] : [blue, green, red]);
  }
});

test('the sheet shows the files and nothing else, whatever names the dump has', async () => {
  const { stdout } = await run('-o', 'out');
  const page = readFileSync(join(folder, 'out/pictures.html'), 'utf8');
  expect(page).toContain('CONTAINS MEMORY CONTENTS');
  expect(page).toMatch(
    /Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'sha256-/,
  );
  const sources = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, source]) => source!);
  expect(new Set(sources)).toEqual(new Set(listing('out/pictures.json').pictures.map(({ file }) => file)));
  expect(page).toContain('&lt;img src=x onerror');
  expect(page).not.toMatch(/<img src=x|<script/);
  expect(page + stdout).not.toContain('\u001b');
});

test('--limit and --min-size leave out, and say so', async () => {
  const { stderr } = await run('-o', 'out', '--limit', '2');
  expect(stderr).toMatch(/2 more were found and not written/);
  expect(listing('out/pictures.json').pictures.filter(({ file }) => file !== null)).toHaveLength(2);
  await run('-o', 'large', '--min-size', '90');
  expect(listing('large/pictures.json').pictures.map(({ kind }) => kind)).toEqual(['jpeg', 'raw']);
});

test('a second run replaces what the first one wrote, and nothing else', async () => {
  mkdirSync(join(folder, 'out'));
  writeFileSync(join(folder, 'out', 'mine.png'), 'mine');
  await run('-o', 'out');
  await run('-o', 'out', '--min-size', '120');
  expect(listFolder(join(folder, 'out'))).toEqual([
    'mine.png',
    'pictures',
    'pictures.html',
    'pictures.json',
    'pictures/jpeg-00007f0000017530-300x200-partial.jpg',
  ]);
});

describe.skipIf(process.platform === 'win32')('Ctrl-C', () => {
  test('leaves nothing behind', async () => {
    const bytes = Buffer.alloc(40 << 20, 'pictures need time, and this text looks like pixels at first sight; ');
    writeFileSync(join(folder, 'big.core'), writeElfCore({ segments: [{ address: base, bytes }] }));
    const result = await runCli(['pictures', 'big.core', '-o', 'out'], {
      cwd: folder,
      async during(child) {
        while (!existsSync(join(folder, 'out'))) await new Promise((resolve) => setTimeout(resolve, 5));
        child.kill('SIGINT');
      },
    });
    expect(result.code).toBe(exitCodes.interrupted);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});

test.each([
  [['--min-size', 'x'], /--min-size: expected a whole number from 1/],
  [['--limit', '-1'], /--limit: expected a whole number from 0/],
  [['--channel-order', 'gbr'], /--channel-order: expected rgb or bgr/],
])('refuses %j', async (args, message) => {
  const { code, stderr } = await run(...args);
  expect(code).toBe(exitCodes.badInput);
  expect(stderr).toMatch(message);
});
