// Joins the modules into the few files of dist/, the command line's library with them, and puts its licences beside them.
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('.', import.meta.url));
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object };

/** string-width compiles a pattern of all emoji when it is loaded, which takes a third of the time of `--help`. */
const ownStringWidth: Plugin = {
  name: 'own-string-width',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^string-width$/ }, () => ({ path: 'string-width', namespace: 'own' }));
    onLoad({ filter: /^string-width$/, namespace: 'own' }, () => ({
      contents: "export { displayWidth as default } from './src/text/display-width.ts';",
      resolveDir: root,
    }));
  },
};

/**
 * esbuild makes one file of the modules that the same entries reach, and each `import()` makes an entry: what several of
 * them share in part would be cut into dozens of files, each of which takes as long to load as 15 KB of code. So all are
 * told to reach what diff does, which is loaded by then, or needed for the most part. Capture and debuggers open no
 * dump: they are told to reach the command line, no more; and what main.ts imports comes before all of it.
 */
const fewFiles: Plugin = {
  name: 'few-files',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\./ }, ({ kind, path, importer, resolveDir }) => {
      if (kind !== 'dynamic-import' || importer === join(root, 'src/cli/main.ts')) return undefined;
      return { path: relative(root, join(resolveDir, path)).replaceAll('\\', '/'), namespace: 'later' };
    });
    onLoad({ filter: /./, namespace: 'later' }, ({ path }) => {
      const before = /handlers\/(capture|debuggers)\.ts$/.test(path) ? 'run.ts' : 'handlers/diff.ts';
      return { contents: `import './src/cli/${before}'; export * from './${path}';`, resolveDir: root };
    });
  },
};

const common = {
  absWorkingDir: root,
  outdir: 'dist',
  outbase: 'src',
  bundle: true,
  // Those that are installed with leakviz; what else is imported is taken in.
  external: Object.keys(dependencies),
  platform: 'node',
  target: 'node20.19',
  logLevel: 'warning',
  // Imports that only say what is reached.
  logOverride: { 'ignored-bare-import': 'silent' },
  metafile: true,
} as const satisfies BuildOptions;

const main = await build({
  ...common,
  entryPoints: ['src/index.ts', 'src/cli/main.ts'],
  chunkNames: 'chunks/[name]-[hash]',
  splitting: true,
  plugins: [ownStringWidth, fewFiles],
  format: 'esm',
});
// One file, and no ES module: a thread starts in 21 ms instead of 27, which is processor time that others want.
const thread = await build({
  ...common,
  entryPoints: ['src/thread.ts'],
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
});
chmodSync(join(root, 'dist/cli/main.js'), 0o755);

/** `node_modules/a/node_modules/b` of a file in b. */
const inputs = [main, thread].flatMap(({ metafile }) => Object.keys(metafile.inputs));
const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
const notices = [...new Set(folders)].sort().map((folder) => {
  const { name, version } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
  };
  const licence = readdirSync(join(root, folder)).find((file) => /^licen[cs]e/i.test(file));
  if (licence === undefined) throw new Error(`${folder} has no licence that could be shipped with it`);
  return `${name} ${version}\n\n${readFileSync(join(root, folder, licence), 'utf8').trim()}\n`;
});
writeFileSync(join(root, 'dist/LICENSES.txt'), `Parts of these packages are in dist/.\n\n${notices.join('\n\n')}`);
