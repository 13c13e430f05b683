// Ranges of addresses as debuggers write them.
import { LeakvizError } from '../errors.ts';
import { type Address, parseAddress } from '../model/address.ts';

export interface AddressRange {
  readonly start: Address;
  /** Exclusive. */
  readonly end: Address;
}

/**
 * `A B` with B inclusive and `A Lxxx`, as WinDbg's commands take them; `0xA-0xB` with B exclusive, as in
 * /proc/PID/maps; `0xA+0xL`. All numbers are hex, with or without `0x`; backticks may stand in them. Undefined when it
 * is none of these.
 */
export function readRange(text: string): AddressRange | undefined {
  const [, first, sign, second] =
    /^\s*([0-9a-fx`]+)\s*(\s[Ll]\??|[-+]|\s)\s*([0-9a-fx`]+)\s*$/i.exec(text.replaceAll('–', '-')) ?? [];
  const start = parseAddress(first ?? '');
  const other = parseAddress(second ?? '');
  if (start === undefined || other === undefined) return undefined;
  const isInclusive = sign!.trim() === '';
  const end = sign === '-' ? other : isInclusive ? other + 1 : start + other;
  return { start, end };
}

/** The same; throws LeakvizError with what was expected. */
export function parseRange(option: string, text: string): AddressRange {
  const range = readRange(text);
  if (!range) {
    throw new LeakvizError(
      'usage',
      `${option}: expected a range such as '7ff60000 7ff6ffff', '7ff60000 L10000' or 0x7ff60000-0x7ff70000, found '${text}'`,
      { hint: 'Numbers are hex; quote a range with a space or a backtick in it.' },
    );
  }
  if (range.end <= range.start) {
    throw new LeakvizError('usage', `${option}: the range '${text}' ends before it begins`);
  }
  return range;
}
