import { type Address, formatAddress } from '../../model/address.ts';

const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** `512 B`, `17.3 MB`; 1 KB is 1024 bytes. Exact multiples of a unit have no fraction: `64 KB`. */
export function bytesText(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = Number.isInteger(value) || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${bytes < 0 ? '-' : ''}${value.toFixed(digits)} ${units[unit]}`;
}

/** `+24.9 MB`, `-64 KB`. */
export function bytesChangeText(bytes: number): string {
  return bytes > 0 ? `+${bytesText(bytes)}` : bytesText(bytes);
}

/** `1,234,567`. */
export function countText(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Hex without the leading zeros of the report: short enough for a ruler, and debuggers take it as it is. */
export function addressText(address: Address): string {
  const digits = formatAddress(address, 8).slice(2).replace(/^0+/, '');
  return `0x${digits.padStart(4, '0')}`;
}

/** `2026-03-01 14:05:09 UTC`. */
export function timeText(iso: string | null): string {
  const time = iso === null ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(time)) return 'time not known';
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
