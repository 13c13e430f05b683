import { printBytes, printBytesLike, printDuration } from '../../text/print-quantity.ts';
import { html, type SafeHtml } from './html-template.ts';

export interface GrowthSeries {
  /** CSS class that gives the colour. */
  readonly className: string;
  readonly title: string;
  readonly description: string;
  /** One per dump. */
  readonly values: readonly number[];
}

const width = 480;
const height = 210;
const plot = { left: 64, right: 12, top: 24, bottom: 44 };
const plotWidth = width - plot.left - plot.right;
const plotHeight = height - plot.top - plot.bottom;
/** Narrower labels would run into each other. */
const narrowestLabel = 90;
/** Below this share of the largest value the axis starts at zero: only a small change needs a closer look. */
const zeroBasedBelow = 0.6;

/** One quantity over the dumps. `elapsed` are milliseconds after the first dump, or null for even spacing. */
export function growthChart(series: GrowthSeries, elapsed: readonly number[] | null): SafeHtml {
  const { values } = series;
  const axis = valueAxis(values);
  const toY = (value: number) => plot.top + plotHeight * (1 - (value - axis.low) / (axis.high - axis.low));
  const points = timePositions(values.length, elapsed).map((x, index) => ({ x, y: toY(values[index]!) }));
  const line = points.map((point) => `${round(point.x)},${round(point.y)}`).join(' ');
  const floor = plot.top + plotHeight;
  const area = `${round(points[0]!.x)},${floor} ${line} ${round(points.at(-1)!.x)},${floor}`;
  const pointSize = values.length > 12 ? 2 : 3.5;
  const label = `${series.title} over the dumps: ${values.map(printBytes).join(', ')}`;
  return html`<figure class="chart ${series.className}">
<figcaption><strong>${series.title}</strong> <span class="soft">${series.description}</span></figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
${axis.ticks.map((tick) => gridLine(printBytesLike(tick, axis.high), toY(tick)))}
${axis.low === 0 && html`<polygon class="area" points="${area}"/>`}
<polyline class="line" points="${line}"/>
${points.map((point) => html`<circle class="point" cx="${round(point.x)}" cy="${round(point.y)}" r="${pointSize}"/>`)}
${valueLabels(points, values)}
${timeLabels(points, elapsed)}
</svg>
${axis.low > 0 && html`<p class="small soft">The scale starts at ${printBytesLike(axis.low, axis.high)}, not at zero.</p>`}
</figure>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function timePositions(count: number, elapsed: readonly number[] | null): number[] {
  const span = elapsed?.at(-1) ?? 0;
  return Array.from({ length: count }, (_, index) => {
    const share = elapsed !== null && span > 0 ? elapsed[index]! / span : index / Math.max(1, count - 1);
    return plot.left + plotWidth * share;
  });
}

function valueAxis(values: readonly number[]): { low: number; high: number; ticks: number[] } {
  const least = Math.min(...values);
  const most = Math.max(...values, 1);
  const base = least > most * zeroBasedBelow && most > least ? least - (most - least) * 0.25 : 0;
  const step = niceStep((most - base) / 3, most);
  const low = Math.max(0, Math.floor(base / step) * step);
  const high = Math.ceil(most / step) * step;
  const ticks = Array.from({ length: Math.round((high - low) / step) + 1 }, (_, index) => low + index * step);
  return { low, high, ticks };
}

/** 1, 2 or 5 times a power of ten of the unit that the values are printed in, so that labels are round: 5 MB, 0.2 GB. */
function niceStep(rough: number, most: number): number {
  const unit = 1024 ** Math.floor(Math.log(most) / Math.log(1024));
  const power = 10 ** Math.floor(Math.log10(rough / unit));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power * unit >= rough) ?? 10;
  return Math.max(1, factor * power * unit);
}

function gridLine(label: string, y: number): SafeHtml {
  return html`<line class="grid" x1="${plot.left}" x2="${width - plot.right}" y1="${round(y)}" y2="${round(y)}"/>
<text x="${plot.left - 8}" y="${round(y + 4)}" text-anchor="end">${label}</text>`;
}

/** The first and the last value; all where there is room. A label stands where the line does not run. */
function valueLabels(points: readonly { x: number; y: number }[], values: readonly number[]): SafeHtml[] {
  const last = points.length - 1;
  return points.flatMap((point, index) => {
    if (index !== 0 && index !== last && !spaced(points, index, last)) return [];
    const anchor = index === 0 ? 'start' : index === last ? 'end' : 'middle';
    const rises = index === 0 && last > 0 && points[1]!.y < point.y - 6;
    const isLow = point.y + 24 > plot.top + plotHeight;
    const y = rises && !isLow ? point.y + 19 : point.y - 10;
    return [
      html`<text class="value" x="${round(point.x)}" y="${round(y)}" text-anchor="${anchor}">${printBytes(values[index]!)}</text>`,
    ];
  });
}

/** Whether a label between first and last has room on both sides, when the ones before it are shown too. */
function spaced(points: readonly { x: number }[], index: number, last: number): boolean {
  if (last > 4) return false;
  const x = points[index]!.x;
  return points.every((point, other) => other === index || Math.abs(point.x - x) >= narrowestLabel * 1.2);
}

function timeLabels(points: readonly { x: number }[], elapsed: readonly number[] | null): SafeHtml[] {
  const last = points.length - 1;
  let taken = Number.NEGATIVE_INFINITY;
  return points.flatMap((point, index) => {
    const isEnd = index === 0 || index === last;
    const room = point.x - taken >= narrowestLabel && points[last]!.x - point.x >= narrowestLabel;
    if (!isEnd && !room) return [];
    taken = point.x;
    const anchor = index === 0 ? 'start' : index === last ? 'end' : 'middle';
    const y = height - plot.bottom + 18;
    const time = elapsed === null || index === 0 ? '' : `+${printDuration(elapsed[index]!)}`;
    return [
      html`<text x="${round(point.x)}" y="${y}" text-anchor="${anchor}">Dump ${index + 1}</text>`,
      html`<text x="${round(point.x)}" y="${y + 16}" text-anchor="${anchor}">${time}</text>`,
    ];
  });
}
