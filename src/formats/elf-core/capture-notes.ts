// The notes that `leakviz capture` adds to a core: when and how it was taken. docs/formats.md describes them.
import type { BinaryReader } from '../../bytes/binary-reader.ts';
import type { Address } from '../../model/address.ts';
import { withoutOverlaps } from '../intervals.ts';
import { isAccessible, type LinuxMapping, readMapsLine } from '../linux-maps.ts';
import { textUpToNul } from '../text.ts';
import { isPageSize } from '../vmcoreinfo.ts';
import type { WarningLog } from '../warnings.ts';

/** Owner of the notes. */
export const captureNoteOwner = 'LEAKVIZ';

/**
 * Types of the notes: `LV`, then a number. gdb tells unknown owners' notes by type alone, so these must stay clear of the
 * small numbers that elf.h gives to registers and threads.
 */
export const captureNoteTypes = {
  begin: 0x4c560001,
  mappings: 0x4c560002,
  end: 0x4c560003,
  base: 0x4c560004,
  unchanged: 0x4c560005,
} as const;

/** How a process stood still while its memory was read: stopped for it, stopped before, or not at all. */
export const standstills = ['paused', 'stopped-before', 'none'] as const;
export type Standstill = (typeof standstills)[number];

/** What was known when the capture began; the note's JSON. */
export interface CaptureBegin {
  readonly writer: string;
  /** ISO 8601. */
  readonly capturedAt: string;
  readonly standstill: Standstill;
  readonly selection: string;
}

/** What was known at its end; the note's JSON, filled up with NULs. It stands behind the memory. */
export interface CaptureEnd {
  /** Milliseconds; null where the process was not stopped. */
  readonly pausedMs: number | null;
  /** Bytes that could not be read; zeros stand in their place. */
  readonly unreadBytes: number;
  /** Where, in hex, as far as the note has room: [start, size]. */
  readonly unread: readonly (readonly [start: string, size: string])[];
}

/** What tells one capture from all others. */
export interface CaptureIdentity {
  readonly processId: number;
  /** ISO 8601. */
  readonly capturedAt: string;
  /** Bytes of its core, unpacked. */
  readonly size: number;
}

/** What an incremental core builds upon; the note's JSON. */
export interface CaptureBase extends CaptureIdentity {
  /** File name without folder. Untrusted. */
  readonly file: string;
  /** Bytes that a bit of the note `unchanged` stands for. */
  readonly pageSize: number;
}

/** What a core says about its capture. */
export interface CaptureFacts {
  readonly capturedAt: Date | null;
  /** Mappings that can be accessed, sorted, never overlapping; empty where the core has none of its own. */
  readonly mappings: readonly LinuxMapping[];
  /** Ranges whose bytes in the file are not the process's. */
  readonly unread: readonly { readonly start: Address; readonly end: Address }[];
  /** Of an incremental core. */
  readonly base: CaptureBase | undefined;
  /** Where in the file the bits of unchanged pages stand. */
  readonly unchanged: { readonly offset: number; readonly size: number } | undefined;
}

/** Longer texts are forged: 65,530 mappings with long paths are shorter. */
const longestText = 1 << 26;

/** Collects the notes one by one; what cannot be understood is left out with a warning. */
export function createCaptureReader(warnings: WarningLog) {
  const facts: { -readonly [key in keyof CaptureFacts]: CaptureFacts[key] } = {
    capturedAt: null,
    mappings: [],
    unread: [],
    base: undefined,
    unchanged: undefined,
  };
  // Each counts once: program headers may name the same notes any number of times.
  const awaited = new Set<number>(Object.values(captureNoteTypes));
  return {
    add(type: number, reader: BinaryReader): void {
      if (!awaited.delete(type)) return;
      const at = reader.offset();
      if (type === captureNoteTypes.unchanged) {
        facts.unchanged = { offset: at, size: reader.remaining() };
        return;
      }
      const text = textUpToNul(reader.bytes(Math.min(reader.remaining(), longestText), captureNoteOwner));
      let isRead = true;
      if (type === captureNoteTypes.begin) {
        facts.capturedAt = readBegin(text, warnings);
        isRead = facts.capturedAt !== null;
      } else if (type === captureNoteTypes.mappings) {
        facts.mappings = readMappings(text);
        isRead = facts.mappings.length > 0;
      } else if (type === captureNoteTypes.end) {
        const end = parseObject(text);
        facts.unread = readUnread(end, warnings);
        isRead = end !== undefined;
      } else if (type === captureNoteTypes.base) {
        facts.base = readBase(text);
        isRead = facts.base !== undefined;
      }
      if (!isRead) {
        warnings.add('damaged-capture-note', "leakviz's own note about the capture cannot be read", at);
      }
    },
    facts: (): CaptureFacts => facts,
  };
}

function readBegin(text: string, warnings: WarningLog): Date | null {
  const begin = parseObject(text);
  const time = new Date(typeof begin?.capturedAt === 'string' ? begin.capturedAt : Number.NaN);
  if (begin?.standstill === 'none') warnings.add('taken-while-running', takenWhileRunning);
  return Number.isNaN(time.getTime()) ? null : time;
}

function readBase(text: string): CaptureBase | undefined {
  const { file, processId, capturedAt, size, pageSize } = parseObject(text) ?? {};
  if (typeof file !== 'string' || typeof capturedAt !== 'string') return undefined;
  if (typeof processId !== 'number' || typeof size !== 'number' || typeof pageSize !== 'number') return undefined;
  return isPageSize(pageSize) ? { file, processId, capturedAt, size, pageSize } : undefined;
}

/** A list that lost some of its lines is of no use: the segments tell more. */
function readMappings(text: string): LinuxMapping[] {
  const rows = text.split('\n').filter((row) => row !== '');
  const mappings = rows.map(readMapsLine).filter((mapping) => mapping !== undefined);
  return mappings.length < rows.length ? [] : withoutOverlaps(mappings.filter(isAccessible));
}

const takenWhileRunning =
  'this dump was taken without stopping the process (--no-pause): its pages are of different moments, so that counts may be off by what came and went meanwhile';

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function readUnread(end: Readonly<Record<string, unknown>> | undefined, warnings: WarningLog) {
  const bytes = typeof end?.unreadBytes === 'number' ? end.unreadBytes : 0;
  if (bytes > 0) warnings.add('unread-memory', `${bytes} bytes of memory could not be read when this dump was taken`);
  if (!Array.isArray(end?.unread)) return [];
  const ranges = end.unread.map((pair: unknown) => {
    const [start = Number.NaN, size = 0] = Array.isArray(pair)
      ? pair.map((one) => (typeof one === 'string' ? Number(`0x${one}`) : Number.NaN))
      : [];
    return { start, end: start + size };
  });
  return withoutOverlaps(ranges.filter(({ start, end }) => Number.isSafeInteger(start) && Number.isSafeInteger(end)));
}
