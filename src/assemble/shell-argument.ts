// Names from dumps in commands that people will paste into a shell: only what is harmless without quotes is put there.

/** Everything else might end the word, or begin a command of its own. */
const harmless = /^[\w.+@%][\w.+@%-]*$/;

/** Endings of packed dumps, and what unpacks them; debuggers read none of them. */
const packers: readonly { readonly ending: RegExp; readonly unpack: string }[] = [
  { ending: /\.zst$/i, unpack: 'zstd -dk' },
  { ending: /\.gz$/i, unpack: 'gunzip -k' },
  { ending: /\.xz$/i, unpack: 'xz -dk' },
  { ending: /\.lz4$/i, unpack: 'lz4 -dk' },
];

/** The dump as debuggers take it, and the command that unpacks it first. `DUMP` stands for a name that is not harmless. */
export function fileArgument(path: string): { readonly argument: string; readonly unpack: string | null } {
  const packer = packers.find(({ ending }) => ending.test(path));
  const name = harmless.test(path) ? path : 'DUMP';
  if (!packer) return { argument: name, unpack: null };
  return { argument: name.replace(packer.ending, ''), unpack: `${packer.unpack} ${name}` };
}

/** The program; `PROGRAM` where its name is not known or not harmless. */
export function programArgument(name: string | null): string {
  return name !== null && harmless.test(name) ? name : 'PROGRAM';
}
