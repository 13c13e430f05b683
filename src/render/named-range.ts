// Modules and regions by name.
import { LeakvizError } from '../errors.ts';
import { type Address, formatAddress } from '../model/address.ts';
import type { Dump } from '../model/dump.ts';

interface Range {
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
}

/** More ranges than this are not listed in an error. */
const mostListed = 4;

/**
 * The range of the module or region of that name: file names with or without folder and extension, upper and lower
 * case alike; `[heap]` and other names of regions as the dump has them. Throws LeakvizError when there is none, or
 * several apart from each other.
 */
export function namedRange(dump: Dump, name: string): Range {
  const wanted = name.toLowerCase();
  const isNamed = (path: string) => namesOf(path.toLowerCase()).includes(wanted);
  const modules = dump.modules.filter(({ path }) => isNamed(path));
  const named = modules.length > 0 ? modules : joined(dump.regions.filter((region) => isNamed(region.name)));
  const [only] = named;
  if (!only) {
    throw new LeakvizError('usage', `--module: no module or region of this dump is called '${name}'`, {
      hint: 'leakviz info --verbose lists the modules; give --range for other memory.',
    });
  }
  if (named.length > 1) {
    const text = ({ start, end }: Range) =>
      `${formatAddress(start, dump.pointerSize)}-${formatAddress(end, dump.pointerSize)}`;
    const more = named.length > mostListed ? ', …' : '';
    throw new LeakvizError(
      'usage',
      `--module: '${name}' stands at ${named.length} places: ${named.slice(0, mostListed).map(text).join(', ')}${more}`,
      { hint: 'Give one of them with --range.' },
    );
  }
  return { start: only.start, end: only.end };
}

/** Ways to call a file: whole path, file name, file name without extension or version. */
function namesOf(path: string): string[] {
  const file = path.split(/[\\/]/).at(-1)!;
  return [path, file, file.replace(/\.(exe|dll|sys|so(\.[\d.]+)?|dylib)$/, '')].filter((one) => one !== '');
}

/** Neighbours without a gap become one. */
function joined(regions: readonly Range[]): Range[] {
  const ranges: { start: Address; end: Address }[] = [];
  for (const { start, end } of regions) {
    const last = ranges.at(-1);
    if (last?.end === start) last.end = end;
    else ranges.push({ start, end });
  }
  return ranges;
}
