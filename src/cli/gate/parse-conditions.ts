// What --fail-on takes.
import type { GateRule } from '../../assemble/judge-gate.ts';
import { LeakvizError } from '../../errors.ts';
import { parseBytes } from '../parse-quantity.ts';

const hoursOf: Readonly<Record<string, number>> = { s: 1 / 3600, min: 1 / 60, h: 1, d: 24 };
const verdicts = ['leak', 'growth', 'inconclusive'] as const;

const forms = 'leak, growth, inconclusive, growth>5MB, rate>1MB/h or count(272)>1000';

/** `leak,growth>5MB,rate>1MB/h,count(272)>1000`. Throws LeakvizError with what was expected. */
export function parseConditions(text: string): GateRule[] {
  return text.split(',').map((one) => {
    const rule = parseCondition(one.trim());
    if (rule) return rule;
    throw new LeakvizError('usage', `--fail-on: expected ${forms}, found '${one.trim()}'`, {
      hint: hintFor(one.trim()),
    });
  });
}

/** `>` means something else to a shell, and takes the rest of the condition away. */
function hintFor(text: string): string {
  if (text === 'rate' || /^count\b[^>]*$/.test(text)) return "Put the conditions in quotes: --fail-on 'growth>5MB'.";
  return 'Several are joined by commas.';
}

function parseCondition(text: string): GateRule | undefined {
  const status = verdicts.find((word) => word === text);
  if (status) return { kind: 'verdict', text, status };
  const [, what, stride, limit] = /^(growth|rate|count)(?:\(\s*([^()]*?)\s*\))?\s*>\s*(\S.*)$/.exec(text) ?? [];
  if (what === undefined || limit === undefined || (what === 'count') !== (stride !== undefined)) return undefined;
  if (what === 'count') return parseCount(text, stride!, limit);
  if (what === 'growth') {
    const bytes = parseBytes(limit);
    return bytes === undefined ? undefined : { kind: 'growth', text, bytes };
  }
  const [, size, unit] = /^(.*)\/\s*(s|min|h|d)$/.exec(limit) ?? [];
  const bytes = size === undefined ? undefined : parseBytes(size);
  return bytes === undefined ? undefined : { kind: 'rate', text, bytesPerHour: bytes / hoursOf[unit!]! };
}

function parseCount(text: string, strideText: string, limit: string): GateRule | undefined {
  const stride = /^(\d+|0x[\da-f]+)$/i.test(strideText) ? Number(strideText) : 0;
  if (!(stride > 0) || !/^\d[\d_]*$/.test(limit)) return undefined;
  return { kind: 'count', text, stride, blocks: Number(limit.replaceAll('_', '')) };
}
