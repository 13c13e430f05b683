// Compiles the kernels; deterministic, for the compiler's version is pinned by the lock file.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const sources = fileURLToPath(new URL('../../src/kernels/assembly', import.meta.url));

const options = ['-O3', '--enable', 'simd', '--importMemory', '--runtime', 'stub', '--noAssert', '-o', 'kernels.wasm'];

/** The WebAssembly module, in base64. */
export async function compileKernels(): Promise<string> {
  const messages: string[] = [];
  const written: Uint8Array[] = [];
  const log = { write: (text: string | Uint8Array) => messages.push(String(text)) };
  const { error } = await asc.main(['index.ts', '--baseDir', sources, ...options], {
    stdout: log,
    stderr: log,
    readFile: (name, folder) => readText(`${folder}/${name}`),
    writeFile: (_name, contents) => {
      written.push(contents as Uint8Array);
    },
    listFiles: () => [],
  });
  if (error !== null || written.length !== 1) throw new Error(messages.join(''));
  return Buffer.from(written[0]!).toString('base64');
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Source of src/kernels/kernel-module.ts. */
export function moduleSource(base64: string): string {
  return [
    '// Made by `npm run kernels` from assembly/; do not edit.',
    'export const kernelModule =',
    `  '${base64}';`,
    '',
  ].join('\n');
}
