// Types that programs carry for themselves: C++ run-time type information behind vtables, and CPython's type objects.
// References: Itanium C++ ABI 2.5 and 2.9; Microsoft's layout as in vcruntime's rttidata.h; CPython's Include/object.h.
import type { Memory } from '../memory/memory.ts';
import type { Address } from '../model/address.ts';
import { moduleAt } from '../model/module-at.ts';
import { typeNameFromItanium, typeNameFromMicrosoft } from './names.ts';
import { readText } from './read-text.ts';

export interface VtableType {
  readonly name: string;
  /** Whether an object of the type begins with a pointer to this vtable; bases further in have vtables of their own. */
  readonly isPrimary: boolean;
}

/** Objects are smaller. */
const largestObject = 1 << 20;

/** The type whose objects point to `address`, told from what stands before its virtual functions. */
export function vtableTypeAt(memory: Memory, address: Address): VtableType | undefined {
  if (!moduleAt(memory.dump.modules, address)) return undefined;
  return itaniumType(memory, address) ?? microsoftType(memory, address);
}

/** Before the functions stand the distance from here to the object's start, and the typeinfo object. */
function itaniumType(memory: Memory, address: Address): VtableType | undefined {
  const { modules, pointerSize: width } = memory.dump;
  const distance = memory.word(address - 2 * width);
  const toTop = distance !== undefined && width === 4 ? distance | 0 : distance;
  if (toTop === undefined || toTop > 0 || toTop < -largestObject) return undefined;
  const typeinfo = memory.word(address - width);
  if (!typeinfo || !moduleAt(modules, typeinfo)) return undefined;
  const own = memory.word(typeinfo);
  if (!own || !pointsIntoModule(memory, own)) return undefined;
  const name = memory.word(typeinfo + width);
  if (!name || !moduleAt(modules, name)) return undefined;
  const type = typeNameFromItanium(readText(memory, name) ?? '');
  return type === undefined ? undefined : { name: type, isPrimary: toTop === 0 };
}

/** A typeinfo's vtable; a program may have its own copy of the library's in memory that no file backs. */
function pointsIntoModule(memory: Memory, vtable: Address): boolean {
  const { modules } = memory.dump;
  return moduleAt(modules, vtable) !== undefined || moduleAt(modules, memory.word(vtable) ?? 0) !== undefined;
}

/** Before the functions stands the complete object locator: absolute in 32-bit images, relative in 64-bit ones. */
function microsoftType(memory: Memory, address: Address): VtableType | undefined {
  const { modules, pointerSize: width } = memory.dump;
  const locator = memory.word(address - width);
  const module = locator ? moduleAt(modules, locator) : undefined;
  if (!locator || !module) return undefined;
  const isRelative = width === 8;
  if (memory.u32(locator) !== (isRelative ? 1 : 0)) return undefined;
  if (isRelative && memory.u32(locator + 20) !== locator - module.start) return undefined;
  const distance = memory.u32(locator + 4);
  const descriptor = memory.u32(locator + 12);
  if (distance === undefined || distance > largestObject || !descriptor) return undefined;
  const typeAddress = isRelative ? module.start + descriptor : descriptor;
  if (!moduleAt(modules, typeAddress)) return undefined;
  const name = typeNameFromMicrosoft(readText(memory, typeAddress + 2 * width) ?? '');
  return name === undefined ? undefined : { name, isPrimary: distance === 0 };
}

/** A class, its metaclass, and `type`. */
const mostMetaclasses = 3;
const longestTypeName = 80;

/** Name of the CPython type whose type object stands here. */
export function pythonTypeAt(memory: Memory, address: Address): string | undefined {
  const width = memory.dump.pointerSize;
  if (address % width !== 0 || !leadsToType(memory, address)) return undefined;
  // PyVarObject has three words; then come tp_name, tp_basicsize, tp_itemsize.
  const objectSize = memory.word(address + 4 * width);
  const itemSize = memory.word(address + 5 * width);
  const isSane = (size: number | undefined) => size !== undefined && size >= 0 && size <= largestObject;
  if (!isSane(objectSize) || objectSize! < 2 * width || !isSane(itemSize)) return undefined;
  const name = readText(memory, memory.word(address + 3 * width) ?? -1);
  if (name === undefined || name.length > longestTypeName) return undefined;
  return /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(name) ? name : undefined;
}

/** The type of a type is a type, in the end `type`, whose type is itself. */
function leadsToType(memory: Memory, address: Address): boolean {
  const width = memory.dump.pointerSize;
  let type = address;
  for (let step = 0; step < mostMetaclasses; step += 1) {
    const meta = memory.word(type + width);
    if (!meta) return false;
    if (meta === type) return true;
    type = meta;
  }
  return memory.word(type + width) === type;
}
