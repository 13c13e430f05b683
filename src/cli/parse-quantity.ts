// Sizes, times and addresses as people write them on a command line.
import { LeakvizError } from '../errors.ts';
import { type Address, parseAddress } from '../model/address.ts';

const byteUnits: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1 << 10, m: 1 << 20, g: 1 << 30, t: 2 ** 40 };
const secondUnits: Readonly<Record<string, number>> = { ms: 0.001, s: 1, '': 1, m: 60, min: 60, h: 3600, d: 86400 };

/** `5MB`, `64k`, `1.5 GB`: bytes; undefined when it is no size. Units of 1,024. */
export function parseBytes(text: string): number | undefined {
  const match = /^([\d.]+)\s*([kmgt]?)i?b?$/i.exec(text.trim());
  if (!match) return undefined;
  const value = Number(match[1]) * byteUnits[match[2]!.toLowerCase()]!;
  return Number.isFinite(value) ? value : undefined;
}

/** `30s`, `5min`, `2h`: milliseconds. Throws with what was expected. */
export function parseInterval(text: string, option = '--interval'): number {
  const match = /^([\d.]+)\s*(ms|s|min|m|h|d)?$/i.exec(text.trim());
  const value = match ? Number(match[1]) * secondUnits[(match[2] ?? '').toLowerCase()]! * 1000 : Number.NaN;
  if (!(value > 0))
    throw new LeakvizError('usage', `${option}: expected a time such as 30s, 5min or 2h, found '${text}'`);
  return value;
}

/** ISO 8601 or anything Date understands with a zone. Throws with what was expected. */
export function parseTimes(text: string, count: number): Date[] {
  const times = text.split(',').map((one) => new Date(one.trim()));
  const bad = times.findIndex((time) => Number.isNaN(time.getTime()));
  if (bad >= 0) {
    throw new LeakvizError('usage', `--times: '${text.split(',')[bad]!.trim()}' is no time`, {
      hint: 'Write ISO 8601, such as 2026-03-01T14:05:00Z, separated by commas.',
    });
  }
  if (times.length !== count) {
    throw new LeakvizError('usage', `--times: expected ${count} times, one per dump, found ${times.length}`);
  }
  return times;
}

export function parseBase(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined)
    throw new LeakvizError('usage', `--base: expected a hex address such as 0x7ff600000000, found '${text}'`);
  return address;
}

export function parseSize(option: string, text: string): number {
  const bytes = parseBytes(text);
  if (bytes === undefined || bytes <= 0)
    throw new LeakvizError('usage', `${option}: expected a size such as 500MB or 2GB, found '${text}'`);
  return bytes;
}

/** Units are taken as for bytes: `--stride 64KiB`. Throws LeakvizError. */
export function parseWholeNumber(option: string, text: string, least: number): number {
  const value = parseBytes(text);
  if (value === undefined || !Number.isInteger(value) || value < least) {
    throw new LeakvizError('usage', `${option}: expected a whole number from ${least}, found '${text}'`);
  }
  return value;
}
