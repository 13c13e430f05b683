// Follows regions through the dumps of one address space: what overlaps from dump to dump is one track, however it was split.
import { lastStartingAtOrBelow } from '../model/address.ts';
import type { Dump, MemoryRegion } from '../model/dump.ts';
import type { Track, TrackPresence } from '../model/track.ts';

/** Consecutive regions of one dump that are shown as one: the sections of one image, the mappings of one file. */
interface Span {
  readonly dump: number;
  readonly start: number;
  end: number;
  readonly pieces: MemoryRegion[];
}

/** Regions become tracks, sorted by address. Every region of every dump is in exactly one track. */
export function matchRegions(dumps: readonly Dump[]): Track[] {
  const spans = dumps.flatMap((dump, index) => mergeFileMappings(namedByOthers(dump, dumps), index));
  spans.sort((a, b) => a.start - b.start || a.end - b.end || a.dump - b.dump);
  const groups = groupOverlapping(spans);
  return groups.map((group, index) => toTrack(group, index, dumps.length));
}

/**
 * A core that is cut off has often lost the list of mapped files, which gcore writes last. What another dump calls a
 * file's is not memory that went away when the file came.
 */
function namedByOthers(dump: Dump, dumps: readonly Dump[]): readonly MemoryRegion[] {
  if (dump.modules.length > 0) return dump.regions;
  const files = dumps
    .flatMap(({ regions, modules }) => (modules.length > 0 ? regions.filter(isOfFile) : []))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  if (files.length === 0) return dump.regions;
  return dump.regions.map((region) => {
    const file = files[lastStartingAtOrBelow(files, region.start)];
    const isInside = region.name === '' && file !== undefined && region.start < file.end && region.end <= file.end;
    return isInside ? { ...region, kind: file.kind, name: file.name } : region;
  });
}

function isOfFile({ kind, name }: MemoryRegion): boolean {
  return (kind === 'image' || kind === 'mapped-file') && name !== '';
}

/** One span for the neighbouring mappings of one file: a module is one thing to a reader, not five sections. */
function mergeFileMappings(regions: readonly MemoryRegion[], dump: number): Span[] {
  const spans: Span[] = [];
  for (const region of regions) {
    const last = spans.at(-1);
    const before = last?.pieces[0];
    const isSameFile =
      before !== undefined && isOfFile(region) && before.name === region.name && before.kind === region.kind;
    if (isSameFile) {
      last!.end = Math.max(last!.end, region.end);
      last!.pieces.push(region);
    } else spans.push({ dump, start: region.start, end: region.end, pieces: [region] });
  }
  return spans;
}

/** Memory that one thing can grow into; a file's mapping and anonymous memory at one address are two things. */
function family(span: Span): string {
  const first = span.pieces[0]!;
  return first.kind === 'image' || first.kind === 'mapped-file' ? `${first.kind}:${first.name}` : 'anonymous';
}

/**
 * Sweeps over the spans of all dumps by start: a span joins the open group of its family that it overlaps. Groups of
 * one family never overlap each other, so that one open group per family is enough; overlap within one dump cannot
 * happen, and spans that only touch stay apart.
 */
function groupOverlapping(spans: readonly Span[]): Span[][] {
  const groups: { spans: Span[]; start: number; end: number }[] = [];
  const open = new Map<string, { spans: Span[]; start: number; end: number }>();
  for (const span of spans) {
    const key = family(span);
    const group = open.get(key);
    if (group && span.start < group.end) {
      group.spans.push(span);
      group.end = Math.max(group.end, span.end);
    } else {
      const opened = { spans: [span], start: span.start, end: span.end };
      groups.push(opened);
      open.set(key, opened);
    }
  }
  return groups.sort((a, b) => a.start - b.start || a.end - b.end).map((group) => group.spans);
}

function toTrack(spans: readonly Span[], index: number, dumpCount: number): Track {
  const perDump: MemoryRegion[][] = Array.from({ length: dumpCount }, () => []);
  for (const span of spans) perDump[span.dump]!.push(...span.pieces);
  const presence = perDump.map(toPresence);
  const all = perDump.flat();
  const named = all.find((region) => region.kind === 'stack') ?? all.find((region) => region.name !== '') ?? all[0]!;
  return {
    id: `r${index + 1}`,
    kind: named.kind,
    name: named.name,
    start: spans.reduce((low, span) => Math.min(low, span.start), Number.POSITIVE_INFINITY),
    end: spans.reduce((high, span) => Math.max(high, span.end), Number.NEGATIVE_INFINITY),
    writable: all.some((region) => region.writable),
    presence,
  };
}

function toPresence(regions: readonly MemoryRegion[]): TrackPresence | null {
  if (regions.length === 0) return null;
  const pieces = regions.map(({ start, end }) => ({ start, end })).sort((a, b) => a.start - b.start);
  return {
    start: pieces[0]!.start,
    end: pieces.at(-1)!.end,
    pieces,
    mappedBytes: pieces.reduce((sum, piece) => sum + piece.end - piece.start, 0),
    shift: 0,
  };
}
