import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { itaniumName, itaniumTypeName } from '../../src/symbols/itanium-names.ts';
import { longestShownName, meaningOf, typeNameFromItanium, typeNameFromMicrosoft } from '../../src/symbols/names.ts';

// Right-hand sides as c++filt writes them, but for parameters of functions.
const types: readonly (readonly [mangled: string, name: string])[] = [
  ['7Session', 'Session'],
  ['N3app7SessionE', 'app::Session'],
  ['*N12_GLOBAL__N_17SessionE', '(anonymous)::Session'],
  ['Z4mainE7Session', 'main::Session'],
  ['ZN3app3runEiE5Local', 'app::run::Local'],
  ['St6vectorIiSaIiEE', 'std::vector<int, std::allocator<int>>'],
  ['N3app4PoolI7SessionLj16EEE', 'app::Pool<Session, 16>'],
  [
    'NSt7__cxx1115basic_stringbufIcSt11char_traitsIcESaIcEEE',
    'std::__cxx11::basic_stringbuf<char, std::char_traits<char>, std::allocator<char>>',
  ],
  ['N3app4PairINS_1AENS_1BES1_EE', 'app::Pair<app::A, app::B, app::A>'],
  ['N3app4PoolILb1ELNS_4ModeE2EEE', 'app::Pool<true, (app::Mode)2>'],
  ['N3app3BoxIPKcEE', 'app::Box<char const*>'],
];

describe('a type name in mangled form', () => {
  test.each(types)('%s is %s', (mangled, name) => {
    expect(typeNameFromItanium(mangled)).toBe(name);
  });

  test('of a kind that is not known stays mangled', () => {
    expect(typeNameFromItanium('N3app4ListIFvvEEE')).toBe('N3app4ListIFvvEEE');
  });

  test.each(['', '*', 'hello world', '/usr/lib', '\u0001\u0002', 'q', 'N3app', 'password=1'])('%j is none', (text) => {
    expect(itaniumTypeName(text)).toBeUndefined();
    expect(typeNameFromItanium(text) ?? text).toBe(text);
  });

  test('is cut off when it is longer than a line', () => {
    const name = typeNameFromItanium(`N200${'a'.repeat(200)}1bE`)!;
    expect(name).toHaveLength(longestShownName);
    expect(name.endsWith('…')).toBe(true);
  });
});

test.each([
  ['.?AVSession@@', 'Session'],
  ['.?AUSession@app@@', 'app::Session'],
  ['.?AVInner@Outer@app@@', 'app::Outer::Inner'],
  ['.?AVSession@?A0x12345678@@', '(anonymous)::Session'],
  ['.?AV?$Pool@VSession@@@app@@', '?$Pool@VSession@@@app@@'],
])('Microsoft writes %s for %s', (decorated, name) => {
  expect(typeNameFromMicrosoft(decorated)).toBe(name);
});

test.each(['', '.?AV', '.?AVbad name@@', 'Session'])('%j is no type of Microsoft', (text) => {
  expect(typeNameFromMicrosoft(text)).toBeUndefined();
});

test.each([
  ['_ZTVN3app7SessionE', 'vtable of app::Session', 'app::Session'],
  ['_ZTI7Session', 'typeinfo of Session', undefined],
  ['_ZN3app10g_sessionsE', 'app::g_sessions', undefined],
  ['_ZL5count', 'count', undefined],
  ['_ZN3app7SessionC2Ei', 'app::Session::Session', undefined],
  ['_ZN3app7SessionD0Ev', 'app::Session::~Session', undefined],
  ['_ZN4core3ptr13drop_in_place17h0123456789abcdefE', 'core::ptr::drop_in_place', undefined],
  ['??_7Session@app@@6B@', 'vtable of app::Session', 'app::Session'],
  ['?g_sessions@app@@3HA', 'app::g_sessions', undefined],
  ['g_sessions', 'g_sessions', undefined],
  ['_ZplRK1AS1_', '_ZplRK1AS1_', undefined],
])('the symbol %s is the %s', (symbol, text, vtableOf) => {
  expect(meaningOf(symbol)).toEqual({ text, vtableOf });
});

test('no text makes the parsers throw, hang or answer at length', () => {
  const pieces = fc.constantFrom(
    'N',
    'E',
    'I',
    'S_',
    'S0_',
    'St',
    'Sa',
    'Z',
    'P',
    'K',
    'J',
    '3app',
    '7Session',
    '999',
    'C1',
    'Li5E',
    'B',
    'i',
    '_',
    '@',
    '?',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(pieces, { maxLength: 400 }).map((all) => all.join('')),
        fc.string(),
      ),
      (text) => {
        expect(meaningOf(`_Z${text}`).text.length).toBeLessThanOrEqual(longestShownName + 20);
        expect((typeNameFromItanium(text) ?? '').length).toBeLessThanOrEqual(longestShownName);
        expect((typeNameFromMicrosoft(`.?AV${text}@@`) ?? '').length).toBeLessThanOrEqual(longestShownName);
        expect((itaniumName(`_Z${text}`) ?? '').length).toBeLessThanOrEqual(1024);
      },
    ),
    { numRuns: 2000 },
  );
});

test('names that double with every substitution stay short', () => {
  let mangled = 'N1a1bE';
  for (let index = 0; index < 20; index += 1) mangled = `1tI${mangled}S_S0_S1_S2_E`;
  expect((itaniumTypeName(mangled) ?? '').length).toBeLessThanOrEqual(1024);
});
