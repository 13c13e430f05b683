import { LeakvizError } from '../errors.ts';

const reasons: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ENOENT: ['no such file', 'Check the path.'],
  ENOTDIR: ['no such file', 'Check the path.'],
  EACCES: ['permission denied', 'Dumps often belong to root: change the owner, or run as a user who may read it.'],
  EPERM: ['permission denied', 'Dumps often belong to root: change the owner, or run as a user who may read it.'],
  EISDIR: ['it is a directory', 'Name the dump file itself.'],
  EIO: ['the device reports a read error', 'Copy the file elsewhere and check the disk.'],
  ELOOP: ['too many symbolic links', 'Name the file itself.'],
  EMFILE: ['too many open files', 'Raise the limit with `ulimit -n`, or compare fewer dumps.'],
  ENAMETOOLONG: ['the name is too long', 'Check the path.'],
};

/** A path as one printable line: a file name may hold line breaks and escape codes that would garble a terminal. */
export function printablePath(path: string): string {
  return path.replace(/\p{Cc}/gu, '\u{fffd}');
}

/** Why a file cannot be read, in words. */
export function readErrorWords(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  return reasons[code]?.[0] ?? (code || 'unknown error');
}

/** Turns what node:fs threw while reading `path` into a LeakvizError of code `unreadable-file`. */
export function unreadableFile(path: string, cause: unknown): LeakvizError {
  if (cause instanceof LeakvizError) return cause;
  const hint =
    reasons[(cause as NodeJS.ErrnoException | undefined)?.code ?? '']?.[1] ?? 'Check that the file can be read.';
  const text = `cannot read ${printablePath(path)}: ${readErrorWords(cause)}`;
  return new LeakvizError('unreadable-file', text, { hint, cause });
}
