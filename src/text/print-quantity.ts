/** Said once in each report, so that nobody wonders. */
export const unitsNote = '1 KB is 1,024 bytes, 1 MB is 1,024 KB, as Windows tools count.';

/** Stands where there is no number: the track is absent in this dump, or the number is not known. */
export const noValue = '–';

const byteUnits = ['B', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB'];
const bytesPerUnit = 1024;

/** Whole number with thousands separators: `1,234,567`. */
export function printCount(count: number): string {
  if (!Number.isFinite(count)) return noValue;
  const rounded = Math.round(Math.abs(count));
  const digits = BigInt(rounded).toString();
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, ',');
  return count < 0 && rounded !== 0 ? `−${grouped}` : grouped;
}

/** At most three digits that count: `1.25`, `7.1`, `640`; no zeros at the end of a fraction. */
function threeDigits(value: number): string {
  return value >= 999.5 ? printCount(value) : String(Number(value.toPrecision(3)));
}

/** `512 B`, `17.3 MB`. */
export function printBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return noValue;
  let value = Math.round(Math.abs(bytes));
  let unit = 0;
  // Above half a step below 1024 the rounded number would read 1,024 of the smaller unit.
  while (value >= bytesPerUnit - 0.5 && unit < byteUnits.length - 1) {
    value /= bytesPerUnit;
    unit++;
  }
  return `${bytes <= -0.5 ? '−' : ''}${threeDigits(value)} ${byteUnits[unit]}`;
}

/** In the unit in which another size is printed, so that the marks of a scale read alike: `0.5 MB` beside `1.5 MB`. */
export function printBytesLike(bytes: number, like: number): string {
  if (bytes === 0) return '0';
  const unit = byteUnits.indexOf(printBytes(like).split(' ').at(-1)!);
  return unit < 0 ? printBytes(bytes) : `${threeDigits(bytes / bytesPerUnit ** unit)} ${byteUnits[unit]}`;
}

/** Every byte: `65,552 bytes`. */
export function printExactBytes(bytes: number): string {
  return `${printCount(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`;
}

function withSign(value: number, text: string): string {
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** A change: `+24.9 MB`, `−64 KB`, `0 B`. */
export function printBytesChange(bytes: number): string {
  return withSign(bytes, printBytes(bytes));
}

/** A change: `+1,024`, `−3`, `0`. */
export function printCountChange(count: number): string {
  return withSign(count, printCount(count));
}

/** `149 MB/h`. */
export function printRate(bytesPerHour: number): string {
  return Number.isFinite(bytesPerHour) ? `${printBytes(bytesPerHour)}/h` : noValue;
}

/** A share of 0 to 1 in percent. Only all is `100%` and only nothing `0%`. */
export function printShare(share: number): string {
  if (!Number.isFinite(share)) return noValue;
  const percent = share * 100;
  if (percent <= 0) return '0%';
  if (percent < 1) return '<1%';
  if (percent < 100 && percent > 99) return '>99%';
  return `${printCount(percent)}%`;
}

/** A ratio of two sizes: `×1.07`, `×12.4`. */
export function printRatio(ratio: number): string {
  if (!Number.isFinite(ratio)) return noValue;
  return ratio < 10 ? `×${ratio.toFixed(2)}` : `×${threeDigits(ratio)}`;
}

const durationUnits = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
  { name: 's', seconds: 1 },
];

/** The two largest units that count: `2 h 5 min`, `40 s`, `1.5 s`. */
export function printDuration(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return noValue;
  const seconds = Math.abs(milliseconds) / 1000;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  let left = Math.round(seconds);
  // Minutes count below a day, seconds below an hour.
  if (left >= 86_400) left = Math.round(left / 3_600) * 3_600;
  else if (left >= 3_600) left = Math.round(left / 60) * 60;
  const parts: string[] = [];
  for (const unit of durationUnits) {
    const count = Math.floor(left / unit.seconds);
    left -= count * unit.seconds;
    if (count > 0) parts.push(`${printCount(count)} ${unit.name}`);
  }
  return parts.slice(0, 2).join(' ');
}

/** An ISO 8601 time for people, always in UTC: `2026-03-01 14:05:09 UTC`; null when it is no time. */
export function printTime(iso: string | null): string | null {
  const time = iso === null ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(time)) return null;
  const text = new Date(time).toISOString();
  return `${text.slice(0, text.indexOf('.')).replace('T', ' ')} UTC`;
}

/** A number per dump that may be missing. */
export function printOrNone(value: number | null | undefined, print: (value: number) => string): string {
  return value === null || value === undefined ? noValue : print(value);
}
