// Names for addresses within modules, from the dump's own pages and from files of its modules.
import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import type { DumpWarning, LoadedModule } from '../model/dump.ts';
import type { Interval } from '../model/intervals.ts';
import { missingOfModules } from '../model/left-out.ts';
import type { List } from '../model/list.ts';
import { moduleAt } from '../model/module-at.ts';
import { openElfImage } from './elf-file.ts';
import { type FilledIn, type FillIn, fillIn, sumFilledIn } from './fill-in.ts';
import { imageSource } from './image-source.ts';
import type { ModuleFile } from './module-file.ts';
import { fileNameOf, openModuleFolders } from './module-folders.ts';
import { meaningOf, shorten } from './names.ts';
import { overlayMemory } from './overlay-memory.ts';
import { openPeImage } from './pe-file.ts';
import { quietly } from './read-text.ts';
import { pythonTypeAt, type VtableType, vtableTypeAt } from './run-time-types.ts';
import type { SymbolTable } from './symbol-table.ts';

export interface NamedSymbol {
  readonly module: LoadedModule;
  /** As the file has it, mangled. Untrusted text. */
  readonly name: string;
  /** Bytes from the symbol's start. */
  readonly offset: number;
}

/** Names of what addresses point to. All names are untrusted text of at most 120 characters, but for raw symbols. */
export interface Symbols {
  /** The symbol that holds the address. */
  symbolAt(address: Address): NamedSymbol | undefined;
  /** The C++ type whose vtable objects of it point to here. */
  vtableAt(address: Address): VtableType | undefined;
  /** Name of the CPython type whose type object stands here. */
  pythonTypeAt(address: Address): string | undefined;
  /** In words: `vtable of app::Session`, `app::g_sessions+0x8`, `Python type Session`. */
  describe(address: Address): string | undefined;
  /** What the files of all modules stand in for; null where no folders were given. Looks for each module's file. */
  filledIn(): FilledIn | null;
  /** What was damaged or refused so far. */
  warnings(): DumpWarning[];
  /** Closes the modules' files. */
  close(): void;
}

export interface SymbolsOptions {
  /** Where files of modules are looked for, in this order; none unless given. */
  readonly folders?: readonly string[];
}

interface OpenedModule {
  readonly fill: FillIn | undefined;
  /** In the order in which they are asked; read when first needed. */
  tables: readonly SymbolTable[] | undefined;
}

const mostWarnings = 20;
/** Files that are open at a time; systems allow some thousand, and real processes have some hundred modules. */
const mostFiles = 512;

/** Nothing is read until a name is asked for. */
export function openSymbols(memory: Memory, options: SymbolsOptions = {}): Symbols {
  const { modules } = memory.dump;
  const warnings: DumpWarning[] = [];
  const warn = (code: string, message: string): void => {
    if (warnings.length < mostWarnings) warnings.push({ code, message, offset: null });
  };
  const folders = openModuleFolders(options.folders ?? [], warn);
  const hasFolders = (options.folders ?? []).length > 0;
  const opened = new Map<LoadedModule, OpenedModule>();
  let openFiles = 0;
  let missing: List<Interval> | undefined;

  function findFile(module: LoadedModule): FillIn | undefined {
    if (!hasFolders || openFiles === mostFiles) return undefined;
    const file = folders.find({ dump: memory.dump, module, image: imageSource(memory, module) });
    missing ??= missingOfModules(memory.dump);
    return file && fillIn(file, module, missing);
  }

  function open(module: LoadedModule): OpenedModule {
    const known = opened.get(module);
    if (known) return known;
    const fresh: OpenedModule = { fill: findFile(module), tables: undefined };
    opened.set(module, fresh);
    if (fresh.fill) openFiles += 1;
    return fresh;
  }

  const overlay = overlayMemory(memory, (address) => {
    const module = moduleAt(modules, address);
    return module && open(module).fill;
  });

  function symbolAt(address: Address): NamedSymbol | undefined {
    const module = moduleAt(modules, address);
    if (!module) return undefined;
    const entry = open(module);
    entry.tables ??= readTables(overlay, module, { file: entry.fill?.file, warn });
    for (const table of entry.tables) {
      const found = table.at(address);
      if (found) return { module, ...found };
    }
    return undefined;
  }

  const vtableAt = (address: Address) => vtableTypeAt(overlay, address) ?? symbolVtable(symbolAt(address), memory);
  const pythonType = (address: Address) => pythonTypeAt(overlay, address);
  return {
    symbolAt,
    vtableAt,
    pythonTypeAt: pythonType,
    describe(address) {
      const type = vtableAt(address)?.name;
      if (type !== undefined) return shorten(`vtable of ${type}`);
      const python = pythonType(address);
      return describeSymbol(symbolAt(address)) ?? (python === undefined ? undefined : `Python type ${python}`);
    },
    filledIn() {
      if (!hasFolders) return null;
      return sumFilledIn(modules.map((module) => open(module).fill).filter((fill) => fill !== undefined));
    },
    warnings: () => [...warnings],
    close() {
      for (const { fill } of opened.values()) fill?.file.source.close();
      opened.clear();
    },
  };
}

/** Symbols of the file tell most; those that the loader uses are in memory as well. */
function readTables(
  overlay: Memory,
  module: LoadedModule,
  { file, warn }: { file: ModuleFile | undefined; warn: (code: string, message: string) => void },
): SymbolTable[] {
  const tables: SymbolTable[] = [];
  if (file) {
    const table = quietly(() => ({ table: file.symbols() }));
    if (!table) warn('module-symbols-damaged', `the symbols of ${fileNameOf(module.path)} are damaged`);
    else if (table.table) tables.push(table.table);
  }
  const source = imageSource(overlay, module);
  // What the dump left out is no damage, and so not worth a word.
  const image = quietly(() => openElfImage(source, overlay.dump, module)) ?? quietly(() => openPeImage(source, module));
  const table = image && quietly(() => image.symbols());
  if (table) tables.push(table);
  return tables;
}

/** Objects point behind the first two words of an Itanium vtable, and to the first of Microsoft's. */
function symbolVtable(symbol: NamedSymbol | undefined, memory: Memory): VtableType | undefined {
  const name = symbol && meaningOf(symbol.name).vtableOf;
  if (name === undefined) return undefined;
  return { name, isPrimary: symbol!.offset === (symbol!.name.startsWith('?') ? 0 : 2 * memory.dump.pointerSize) };
}

function describeSymbol(symbol: NamedSymbol | undefined): string | undefined {
  if (!symbol) return undefined;
  const offset = symbol.offset === 0 ? '' : `+0x${symbol.offset.toString(16)}`;
  return shorten(`${meaningOf(symbol.name).text}`) + offset;
}
