// A module as it stands in the process, as a source of bytes: what reads files then reads memory too.
import type { ByteSource } from '../bytes/byte-source.ts';
import type { Memory } from '../memory/memory.ts';
import type { LoadedModule } from '../model/dump.ts';

/** Offsets count from the module's start. A read ends where nothing is captured. */
export function imageSource(memory: Memory, module: LoadedModule): ByteSource {
  const size = module.end - module.start;
  return {
    size,
    file: undefined,
    read: (offset, into) =>
      offset < 0 || offset >= size ? 0 : memory.read(module.start + offset, into.subarray(0, size - offset)),
    close() {},
  };
}
