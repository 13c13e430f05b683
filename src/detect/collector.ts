// Whether the process runs a garbage collector: then growth may just be garbage that was not collected yet.
import type { Dump } from '../model/dump.ts';

/** File names of the runtimes' modules or programs. */
const collectors: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: 'the Java virtual machine', pattern: /^(libjvm\.so|jvm\.dll|libjvm\.dylib)$/i },
  { name: '.NET', pattern: /^(libcoreclr\.so|coreclr\.dll|clr\.dll|mscorwks\.dll|libmonosgen-.*|mono-.*\.dll)$/i },
  { name: 'V8', pattern: /^(node|nodejs|electron|chrome|chromium|libnode\.so.*|libv8.*)(\.exe|\.dll)?$/i },
  { name: 'the Ruby interpreter', pattern: /^(ruby[\d.]*|libruby.*|.*ruby\d+\.dll)$/i },
  { name: 'PyPy', pattern: /^(pypy[\d.]*|libpypy.*)$/i },
  { name: 'the Erlang virtual machine', pattern: /^beam(\.smp)?(\.dll)?$/i },
];

/** Where Go's heap begins in 64-bit processes (runtime/malloc.go, arenaBaseOffset and the hints of mallocinit). */
const goArena = { start: 0xc0_0000_0000, end: 0xc1_0000_0000 };

/** Name of the collecting runtime; null when none is known. CPython is not one: it counts references. */
export function collectorOf(dump: Dump): string | null {
  const names = dump.modules.map((module) => module.path.split(/[\\/]/).at(-1)!);
  const known = collectors.find(({ pattern }) => names.some((name) => pattern.test(name)));
  if (known) return known.name;
  const isGo = dump.regions.some(
    ({ start, kind }) => kind === 'private' && start >= goArena.start && start < goArena.end,
  );
  return isGo && dump.pointerSize === 8 ? 'the Go runtime' : null;
}
