// What `info` and `blocks` say on the terminal.

import type { DumpFacts, HeapFacts } from '../inspect/inspect-dump.ts';
import type { BlockProfile } from '../inspect/profile-blocks.ts';
import { escapeText } from '../text/escape-text.ts';
import { noValue, printBytes, printCount, printExactBytes, printTime } from '../text/print-quantity.ts';
import { fieldKindWords, plural } from './report-words.ts';
import type { TerminalOptions } from './terminal/terminal-style.ts';
import { textTable, wrapText } from './terminal/text-table.ts';

/** Modules and warnings listed before the rest is summed up; `--verbose` lists all. */
const mostListed = 12;

const longestDetail = 200;

const addressWords: Readonly<Record<string, string>> = {
  physical: "physical: places in the machine's memory, not those that pointers hold",
  none: 'offsets in the file: it does not say where its bytes stood',
};

export function printDumpFacts(facts: DumpFacts, options: TerminalOptions, listsAll: boolean): string {
  const most = listsAll ? Number.POSITIVE_INFINITY : mostListed;
  const parts = [
    textTable(
      [
        { title: '', cells: headRows(facts).map(([name]) => name!), paints: ['dim'] },
        { title: '', cells: headRows(facts).map(([, value]) => value!), narrowest: 20 },
      ],
      options,
      0,
    ),
    regionTable(facts, options),
    heapTable(facts.heaps, options),
    moduleTable(facts, options, listsAll),
    facts.warnings
      .slice(0, most)
      .flatMap((warning) => wrapText(`! ${escapeText(warning.message, 400)}`, options.columns, '  ')),
  ];
  return `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n')}\n`;
}

function headRows(facts: DumpFacts): string[][] {
  const time = printTime(facts.capturedAt);
  const process = facts.processName === null ? noValue : escapeText(facts.processName);
  return [
    ['File', `${escapeText(facts.path)}, ${printBytes(facts.fileBytes)}`],
    [
      'Format',
      [
        facts.format,
        ...[facts.operatingSystem, facts.architecture].filter((one) => one !== 'unknown'),
        `${facts.pointerSize * 8} bit${facts.littleEndian ? '' : ', big endian'}`,
      ].join(', '),
    ],
    ['Process', facts.processId === null ? process : `${process}, id ${facts.processId}`],
    ['Taken', time === null ? noValue : `${time} (by the ${facts.timeSource}'s word)`],
    ['Threads', printCount(facts.threadCount)],
    ['Mapped', `${printBytes(facts.mappedBytes)} in ${plural(facts.regionCount, 'region')}`],
    ['Captured', `${printBytes(facts.capturedBytes)} in ${plural(facts.rangeCount, 'range')}`],
    ...leftOutRows(facts),
    ...(facts.addressSpace === 'virtual' ? [] : [['Addresses', addressWords[facts.addressSpace] ?? noValue]]),
    ...facts.details.map(({ name, value }) => [escapeText(name), escapeText(value, longestDetail)]),
  ];
}

/** What was read from files of modules. */
export function filledInWords({ bytes, files }: { readonly bytes: number; readonly files: number }): string {
  return `${printBytes(bytes)} from ${plural(files, 'file')} of modules, not counted as captured`;
}

/** What a filter dropped, such as Linux's coredump_filter, and what files of modules have of it. */
function leftOutRows({ leftOut, filledIn }: DumpFacts): string[][] {
  const { modules, moduleBytes, otherBytes } = leftOut;
  const parts = [
    ...(moduleBytes > 0 ? [`${printBytes(moduleBytes)} of ${plural(modules, 'module')}`] : []),
    ...(otherBytes > 0 ? [`${printBytes(otherBytes)} of other files`] : []),
  ];
  const hint = moduleBytes > 0 && filledIn === null ? '; see --modules' : '';
  return [
    ...(parts.length > 0 ? [['Left out', `${parts.join(', ')}${hint}`]] : []),
    ...(filledIn ? [['Filled in', filledInWords(filledIn)]] : []),
  ];
}

function regionTable(facts: DumpFacts, options: TerminalOptions): string[] {
  return textTable(
    [
      { title: 'Regions', cells: facts.regions.map((row) => row.kind) },
      { title: 'Count', cells: facts.regions.map((row) => printCount(row.count)), isNumber: true },
      { title: 'Mapped', cells: facts.regions.map((row) => printBytes(row.mappedBytes)), isNumber: true },
      { title: 'Captured', cells: facts.regions.map((row) => printBytes(row.capturedBytes)), isNumber: true },
    ],
    options,
    0,
  );
}

function heapTable(heaps: readonly HeapFacts[], options: TerminalOptions): string[] {
  if (heaps.length === 0) return ['No heap of a known allocator was found.'];
  const numbers = (title: string, pick: (heap: HeapFacts) => string) => ({
    title,
    cells: heaps.map(pick),
    isNumber: true,
  });
  return textTable(
    [
      { title: 'Heaps', cells: heaps.map((heap) => `${heap.allocator} ${heap.name}`), narrowest: 14 },
      { title: 'Address', cells: heaps.map((heap) => heap.address), dropOrder: 1 },
      numbers('Used', (heap) => printCount(heap.liveBlocks)),
      numbers('bytes', (heap) => printCount(heap.liveBytes)),
      numbers('Free', (heap) => printCount(heap.freeBlocks)),
      numbers('bytes', (heap) => printCount(heap.freeBytes)),
    ],
    options,
    0,
  );
}

function moduleTable(facts: DumpFacts, options: TerminalOptions, listsAll: boolean): string[] {
  if (facts.modules.length === 0) return [];
  const shown = listsAll ? facts.modules : facts.modules.slice(0, mostListed);
  const lines = textTable(
    [
      { title: 'Modules', cells: shown.map((module) => module.start) },
      { title: 'Size', cells: shown.map((module) => printBytes(module.sizeBytes)), isNumber: true },
      ...(shown.some((module) => module.version !== null)
        ? [{ title: 'Version', cells: shown.map((module) => module.version ?? noValue), dropOrder: 1 }]
        : []),
      ...(listsAll
        ? [{ title: 'Build', cells: shown.map((module) => escapeText(module.debugId ?? noValue)), dropOrder: 2 }]
        : []),
      { title: 'Path', cells: shown.map((module) => escapeText(module.path)), narrowest: 20 },
    ],
    options,
    0,
  );
  const rest = facts.modules.length - shown.length;
  return rest > 0 ? [...lines, `${plural(rest, 'more module')}: --verbose lists all`] : lines;
}

export function printBlockProfile(profile: BlockProfile, options: TerminalOptions): string {
  const { requestBytes } = profile;
  const request = requestBytes
    ? `requests of ${printCount(requestBytes.min)} to ${printCount(requestBytes.max)}`
    : 'request not known';
  const free = profile.freeBlocks === null ? '' : `, ${printCount(profile.freeBlocks)} free`;
  const how = profile.method === 'chunk-walk' ? `by walking ${profile.allocator}` : 'by their stride';
  const head = `Blocks of ${printExactBytes(profile.strideBytes)} (${request}): ${printCount(profile.liveBlocks)} live${free}, counted ${how}.`;
  const fields = textTable(
    [
      { title: 'Offset', cells: profile.fields.map((field) => `+${printCount(field.offset)}`), isNumber: true },
      { title: 'Bytes', cells: profile.fields.map((field) => printCount(field.size)), isNumber: true },
      { title: 'Kind', cells: profile.fields.map((field) => fieldKindWords[field.kind]) },
      { title: 'What', cells: profile.fields.map((field) => escapeText(field.detail)), narrowest: 20 },
    ],
    options,
    0,
  );
  const listed =
    profile.addresses.length === profile.liveBlocks
      ? 'All blocks'
      : `${printCount(profile.addresses.length)} of the blocks`;
  const addresses = wrapText(`${listed}: ${profile.addresses.join(' ')}`, options.columns, '  ');
  const parts = [
    wrapText(head, options.columns, '  '),
    // Of a few blocks nothing can be said that they have in common.
    ...(profile.fields.length > 0 ? [fields] : []),
    ...(profile.addresses.length > 0 ? [addresses] : []),
  ];
  return `${parts.map((part) => part.join('\n')).join('\n\n')}\n`;
}
