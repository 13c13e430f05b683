// Opens the files of dumps. An incremental core needs the one before it, which is often among the dumps as well: each
// file is opened, and unpacked, once.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type OpenedSource, type OpenSourceOptions, openSource } from '../bytes/decompress.ts';
import { LeakvizError } from '../errors.ts';
import { type IncrementalCore, longestChain, readIncrementalCore } from '../formats/elf-core/incremental.ts';

export interface SourcePool {
  /**
   * A file's bytes, unpacked and whole. Rejects as openSource does, and with LeakvizError where a file that it builds
   * upon is missing, another one, or builds upon it.
   */
  open(path: string): Promise<OpenedSource>;
}

interface PooledSource {
  readonly source: OpenedSource;
  /** Files that it builds upon, one upon the other. */
  readonly depth: number;
  users: number;
  /** Closes the file, and gives back its base. */
  readonly end: () => void;
}

export function createSourcePool(options: OpenSourceOptions): SourcePool {
  const pooled = new Map<string, PooledSource>();

  async function take(path: string, above: readonly string[]): Promise<PooledSource> {
    const key = resolve(path);
    const known = pooled.get(key);
    const taken = known ?? (await openFirst(path, [...above, key]));
    pooled.set(key, taken);
    taken.users += 1;
    return taken;
  }

  function giveBack(path: string): void {
    const key = resolve(path);
    const taken = pooled.get(key);
    if (taken === undefined) return;
    taken.users -= 1;
    if (taken.users > 0) return;
    pooled.delete(key);
    taken.end();
  }

  async function openFirst(path: string, chain: readonly string[]): Promise<PooledSource> {
    const file = await openSource(path, options);
    try {
      const increment = readIncrementalCore(file);
      if (increment === undefined) return { source: file, depth: 0, users: 0, end: () => file.close() };
      return await openUpon(path, file, increment, chain);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  async function openUpon(
    path: string,
    file: OpenedSource,
    increment: IncrementalCore,
    chain: readonly string[],
  ): Promise<PooledSource> {
    const basePath = join(dirname(path), increment.base.file);
    checkBase(path, basePath, chain);
    const base = await take(basePath, chain);
    try {
      if (base.depth >= longestChain) throw tooLong(path);
      const composed = increment.compose(base.source);
      const end = () => {
        file.close();
        giveBack(basePath);
      };
      return { source: { ...file, ...composed }, depth: base.depth + 1, users: 0, end };
    } catch (error) {
      giveBack(basePath);
      throw error;
    }
  }

  return {
    async open(path) {
      const { source } = await take(path, []);
      let isOpen = true;
      const close = () => {
        if (isOpen) giveBack(path);
        isOpen = false;
      };
      return { ...source, close };
    },
  };
}

function checkBase(path: string, basePath: string, chain: readonly string[]): void {
  if (chain.includes(resolve(basePath))) {
    throw new LeakvizError('malformed-dump', `${path}: it builds upon ${basePath}, which builds upon it`, {
      hint: 'The files are damaged or forged; take the dumps again.',
    });
  }
  if (chain.length > longestChain) throw tooLong(path);
  if (existsSync(basePath)) return;
  const text = `${path} holds only what changed since ${basePath}, and that file is not there`;
  throw new LeakvizError('unreadable-file', text, {
    hint: 'Put it back beside the dump, under this name and packed as it was.',
  });
}

function tooLong(path: string): LeakvizError {
  const text = `${path}: it builds upon more than ${longestChain} files, one upon the other`;
  return new LeakvizError('malformed-dump', text, {
    hint: 'leakviz writes no such files; they are damaged or forged.',
  });
}
