// Names for readers: of symbols and types, whichever compiler wrote them. All are untrusted text, kept short.
import { itaniumName, itaniumTypeName } from './itanium-names.ts';

/** Characters of a name that is shown. */
export const longestShownName = 120;

/** Names longer than what is shown end in an ellipsis. */
export function shorten(name: string): string {
  return name.length <= longestShownName ? name : `${name.slice(0, longestShownName - 1)}…`;
}

export interface SymbolMeaning {
  /** For readers, such as `app::g_sessions` or `vtable of app::Session`. */
  readonly text: string;
  /** The type whose vtable it is. */
  readonly vtableOf: string | undefined;
}

const specialPrefixes: Readonly<Record<string, string>> = {
  _ZTV: 'vtable of',
  _ZTT: 'VTT of',
  _ZTI: 'typeinfo of',
  _ZTS: 'typeinfo name of',
};

/** What a symbol's name says. Names of an unknown kind are shown as they are. */
export function meaningOf(symbol: string): SymbolMeaning {
  const special = specialPrefixes[symbol.slice(0, 4)];
  if (special !== undefined) {
    const type = shorten(itaniumTypeName(symbol.slice(4)) ?? symbol.slice(4));
    return { text: `${special} ${type}`, vtableOf: special === 'vtable of' ? type : undefined };
  }
  // Microsoft: ??_7Session@app@@6B@ is `const app::Session::`vftable''.
  const vftable = /^\?\?_7(.+?@@)6B/.exec(symbol);
  if (vftable) {
    const type = shorten(scopedName(vftable[1]!) ?? vftable[1]!);
    return { text: `vtable of ${type}`, vtableOf: type };
  }
  return { text: shorten(itaniumName(symbol) ?? microsoftName(symbol) ?? symbol), vtableOf: undefined };
}

/** Type name from an Itanium typeinfo: `N3app7SessionE`. Undefined where it is no such name. */
export function typeNameFromItanium(mangled: string): string | undefined {
  // GCC marks names that are to be compared by address.
  const name = mangled.startsWith('*') ? mangled.slice(1) : mangled;
  if (!/^(?:N[KVr]*[1-9S]|[1-9]|S[0-9a-z]|Z)[\w$.]+$/.test(name)) return undefined;
  return shorten(itaniumTypeName(name) ?? name);
}

/** Type name from a Microsoft TypeDescriptor: `.?AVSession@app@@` → `app::Session`. Undefined where it is no such name. */
export function typeNameFromMicrosoft(decorated: string): string | undefined {
  const match = /^\.\?A[UVT](.+@@)$/.exec(decorated);
  if (!match || !/^[\w$?@<>.]+$/.test(match[1]!)) return undefined;
  return shorten(scopedName(match[1]!) ?? match[1]!);
}

/** `Session@app@@` → `app::Session`; undefined for templates and back references. */
function scopedName(decorated: string): string | undefined {
  const parts = decorated.replace(/@@$/, '').split('@');
  const names = parts.map((part) => (part.startsWith('?A') ? '(anonymous)' : part));
  if (!names.every((part) => /^(?:[A-Za-z_$<][\w$<>]*|\(anonymous\))$/.test(part))) return undefined;
  return names.reverse().join('::');
}

/** `?g_sessions@app@@3HA` → `app::g_sessions`. */
function microsoftName(symbol: string): string | undefined {
  const match = /^\?([^?].*?@@)/.exec(symbol);
  return match ? scopedName(match[1]!) : undefined;
}
