import { type Address, lastStartingAtOrBelow } from './address.ts';
import type { LoadedModule } from './dump.ts';

/** The module that the address lies in. Modules are sorted by start, as those of a dump are. */
export function moduleAt(modules: readonly LoadedModule[], address: Address): LoadedModule | undefined {
  const module = modules[lastStartingAtOrBelow(modules, address)];
  return module && address < module.end ? module : undefined;
}
