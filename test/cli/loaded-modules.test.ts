import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { formatExamples } from '../formats/format-examples.ts';
import { projectFolder, runCli, sampleDumps, temporaryFolder } from './run-cli.ts';

interface Loaded {
  /** Files of src/ that a run had to compile, such as `pictures/index.ts`. */
  readonly sources: readonly string[];
  /** How many built files they are in. */
  readonly files: number;
  /** Packages that it loaded. */
  readonly packages: readonly string[];
}

/** V8 tells which files it compiled; each of ours names the sources it was built from. */
async function loadedBy(args: readonly string[]): Promise<Loaded> {
  const folder = temporaryFolder();
  const coverage = join(folder, 'coverage');
  const { code, stderr } = await runCli(args, { cwd: folder, env: { NODE_V8_COVERAGE: coverage } });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const files = readdirSync(coverage).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(coverage, name), 'utf8')) as { result: { url: string }[] };
    return result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
  });
  const isPackage = (url: string) => url.includes('/node_modules/');
  const packages = files.filter(isPackage).map((url) => url.split('/node_modules/').at(-1)!.split('/')[0]!);
  const built = new Set(files.filter((url) => !isPackage(url)));
  const texts = [...built].map((url) => readFileSync(fileURLToPath(url), 'utf8'));
  const sources = texts.flatMap((text) => [...text.matchAll(/^\/\/ src\/(.*)$/gm)].map(([, name]) => name!));
  return { sources: [...new Set(sources)].sort(), files: built.size, packages: [...new Set(packages)].sort() };
}

test('the licences of what the build takes in are shipped', () => {
  const dist = join(projectFolder, 'dist');
  const built = readdirSync(join(dist, 'chunks')).map((name) => readFileSync(join(dist, 'chunks', name), 'utf8'));
  const paths = built.flatMap((text) =>
    [...text.matchAll(/^\/\/ node_modules\/(.*)\/[^/]+$/gm)].map(([, path]) => path!),
  );
  const names = new Set(paths.map((path) => path.split('/node_modules/').at(-1)!.split('/')[0]!));
  expect(names).toContain('yargs');
  const notices = readFileSync(join(dist, 'LICENSES.txt'), 'utf8');
  for (const name of names) expect(notices).toMatch(new RegExp(`^${name} \\d+\\.`, 'm'));
});

describe('a run loads what it needs', () => {
  test('--version: nothing but the version', async () => {
    const { sources, packages } = await loadedBy(['--version']);
    expect({ sources, packages }).toEqual({
      sources: ['cli/main.ts', 'cli/package-file.ts', 'cli/version.ts'],
      packages: [],
    });
  });

  test('--help: the command line, and nothing that reads dumps', async () => {
    const loaded = await loadedBy(['--help']);
    // Two lists that options offer their values from; nothing else of what draws.
    const lists = ['draw/encode/bmp-header.ts', 'pictures/layout/cell-places.ts'];
    expect(loaded.sources.filter((name) => !/^(cli|text)\/|^errors/.test(name))).toEqual(lists);
    expect(loaded.sources.filter((name) => name.startsWith('cli/handlers/'))).toEqual([]);
  });

  test('diff without pictures: no pictures, no encoders, and of the reports those asked for', async () => {
    const args = ['diff', ...sampleDumps('windows-63'), '--no-pictures', '--report', 'json'];
    const { sources, packages } = await loadedBy(args);
    expect(sources).toContain('diff-dumps.ts');
    expect(sources).toContain('reports/json.ts');
    const needless =
      /^(pictures\/(?!layout\/cell-places)|draw\/encode\/(png|bmp\.)|render\/|inspect\/|reports\/(html|markdown|junit))/;
    expect(sources.filter((name) => needless.test(name))).toEqual([]);
    expect(packages).toEqual(['zstddec']);
  });

  test('diff: of the formats and unpackers those of the dumps', async () => {
    const { sources } = await loadedBy(['diff', ...sampleDumps('windows-63'), '--no-pictures', '--report', 'json']);
    const readers = /^formats\/.*\/open-|^bytes\/(unpack-|zip-)/;
    expect(sources.filter((name) => readers.test(name))).toEqual([
      'bytes/unpack-zstd.ts',
      'formats/minidump/open-minidump.ts',
    ]);
  });

  test('diff: few files, for each takes time', async () => {
    const folder = temporaryFolder();
    const dumps = ['a.core', 'b.core'].map((name) => join(folder, name));
    for (const path of dumps) writeFileSync(path, formatExamples['elf-core']);
    const { files } = await loadedBy(['diff', ...dumps, '--no-pictures', '--report', 'json']);
    expect(files).toBeLessThan(20);
  });

  test('a thread: one file', () => {
    const text = readFileSync(join(projectFolder, 'dist/thread.cjs'), 'utf8');
    const imported = [...text.matchAll(/\b(?:require|import)\("([^"]*)"\)/g)].map(([, path]) => path!);
    expect(imported.length).toBeGreaterThan(0);
    expect(imported.filter((path) => path.startsWith('.'))).toEqual([]);
  });

  test('diff with pictures does load them', async () => {
    const { sources, packages } = await loadedBy(['diff', ...sampleDumps('windows-63'), '--report', 'md']);
    expect(sources).toContain('pictures/index.ts');
    expect(sources).toContain('reports/markdown.ts');
    expect(sources).not.toContain('reports/html.ts');
    expect(packages).not.toContain('fflate');
  });
});
