import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { LeakvizError } from '../errors.ts';
import type { ByteSource } from './byte-source.ts';
import { printablePath, unreadableFile } from './system-error.ts';

/**
 * Random access to a file. The size is taken once, at opening: what is appended later is not seen.
 * Throws LeakvizError: `unreadable-file` (missing, not permitted, no regular file), `empty-file`.
 */
export function openFileSource(path: string): ByteSource {
  const descriptor = openRegularFile(path);
  return descriptorSource(descriptor, fstatSync(descriptor).size, path);
}

/**
 * Opens a file for reading and makes sure that it can be read at any place and is not empty.
 * Throws like openFileSource.
 */
function openRegularFile(path: string): number {
  let descriptor: number;
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer, perhaps for ever. Windows has no such flag.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw unreadableFile(path, error);
  }
  try {
    checkRegular(descriptor, path);
  } catch (error) {
    closeSync(descriptor);
    throw unreadableFile(path, error);
  }
  return descriptor;
}

function checkRegular(descriptor: number, path: string): void {
  const stat = fstatSync(descriptor);
  const shown = printablePath(path);
  if (stat.isDirectory()) {
    throw new LeakvizError('unreadable-file', `cannot read ${shown}: it is a directory`, {
      hint: 'Name the dump file itself.',
    });
  }
  if (!stat.isFile()) {
    throw new LeakvizError('unreadable-file', `cannot read ${shown}: it is no regular file`, {
      hint: 'Pipes and devices cannot be read at random: copy it into a file first.',
    });
  }
  if (stat.size === 0) {
    throw new LeakvizError('empty-file', `${shown} is empty (0 bytes)`, {
      hint: 'The capture failed, often for lack of disk space: take the dump again.',
    });
  }
}

/**
 * Reads as small as this are served out of a larger one when they go on where the last one ended, or no further behind
 * than this: of what is read ahead for those that lie further apart too little is used.
 */
const smallRead = 16 << 10;
const readAhead = 64 << 10;

/** A source over an open file descriptor, which it owns from here on. `path` is for messages only. */
export function descriptorSource(descriptor: number, size: number, path: string): ByteSource {
  let open = true;
  /** What was read ahead: the bytes from `aheadStart` on. Memory cut into small pieces is read piece by piece. */
  let ahead = new Uint8Array(0);
  let aheadStart = 0;
  let aheadEnd = 0;
  let lastEnd = Number.NEGATIVE_INFINITY;

  function readDirectly(offset: number, into: Uint8Array, wanted: number): number {
    let done = 0;
    try {
      while (done < wanted) {
        const got = readSync(descriptor, into, done, wanted - done, offset + done);
        // The file has become shorter since it was opened: what is gone counts as beyond the end.
        if (got === 0) break;
        done += got;
      }
    } catch (error) {
      throw unreadableFile(path, error);
    }
    return done;
  }

  function isHeld(offset: number, wanted: number): boolean {
    return offset >= aheadStart && offset + wanted <= aheadEnd;
  }

  return {
    size,
    file: { descriptor, path },
    read(offset, into) {
      const wanted = Math.min(into.length, size - offset);
      const goesOn = offset >= lastEnd && offset - lastEnd <= smallRead;
      lastEnd = offset + wanted;
      if (wanted > smallRead || (!goesOn && !isHeld(offset, wanted))) return readDirectly(offset, into, wanted);
      if (!isHeld(offset, wanted)) {
        if (ahead.length === 0) ahead = new Uint8Array(readAhead);
        // Nothing is held while reading, which may throw.
        aheadEnd = aheadStart = offset;
        aheadEnd += readDirectly(offset, ahead, Math.min(readAhead, size - offset));
      }
      const got = Math.max(0, Math.min(wanted, aheadEnd - offset));
      into.set(ahead.subarray(offset - aheadStart, offset - aheadStart + got));
      return got;
    },
    close() {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}
