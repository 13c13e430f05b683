// One capture from a process id to a core with its name, and what is said about it.
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Packer } from '../bytes/packed-sink.ts';
import { type CaptureResult, type CaptureTrace, captureProcess } from '../capture/capture-process.ts';
import { findProcess, isAncestor, type LiveProcess } from '../capture/live-process.ts';
import type { Selection } from '../capture/select-memory.ts';
import { printBytes, printCount } from '../text/print-quantity.ts';
import { onExit } from './clean-up.ts';
import { createCoreFile } from './core-file.ts';
import { openProgressBar } from './progress-bar.ts';
import { say } from './terminal.ts';
import { version } from './version.ts';

export interface CaptureToFileOptions {
  readonly selection: Selection;
  readonly pauses: boolean;
  readonly packer: Packer | undefined;
  readonly force: boolean;
  readonly quiet: boolean;
  /** As for captureProcess. */
  readonly series?: { readonly base: CaptureTrace | undefined } | undefined;
}

export interface CapturedFile extends Omit<CaptureResult, 'trace'> {
  readonly path: string;
  /** For the next one of a series. */
  readonly trace: CaptureTrace | undefined;
  /** On disk, without holes. */
  readonly fileBytes: number;
}

/**
 * @param output a file; or a folder, for a file with a name that says what, which and when; the working folder unless
 * given. Rejects as captureProcess and createCoreFile do; then no file is left.
 */
export async function captureToFile(
  processId: number,
  output: string | undefined,
  options: CaptureToFileOptions,
  signal: AbortSignal,
): Promise<CapturedFile> {
  const path = pathOf(output, `${fileNameOf(findProcess(processId))}.core${options.packer?.ending ?? ''}`);
  const file = createCoreFile(path, { ...options, packsLater: options.pauses });
  const bar = await openProgressBar(!options.quiet);
  const forgetBar = onExit(() => bar.stop());
  const undoings: (() => void)[] = [];
  try {
    const result = await captureProcess(processId, file, {
      writer: `leakviz ${version()}`,
      selection: options.selection,
      pauses: options.pauses,
      signal,
      ...(options.series === undefined ? {} : { series: options.series }),
      onFreeze: (undo) => undoings.push(onExit(undo)),
      // A stopped terminal reads nothing: what is written to it would wait for ever.
      ...(options.pauses && isAncestor(processId)
        ? {}
        : { onProgress: (done, total) => bar.show('capturing', done, total) }),
    });
    if (options.packer !== undefined && options.pauses) bar.show('packing', 0, 0);
    const trace = result.trace && { ...result.trace, file: basename(path) };
    return { ...result, trace, path, fileBytes: await file.publish(signal) };
  } finally {
    for (const forget of undoings) forget();
    bar.stop();
    forgetBar();
    file.discard();
  }
}

/** How it went, in one sentence; the name in it is not escaped yet. */
export function describeCapture(captured: CapturedFile): string {
  const { process, standstill, pausedMs, threads, readBytes, mappedBytes, fileBytes } = captured;
  const stood = {
    paused: `stood still for ${printMilliseconds(pausedMs ?? 0)}`,
    'stopped-before': 'was stopped before and still is',
    none: 'ran on meanwhile',
  }[standstill];
  const threadText = `${printCount(threads)} ${threads === 1 ? 'thread' : 'threads'}`;
  const sizes = `${printBytes(readBytes)} of ${printBytes(mappedBytes)} mapped read, ${printBytes(fileBytes)} written`;
  return `${process.name} (${process.id}, ${threadText}) ${stood}; ${sizes}`;
}

export function sayWarnings({ standstill, unreadBytes, ranMeanwhile }: CapturedFile): void {
  if (standstill === 'none') {
    say(
      'the process ran on while it was read: pages are of different moments, and counts may be off by what came and went',
    );
  }
  if (unreadBytes > 0) say(`${printBytes(unreadBytes)} could not be read; the dump says where`);
  if (ranMeanwhile) say('someone else let the process run on before it was read to the end');
}

/** `0.8 ms`, `14 ms`, `1.2 s`. */
function printMilliseconds(milliseconds: number): string {
  if (milliseconds >= 999.5) return `${Number((milliseconds / 1000).toPrecision(2))} s`;
  return `${Number(milliseconds.toPrecision(2))} ms`;
}

function pathOf(output: string | undefined, name: string): string {
  if (output === undefined) return name;
  const isFolder = /[\\/]$/.test(output) || (existsSync(output) && statSync(output).isDirectory());
  return isFolder ? join(output, name) : output;
}

/** `NAME.PID.TIME`, for files and folders. */
export function fileNameOf({ name, id }: LiveProcess): string {
  return `${safeName(name)}.${id}.${timeStamp()}`;
}

/** A process may call itself anything; a file's name should neither act in a shell nor leave the folder. */
function safeName(name: string): string {
  const safe = name
    .replaceAll(/[^\w.+-]+/g, '_')
    .replace(/^[.-]+/, '')
    .slice(0, 64);
  return safe === '' ? 'process' : safe;
}

/** To the second, in UTC, without colons, which Windows has no use for in names. */
function timeStamp(): string {
  return new Date()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
}
