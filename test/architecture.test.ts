import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/**
 * Each layer, a folder of src/ or a file in it, and the layers it may import; none but these. Read upward: nothing
 * imports what stands below it.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  // Scripts for debuggers, shipped as they are.
  debuggers: [],
  errors: [],
  text: [],
  model: [],
  bytes: ['errors'],
  draw: ['errors'],
  memory: ['bytes', 'model'],
  formats: ['errors', 'bytes', 'model'],
  symbols: ['errors', 'bytes', 'memory', 'model'],
  capture: ['errors', 'bytes', 'formats', 'model'],
  allocators: ['memory', 'model'],
  kernels: ['model'],
  threads: ['memory', 'model'],
  scan: ['kernels', 'memory', 'model', 'threads'],
  compare: ['allocators', 'memory', 'model', 'scan'],
  detect: ['allocators', 'kernels', 'memory', 'model', 'scan', 'symbols', 'text', 'threads'],
  'open-dumps': ['errors', 'bytes', 'formats', 'memory', 'model'],
  'diff-dumps': ['allocators', 'compare', 'detect', 'memory', 'model', 'scan', 'threads'],
  // A thread's own entry, which nothing imports.
  thread: ['bytes', 'detect', 'memory', 'scan', 'threads'],
  inspect: ['allocators', 'compare', 'detect', 'memory', 'model', 'scan', 'symbols'],
  // They see the report, tracks, cells and memory; never how these were found.
  pictures: ['draw', 'memory', 'model'],
  reports: ['inspect', 'model', 'text'],
  images: ['draw', 'memory', 'model', 'scan'],
  render: ['errors', 'bytes', 'draw', 'memory', 'model'],
  assemble: ['allocators', 'compare', 'detect', 'diff-dumps', 'memory', 'model', 'symbols', 'text'],
  index: ['allocators', 'assemble', 'diff-dumps', 'errors', 'formats', 'memory', 'model', 'open-dumps', 'reports'],
  cli: [
    'allocators',
    'assemble',
    'bytes',
    'capture',
    'diff-dumps',
    'draw',
    'errors',
    'formats',
    'images',
    'inspect',
    'memory',
    'model',
    'open-dumps',
    'pictures',
    'render',
    'reports',
    'scan',
    'symbols',
    'text',
    'threads',
  ],
};

/** The others would run in a browser. */
const mayUseNode: Readonly<Record<string, readonly string[]>> = {
  bytes: ['fs', 'module', 'os', 'path', 'timers/promises', 'util', 'zlib'],
  capture: ['child_process', 'crypto', 'fs', 'timers/promises'],
  draw: ['util', 'zlib'],
  symbols: ['fs', 'path'],
  scan: ['timers/promises'],
  thread: ['worker_threads'],
  threads: ['timers/promises', 'worker_threads'],
  'open-dumps': ['fs', 'path'],
  reports: ['crypto'],
  images: ['crypto', 'zlib'],
  cli: ['fs', 'os', 'path', 'timers/promises', 'url', 'util', 'v8'],
};

/** Each package has one place. */
const placeOfPackage: Readonly<Record<string, string>> = {
  'cli-progress': 'cli',
  fflate: 'cli',
  tinyglobby: 'cli',
  'xz-decompress': 'bytes',
  yargs: 'cli',
  zstddec: 'bytes',
};

/** Packages that the build takes into dist/, and that are not installed with leakviz. */
const builtIn = ['yargs'];

const mostLines = 400;

const root = fileURLToPath(new URL('..', import.meta.url));
const layers = Object.keys(mayImport);

interface Source {
  /** From src/, with `/`. */
  readonly path: string;
  readonly layer: string;
  readonly text: string;
  /** Layers, and packages as they are written: `../model/address.ts` is `model`, `node:fs` is itself. */
  readonly imports: readonly string[];
}

function readSources(): Source[] {
  const src = join(root, 'src');
  const entries = readdirSync(src, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => {
    const path = relative(src, join(entry.parentPath, entry.name)).split(sep).join('/');
    const text = readFileSync(join(src, path), 'utf8');
    return { path, layer: layerOf(path), text, imports: importsOf(path, text) };
  });
}

function layerOf(path: string): string {
  return path.split('/')[0]!.replace(/\.ts$/, '');
}

function importsOf(path: string, text: string): string[] {
  const specifiers = [...text.matchAll(/\bfrom '([^']+)';|\bimport\(?\s*'([^']+)'/g)].map(([, a, b]) => (a ?? b)!);
  return specifiers.map((one) => (one.startsWith('.') ? layerOf(posix.join(dirname(path), one)) : one));
}

const sources = readSources();

/** What is wrong with the imports of a file, one line each. */
function forbiddenImports({ path, layer, imports }: Source): string[] {
  const isAllowed = (imported: string) => {
    if (imported.startsWith('node:')) return mayUseNode[layer]?.includes(imported.slice('node:'.length));
    if (layers.includes(imported)) return imported === layer || mayImport[layer]?.includes(imported);
    return placeOfPackage[imported.split('/')[0]!] === layer;
  };
  return imports.filter((imported) => !isAllowed(imported)).map((imported) => `${path} imports ${imported}`);
}

test('every file imports only what its layer may', () => {
  expect(sources.flatMap(forbiddenImports)).toEqual([]);
});

describe('the table', () => {
  test('has every layer, and no other', () => {
    expect([...layers].sort()).toEqual([...new Set(sources.map(({ layer }) => layer))].sort());
  });

  test('allows nothing that is not made use of', () => {
    const used = (layer: string) => new Set(sources.filter((one) => one.layer === layer).flatMap((one) => one.imports));
    for (const [layer, allowed] of Object.entries(mayImport)) {
      for (const other of allowed) expect(used(layer), `${layer} may import ${other}`).toContain(other);
    }
  });

  test('has no circles: each layer stands below all that it may import', () => {
    for (const [layer, allowed] of Object.entries(mayImport)) {
      for (const other of allowed)
        expect(layers.indexOf(other), `${layer} → ${other}`).toBeLessThan(layers.indexOf(layer));
    }
  });

  test('is what docs/architecture.md draws', () => {
    const [, drawing] = /## Layers\n\n```text\n(.*?)```/s.exec(
      readFileSync(join(root, 'docs/architecture.md'), 'utf8'),
    )!;
    const rows = drawing!
      .trimEnd()
      .split('\n')
      .map((row) => row.slice(0, 48).trim().split(/\s+/));
    const rowOf = (layer: string) => rows.findIndex((row) => row.includes(layer));
    for (const [layer, allowed] of Object.entries(mayImport)) {
      expect(rowOf(layer), `${layer} is drawn`).toBeGreaterThanOrEqual(0);
      for (const other of allowed)
        expect(rowOf(other), `${other} is drawn below ${layer}`).toBeGreaterThan(rowOf(layer));
    }
  });
});

test('every dependency has its place', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object };
  expect(Object.keys(placeOfPackage).sort()).toEqual([...Object.keys(dependencies), ...builtIn].sort());
});

const filesWith = (isWrong: (source: Source) => boolean) => sources.filter(isWrong).map(({ path }) => path);

test('no file has grown too long to be read at once', () => {
  expect(filesWith(({ text }) => text.split('\n').length > mostLines + 1)).toEqual([]);
});

test('only cli knows of the process it runs in', () => {
  const isProcess = /\bprocess\.(argv|env|exit|stdin|stdout|stderr|on|cwd)\b|\bconsole\./;
  expect(filesWith(({ layer, text }) => layer !== 'cli' && isProcess.test(text))).toEqual([]);
});

test('no file names a path of the machine that it was written on', () => {
  // /proc and /dev are the same on every Linux; names of a dump's own regions begin with them.
  const isAbsolute = /['"`](\/(work|tmp|home|root|usr|opt|var|mnt|Users)\b|[A-Za-z]:\\\\)/;
  expect(filesWith(({ text }) => isAbsolute.test(text))).toEqual([]);
});

test('the top level holds these folders and no others', () => {
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .filter((name) => !['node_modules', 'dist', 'coverage', 'leakviz-report'].includes(name));
  expect(folders.sort()).toEqual(['docs', 'samples', 'src', 'test']);
  expect(existsSync(join(root, 'LICENSE'))).toBe(true);
});
