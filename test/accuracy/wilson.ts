// Rates with their uncertainty.

export interface Rate {
  readonly hits: number;
  readonly of: number;
}

/** Wilson's score interval for 95 % (Wilson 1927), which holds for rates near 0 and 1 and for few cases. */
export function wilsonInterval({ hits, of }: Rate): { readonly low: number; readonly high: number } {
  if (of === 0) return { low: 0, high: 1 };
  const z = 1.959964;
  const share = hits / of;
  const middle = share + (z * z) / (2 * of);
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const scale = 1 + (z * z) / of;
  return { low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}

export function rateOf<T>(items: readonly T[], holds: (item: T) => boolean): Rate {
  return { hits: items.filter(holds).length, of: items.length };
}

/** `97.8 % (314/321), 95.5–99.0`, or a dash where there is nothing to count. */
export function printRate(rate: Rate): string {
  if (rate.of === 0) return '–';
  const percent = (value: number) => (value * 100).toFixed(1);
  const { low, high } = wilsonInterval(rate);
  return `${percent(rate.hits / rate.of)} % (${rate.hits}/${rate.of}), ${percent(low)}–${percent(high)}`;
}
