/** Secrets planted in a real process, and every byte of every output searched for them. */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allocators } from '../../src/allocators/index.ts';
import { buildReport } from '../../src/assemble/build-report.ts';
import { diffDumps } from '../../src/diff-dumps.ts';
import { pixelDepths } from '../../src/draw/encode/bmp-header.ts';
import { encodeWhole, rowsOf } from '../../src/draw/encode/image-encoder.ts';
import { png } from '../../src/draw/encode/png.ts';
import { openDumps } from '../../src/open-dumps.ts';
import { rawBlocks } from '../../src/pictures/raw-blocks.ts';
import { type Finding, type Secret, searchOutputs } from '../safety/search-outputs.ts';
import { pace } from '../synth/pace.ts';
import { readFolder, runCli } from './run-cli.ts';

const tools = ['/usr/bin/gcc', '/usr/bin/gdb', '/usr/bin/gcore'];
const missing = tools.filter((tool) => !existsSync(tool));

const token = (name: string): Secret => ({
  name,
  bytes: Buffer.from(
    randomBytes(12)
      .toString('hex')
      .replace(/\d/g, (digit) => 'ghijklmnop'[Number(digit)]!),
  ),
});
const ascii = token('ASCII in the heap');
const utf16 = token('UTF-16 in the heap');
const base64 = token('base64 in the heap');
const raw: Secret = { name: 'raw bytes in the heap', bytes: randomBytes(16) };
const environment = token('environment');
const argument = token('command line');
const folderName = token('path');
const inBlocks = [ascii, utf16, base64, raw];
const elsewhere = [environment, argument, folderName];

/** What every leaked block holds. */
function blockOfSecrets(): Buffer {
  const block = Buffer.alloc(256);
  ascii.bytes.copy(block, 8);
  Buffer.from(utf16.bytes.toString('latin1'), 'utf16le').copy(block, 48);
  Buffer.from(base64.bytes.toString('base64')).copy(block, 112);
  raw.bytes.copy(block, 176);
  return block;
}

/** Three cores of the process, in a folder whose name is a secret too. */
async function capture(folder: string): Promise<string[]> {
  const program = join(folder, 'canary');
  const source = fileURLToPath(new URL('../safety/canary-process.c', import.meta.url));
  execFileSync('gcc', ['-O1', '-o', program, source]);
  const child = spawn(program, [argument.bytes.toString()], {
    env: { CANARY: environment.bytes.toString() },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    child.stdin.write(blockOfSecrets());
    const paths: string[] = [];
    for (let number = 1; number <= 3; number++) {
      await once(child.stdout, 'data');
      execFileSync('gcore', ['-o', join(folder, `core-${number}`), String(child.pid)], { stdio: 'ignore' });
      paths.push(join(folder, `core-${number}.${child.pid}`));
      child.stdin.write('\n');
    }
    return paths;
  } finally {
    child.kill();
  }
}

const names = (findings: readonly Finding[]) => [...new Set(findings.map(({ secret }) => secret))].sort();

if (missing.length > 0) test.skip(`planting secrets needs ${missing.join(', ')}: apt-get install -y gcc gdb`, () => {});

describe.skipIf(missing.length > 0)('secrets in a process', { timeout: 300_000 }, () => {
  const base = mkdtempSync(join(tmpdir(), 'leakviz-canary-'));
  const folder = join(base, folderName.bytes.toString());
  let dumps: string[];

  beforeAll(async () => {
    mkdirSync(folder);
    dumps = await capture(folder);
  }, 120_000);
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  /** All that a run wrote and said. */
  async function outputsOf(...more: string[]): Promise<Map<string, Buffer>> {
    const output = join(base, 'out');
    rmSync(output, { recursive: true, force: true });
    const all = ['--report', 'html,md,json,junit', '--bundle', '--verbose', '--interval', '1min', '--fail-on', 'leak'];
    // From the base: the folder's name is a secret, and is typed by whoever runs this, so that it is not searched in what is said.
    const { stdout, stderr, code } = await runCli(['diff', ...dumps, '-o', 'out', ...all, ...more], { cwd: base });
    expect(code, stderr).toBe(1);
    return new Map([...readFolder(output), ['stdout.txt', Buffer.from(stdout)], ['stderr.txt', Buffer.from(stderr)]]);
  }

  test('are in the dumps', () => {
    const core = new Map([['3.core', execFileSync('cat', [dumps[2]!], { maxBuffer: 1 << 30 })]]);
    const plainCore = searchOutputs(new Map([['3.bin', core.get('3.core')!]]), [
      ascii,
      utf16,
      base64,
      raw,
      environment,
      argument,
    ]);
    expect(names(plainCore)).toEqual(
      names([...inBlocks, environment, argument].map(({ name }) => ({ secret: name, where: '' }))),
    );
  });

  test('are in no output', async () => {
    const outputs = await outputsOf();
    expect([...outputs.keys()]).toEqual(
      expect.arrayContaining([
        'report.html',
        'report.md',
        'report.json',
        'junit.xml',
        'leakviz-report.zip',
        'pictures/overview-3.png',
        'pictures/overview-3.bmp',
        'pictures/straightened-a1.png',
      ]),
    );
    expect(searchOutputs(outputs, [...inBlocks, ...elsewhere])).toEqual([]);
    for (const [name, content] of outputs) {
      if (/\.(html|md|json|xml|txt)$/.test(name))
        expect(content.includes('CONTAINS MEMORY CONTENTS'), name).toBe(false);
    }
  });

  test('of the blocks are found by the same search with --include-contents, and no others', async () => {
    const outputs = await outputsOf('--include-contents', '--no-pictures');
    for (const name of ['report.html', 'report.md', 'report.json', 'leakviz-report.zip']) {
      const findings = searchOutputs(new Map([[name, outputs.get(name)!]]), [...inBlocks, ...elsewhere]);
      expect(names(findings), name).toEqual(inBlocks.map((secret) => secret.name).sort());
    }
    for (const name of ['report.html', 'report.md', 'junit.xml', 'stderr.txt']) {
      expect(outputs.get(name)!.includes('CONTAINS MEMORY CONTENTS'), name).toBe(true);
    }
  });

  // Base64 in memory is text: only whoever reads it as such has the secret.
  const inPixels = [ascii, utf16, raw].map((secret) => secret.name).sort();
  const seenIn = (name: string, picture: Buffer) =>
    names(
      searchOutputs(new Map([[name, picture]]), [...inBlocks, ...elsewhere]).filter(({ where }) =>
        where.includes(' pixels '),
      ),
    );

  test('are found by the same search in its pictures with --raw-pixels', async () => {
    const outputs = await outputsOf('--raw-pixels', '--bpp', '24');
    for (const name of ['raw-pixels/raw-blocks-a1.png', 'raw-pixels/raw-blocks-a1.bmp']) {
      expect(seenIn(name, outputs.get(name)!), name).toEqual(inPixels);
    }
    for (const name of ['report.html', 'report.md', 'report.json', 'leakviz-report.zip']) {
      expect(outputs.get(name)!.includes('raw-blocks'), name).toBe(false);
    }
  });

  test('are found by the same search in raw pixels of every depth', async () => {
    const opened = await openDumps(dumps, {});
    const result = await diffDumps(opened, { allocators, withCells: true, bytesPerCell: undefined });
    const report = buildReport(result, { allocators, version: '0', fullPaths: false });
    const memories = opened.map(({ memory }) => memory);
    const input = { ...result, report, memories, width: undefined };
    for (const depth of pixelDepths) {
      const [picture] = rawBlocks(input, depth);
      const file = Buffer.concat(await encodeWhole(png, rowsOf(await picture!.draw(pace))));
      expect(seenIn('raw.png', file), `${depth} bits`).toEqual(inPixels);
    }
    for (const dump of opened) dump.close();
  });

  test('are in nothing that the other commands print', async () => {
    const outputs = new Map<string, Buffer>();
    for (const command of [
      ['info', dumps[2]!],
      ['blocks', dumps[2]!, '--stride', '272'],
    ]) {
      const { code, stdout, stderr } = await runCli(command, { cwd: base });
      expect(code, stderr).toBe(0);
      outputs.set(`${command[0]}.txt`, Buffer.from(stdout + stderr));
    }
    const zoomed = join(base, 'zoom.png');
    const [block] = /0x[0-9a-f]{16}/.exec(outputs.get('blocks.txt')!.toString())!;
    expect((await runCli(['zoom', dumps[2]!, '-o', zoomed, '--at', block])).code).toBe(0);
    outputs.set('zoom.png', readFileSync(zoomed));
    expect(searchOutputs(outputs, [...inBlocks, ...elsewhere])).toEqual([]);
  });

  test.each([
    ['8', 'png'],
    ['16', 'png'],
    ['24', 'png'],
    ['24', 'bmp'],
    ['32', 'bmp'],
  ])('are found by the same search in the pixels of render --bpp %s, as %s', async (bpp, type) => {
    const picture = join(base, `raw-${bpp}.${type}`);
    const { code, stderr } = await runCli(['render', dumps[2]!, picture, '--bpp', bpp]);
    expect(code, stderr).toBe(0);
    const found = searchOutputs(new Map([[`raw.${type}`, readFileSync(picture)]]), [ascii, utf16, raw]).filter(
      ({ where }) => where.includes(' pixels '),
    );
    expect(names(found)).toEqual([ascii, utf16, raw].map(({ name }) => name).sort());
  });
});

describe('the search', () => {
  test.each([
    [1, 'one channel'],
    [3, 'three'],
    [4, 'four'],
  ])('finds bytes in pixels of %i', (channels) => {
    const png = new PNG({ width: 64, height: 8 });
    const bytes = Buffer.concat([Buffer.alloc(24), raw.bytes]);
    png.data.fill(255);
    for (const [at, byte] of bytes.entries()) {
      png.data[Math.floor(at / channels) * 4 + (at % channels)] = byte;
    }
    const findings = searchOutputs(new Map([['a.png', PNG.sync.write(png)]]), [raw]);
    expect(findings.length).toBeGreaterThan(0);
  });

  test.each([
    ['base64', () => Buffer.concat([Buffer.from('ab'), raw.bytes, Buffer.from('c')]).toString('base64')],
    ['hex', () => raw.bytes.toString('hex')],
    ['entities', () => [...ascii.bytes.toString()].join('<b></b>')],
  ])('finds what is written in %s', (_, text) => {
    expect(searchOutputs(new Map([['a.html', Buffer.from(text())]]), [raw, ascii]).length).toBeGreaterThan(0);
  });
});
