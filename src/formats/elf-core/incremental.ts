// Incremental cores: laid out like whole ones, with holes where a page is the same as in an earlier core. docs/formats.md
// describes their notes.
import { createBinaryReader } from '../../bytes/binary-reader.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import { LeakvizError, MalformedDumpError } from '../../errors.ts';
import { type Address, lastStartingAtOrBelow } from '../../model/address.ts';
import { createWarningLog } from '../warnings.ts';
import type { CaptureBase } from './capture-notes.ts';
import { coreTypeField, isElfCore, readElfHeader, typeFieldOffset } from './elf-header.ts';
import { type CoreNotes, readNotes } from './notes.ts';
import { type LoadSegment, readProgramHeaders } from './program-headers.ts';

/** Incremental cores in a row, at most: a damaged file costs no more than so many, and a read goes through no more. */
export const longestChain = 16;

/** Bits for 512 GiB in pages of 4 KiB. What is larger is stored whole. */
export const mostUnchangedBytes = 1 << 24;

/** A core that needs another. */
export interface IncrementalCore {
  readonly base: CaptureBase;
  /**
   * The whole core, byte by byte as it would have been without a base. Closing it closes neither file.
   * @param base whole or composed. Throws LeakvizError unless it is the very file that is meant.
   */
  compose(base: ByteSource): ByteSource;
}

/** Undefined for anything but an incremental core. Throws MalformedDumpError where it does not say what it builds upon. */
export function readIncrementalCore(source: ByteSource): IncrementalCore | undefined {
  const head = new Uint8Array(64);
  if (!isElfCore(head.subarray(0, source.read(0, head)))) return undefined;
  const header = readElfHeader(source);
  if (!header.isIncremental) return undefined;
  const { loads, notes } = readLayout(source);
  const { base, unchanged } = notes.capture;
  if (base === undefined) throw missing('its base', source);
  if (!plainName.test(base.file)) {
    const found = JSON.stringify(base.file.slice(0, 100));
    throw new MalformedDumpError('base.file', 0, 'the name of a core without a folder', found);
  }
  if (unchanged === undefined) throw missing('unchanged pages', source);
  if (unchanged.size > mostUnchangedBytes) {
    throw new MalformedDumpError(
      'unchanged',
      unchanged.offset,
      `${mostUnchangedBytes} bytes at most`,
      `${unchanged.size}`,
    );
  }
  const bits = createBinaryReader(source, { start: unchanged.offset, size: unchanged.size, littleEndian: true }).bytes(
    unchanged.size,
    'unchanged',
  );
  const type = coreTypeField(false, header.littleEndian);
  return {
    base,
    compose(below) {
      const earlier = readLayout(below);
      checkIdentity(base, earlier.notes, below.size);
      const pages = { bits, pageSize: base.pageSize, loads: inFileOrder(loads) };
      const places = createPlaces(pages, inMemoryOrder(earlier.loads));
      places.check();
      return composedSource(source, below, { places, type });
    },
  };
}

/** As leakviz names its cores; nothing that leads out of the folder, and no device. */
const plainName = /^[\w+][\w.+-]{0,200}\.core(\.\w{1,8})?$/;

function missing(what: string, source: ByteSource): MalformedDumpError {
  return new MalformedDumpError(
    'PT_NOTE',
    source.size,
    `a note of LEAKVIZ about ${what}`,
    'none: the file is cut off or damaged',
  );
}

function readLayout(source: ByteSource): { readonly loads: readonly LoadSegment[]; readonly notes: CoreNotes } {
  const warnings = createWarningLog();
  const header = readElfHeader(source);
  const { loads, notes } = readProgramHeaders(source, header, warnings);
  return { loads: loads.filter(({ fileSize }) => fileSize > 0), notes: readNotes(source, header, notes, warnings) };
}

function checkIdentity(expected: CaptureBase, { process, capture }: CoreNotes, size: number): void {
  const capturedAt = capture.capturedAt?.toISOString();
  if (process?.id === expected.processId && capturedAt === expected.capturedAt && size === expected.size) return;
  const words = (id: number | undefined, time: string | undefined, bytes: number) =>
    `process ${id ?? 'unknown'}, taken ${time ?? 'at an unknown time'}, ${bytes} bytes`;
  const { file, processId } = expected;
  const text = `its base ${file} is another dump now: expected ${words(processId, expected.capturedAt, expected.size)}; found ${words(process?.id, capturedAt, size)}`;
  throw new LeakvizError('malformed-dump', text, { hint: 'Put back the file that the dump was taken after.' });
}

function inFileOrder(loads: readonly LoadSegment[]): LoadSegment[] {
  return [...loads].sort((a, b) => a.fileOffset - b.fileOffset);
}

function inMemoryOrder(loads: readonly LoadSegment[]): LoadSegment[] {
  return [...loads].sort((a, b) => a.start - b.start);
}

/** Which file a stretch of the composed core is taken from. */
interface Place {
  readonly isBase: boolean;
  /** Where it stands in that file. */
  readonly offset: number;
  readonly size: number;
}

interface Pages {
  /** A bit per page, lowest first, from the first byte of memory in the file on. */
  readonly bits: Uint8Array;
  readonly pageSize: number;
  /** In order of the file. */
  readonly loads: readonly LoadSegment[];
}

/** @param baseLoads in order of address */
function createPlaces({ bits, pageSize, loads }: Pages, baseLoads: readonly LoadSegment[]) {
  const memoryOffset = loads[0]?.fileOffset ?? 0;
  const isUnchanged = (page: number) => ((bits[page >>> 3] ?? 0) & (1 << (page & 7))) !== 0;

  /** Index of the last segment that begins at or before an offset; -1 if none does. */
  function loadAt(offset: number): number {
    let low = 0;
    let high = loads.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (loads[middle]!.fileOffset <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** What stands at an offset, up to where that changes; `size` is never 0. Undefined where the base lacks it. */
  function find(offset: number, limit: number): Place | undefined {
    const index = loadAt(offset);
    const load = loads[index];
    const next = Math.min(offset + limit, loads[index + 1]?.fileOffset ?? Number.POSITIVE_INFINITY);
    if (load === undefined || offset >= load.fileOffset + load.fileSize) {
      return { isBase: false, offset, size: next - offset };
    }
    const last = Math.min(next, load.fileOffset + load.fileSize);
    let page = Math.floor((offset - memoryOffset) / pageSize);
    const isBase = isUnchanged(page);
    let end = offset;
    for (; end < last && isUnchanged(page) === isBase; page += 1) end = memoryOffset + (page + 1) * pageSize;
    end = Math.min(end, last);
    if (!isBase) return { isBase, offset, size: end - offset };
    const address: Address = load.start + (offset - load.fileOffset);
    const below = baseLoads[lastStartingAtOrBelow(baseLoads, address)];
    if (below === undefined || address >= below.start + below.fileSize) return undefined;
    const size = Math.min(end - offset, below.start + below.fileSize - address);
    return { isBase, offset: below.fileOffset + (address - below.start), size };
  }

  return {
    find,
    /** Throws MalformedDumpError where a page is to be taken from the base that is not there. */
    check(): void {
      const memoryEnd = loads.reduce((end, { fileOffset, fileSize }) => Math.max(end, fileOffset + fileSize), 0);
      const end = Math.min(memoryEnd, memoryOffset + bits.length * 8 * pageSize);
      for (let at = memoryOffset; at < end; ) {
        const place = find(at, end - at);
        if (place === undefined) {
          throw new MalformedDumpError('unchanged', at, 'pages that its base has', 'one that it does not have');
        }
        at += place.size;
      }
    },
  };
}

interface Composition {
  readonly places: ReturnType<typeof createPlaces>;
  /** What stands in e_type. */
  readonly type: Uint8Array;
}

function composedSource(own: ByteSource, base: ByteSource, { places, type }: Composition): ByteSource {
  return {
    size: own.size,
    file: undefined,
    read(offset, into) {
      const wanted = Math.min(into.length, own.size - offset);
      let done = 0;
      while (done < wanted) {
        const place = places.find(offset + done, wanted - done);
        if (place === undefined) break;
        const part = into.subarray(done, done + place.size);
        const got = (place.isBase ? base : own).read(place.offset, part);
        done += got;
        if (got < part.length) break;
      }
      for (let index = 0; index < type.length; index += 1) {
        const at = typeFieldOffset + index - offset;
        if (at >= 0 && at < done) into[at] = type[index]!;
      }
      return Math.max(0, done);
    },
    close: () => undefined,
  };
}
