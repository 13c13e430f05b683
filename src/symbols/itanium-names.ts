// Names as C++ compilers of Unix and mingw write them (Itanium C++ ABI, 5.1 "External Names"): types and the scoped
// names of data and functions, without parameters. What it does not know it gives up on; the mangled name stays then.

interface Cursor {
  readonly text: string;
  at: number;
  depth: number;
  /** What S_, S0_ and so on stand for. */
  readonly seen: string[];
}

/** Deeper or longer names come from no compiler that means a reader well. */
const deepest = 24;
const longestName = 1024;
const mostComponents = 256;

const builtins: Readonly<Record<string, string>> = {
  v: 'void',
  w: 'wchar_t',
  b: 'bool',
  c: 'char',
  a: 'signed char',
  h: 'unsigned char',
  s: 'short',
  t: 'unsigned short',
  i: 'int',
  j: 'unsigned int',
  l: 'long',
  m: 'unsigned long',
  x: 'long long',
  y: 'unsigned long long',
  n: '__int128',
  o: 'unsigned __int128',
  f: 'float',
  d: 'double',
  e: 'long double',
};

/** Pointers, references and const. */
const qualifiers: Readonly<Record<string, string>> = { P: '*', R: '&', O: '&&', K: ' const' };

const standardNames: Readonly<Record<string, string>> = {
  a: 'std::allocator',
  b: 'std::basic_string',
  s: 'std::string',
  i: 'std::istream',
  o: 'std::ostream',
  d: 'std::iostream',
};

/** `N3app7SessionE` → `app::Session`; undefined where it is no type, or one of a kind that is not known here. */
export function itaniumTypeName(mangled: string): string | undefined {
  if (mangled.length > longestName) return undefined;
  const cursor: Cursor = { text: mangled, at: 0, depth: 0, seen: [] };
  const name = parseType(cursor);
  return cursor.at === mangled.length ? name : undefined;
}

/** `_ZN3app10g_sessionsE` → `app::g_sessions`; parameters of functions are left out. Undefined where it is not known. */
export function itaniumName(symbol: string): string | undefined {
  if (!symbol.startsWith('_Z') || symbol.length > longestName) return undefined;
  // Rust ends its names with a hash.
  return parseName({ text: symbol, at: 2, depth: 0, seen: [] })?.replace(/::h[0-9a-f]{16}$/, '');
}

function take(cursor: Cursor, token: string): boolean {
  if (!cursor.text.startsWith(token, cursor.at)) return false;
  cursor.at += token.length;
  return true;
}

function peek(cursor: Cursor): string {
  return cursor.text[cursor.at] ?? '';
}

function isDigit(text: string): boolean {
  return text >= '0' && text <= '9';
}

function parseType(cursor: Cursor): string | undefined {
  if (cursor.depth >= deepest) return undefined;
  cursor.depth += 1;
  const mark = qualifiers[peek(cursor)];
  const builtin = builtins[peek(cursor)];
  if (mark !== undefined || builtin !== undefined) cursor.at += 1;
  const name = mark !== undefined ? parseQualified(cursor, mark) : (builtin ?? parseName(cursor));
  cursor.depth -= 1;
  return name;
}

function parseQualified(cursor: Cursor, mark: string): string | undefined {
  const inner = parseType(cursor);
  return inner === undefined ? undefined : remember(cursor, inner + mark);
}

function remember(cursor: Cursor, name: string): string {
  cursor.seen.push(name);
  return name;
}

function parseName(cursor: Cursor): string | undefined {
  if (cursor.depth >= deepest) return undefined;
  cursor.depth += 1;
  const name = take(cursor, 'N') ? parseNested(cursor) : take(cursor, 'Z') ? parseLocal(cursor) : parseUnscoped(cursor);
  cursor.depth -= 1;
  return name !== undefined && name.length <= longestName ? name : undefined;
}

/** `Z4mainE7Session`: a class within a function. */
function parseLocal(cursor: Cursor): string | undefined {
  const outer = parseName(cursor);
  if (outer === undefined) return undefined;
  for (let count = 0; count < mostComponents && !take(cursor, 'E'); count += 1) {
    if (parseType(cursor) === undefined) return undefined;
  }
  const inner = parseName(cursor);
  // A discriminator tells classes of one name apart.
  if (inner !== undefined && take(cursor, '_')) while (isDigit(peek(cursor))) cursor.at += 1;
  return inner === undefined ? undefined : `${outer}::${inner}`;
}

function parseUnscoped(cursor: Cursor): string | undefined {
  if (peek(cursor) === 'S' && cursor.text[cursor.at + 1] !== 't') {
    const known = parseSubstitution(cursor);
    return known === undefined || peek(cursor) !== 'I' ? known : withArguments(cursor, known);
  }
  const scope = take(cursor, 'St') ? 'std::' : '';
  const own = parseOwnName(cursor, '');
  if (own === undefined) return undefined;
  const name = remember(cursor, scope + own);
  return peek(cursor) === 'I' ? withArguments(cursor, name) : name;
}

function withArguments(cursor: Cursor, name: string): string | undefined {
  const list = parseArguments(cursor);
  return list === undefined ? undefined : remember(cursor, name + list);
}

function parseNested(cursor: Cursor): string | undefined {
  while ('rVK'.includes(peek(cursor)) && peek(cursor) !== '') cursor.at += 1;
  let name = '';
  for (let count = 0; count < mostComponents; count += 1) {
    if (take(cursor, 'E')) return name === '' ? undefined : name;
    const next = parseComponent(cursor, name);
    if (next === undefined || next.length > longestName) return undefined;
    name = next;
  }
  return undefined;
}

/** The name with one component more: a scope, a template's arguments, a constructor. */
function parseComponent(cursor: Cursor, name: string): string | undefined {
  if (peek(cursor) === 'I') return name === '' ? undefined : withArguments(cursor, name);
  if (name === '' && take(cursor, 'St')) return 'std';
  if (name === '' && peek(cursor) === 'S') return parseSubstitution(cursor);
  const own = parseOwnName(cursor, name);
  if (own === undefined) return undefined;
  return remember(cursor, name === '' ? own : `${name}::${own}`);
}

/** @param scope what stands before: constructors are called like it */
function parseOwnName(cursor: Cursor, scope: string): string | undefined {
  const special = /^(?:([CD])[0-5]|Ut(\d*)_)/.exec(cursor.text.slice(cursor.at, cursor.at + 16));
  if (special) {
    cursor.at += special[0].length;
    const last = scope.replace(/<.*$/, '').split('::').at(-1)!;
    return special[1] === undefined ? '{unnamed}' : special[1] === 'D' ? `~${last}` : last;
  }
  if (peek(cursor) === 'L') cursor.at += 1;
  const own = parseSourceName(cursor);
  // ABI tags, such as B5cxx11, tell no reader anything.
  while (own !== undefined && take(cursor, 'B')) if (parseSourceName(cursor) === undefined) return undefined;
  return own;
}

function parseSourceName(cursor: Cursor): string | undefined {
  const digits = /^[1-9]\d{0,3}/.exec(cursor.text.slice(cursor.at, cursor.at + 4))?.[0];
  if (digits === undefined) return undefined;
  const start = cursor.at + digits.length;
  const name = cursor.text.slice(start, start + Number(digits));
  if (name.length < Number(digits) || !/^[\w$.\u0080-\uffff]+$/.test(name)) return undefined;
  cursor.at = start + name.length;
  return name.startsWith('_GLOBAL__N') ? '(anonymous)' : name;
}

/** S_, S0_ … and the names of the standard library that have letters of their own. */
function parseSubstitution(cursor: Cursor): string | undefined {
  const match = /^S(?:([a-z])|([0-9A-Z]{0,3})_)/.exec(cursor.text.slice(cursor.at, cursor.at + 5));
  if (!match) return undefined;
  cursor.at += match[0].length;
  if (match[1] !== undefined) return standardNames[match[1]];
  return cursor.seen[match[2] === '' ? 0 : Number.parseInt(match[2]!, 36) + 1];
}

/** `I…E` → `<…>`. */
function parseArguments(cursor: Cursor): string | undefined {
  cursor.at += 1;
  const list: string[] = [];
  for (let count = 0; count < mostComponents; count += 1) {
    if (take(cursor, 'E')) return `<${list.join(', ')}>`;
    const argument = parseArgument(cursor);
    if (argument === undefined) return undefined;
    if (argument !== '') list.push(argument);
  }
  return undefined;
}

function parseArgument(cursor: Cursor): string | undefined {
  if (cursor.depth >= deepest) return undefined;
  cursor.depth += 1;
  const pack = peek(cursor) === 'J' ? parseArguments(cursor) : undefined;
  const argument =
    pack !== undefined ? pack.slice(1, -1) : peek(cursor) === 'L' ? parseLiteral(cursor) : parseType(cursor);
  cursor.depth -= 1;
  return argument;
}

/** `Li5E` → `5`, `Lb1E` → `true`, `LN3app4ModeE2E` → `(app::Mode)2`. */
function parseLiteral(cursor: Cursor): string | undefined {
  cursor.at += 1;
  const kind = peek(cursor);
  const type = parseType(cursor);
  const match = /^(n?)(\d{1,20})E/.exec(cursor.text.slice(cursor.at, cursor.at + 22));
  if (type === undefined || !match) return undefined;
  cursor.at += match[0].length;
  if (kind === 'b') return match[2] === '0' ? 'false' : 'true';
  const number = (match[1] === 'n' ? '-' : '') + match[2]!;
  return kind in builtins ? number : `(${type})${number}`;
}
