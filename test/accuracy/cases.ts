// What one capture of the benchmark is.

export const leakAllocators = ['glibc', 'musl', 'jemalloc', 'tcmalloc', 'mimalloc', 'wine'] as const;
export type LeakAllocator = (typeof leakAllocators)[number];

export const contents = ['zero', 'list', 'text', 'random', 'vtable', 'pointers'] as const;
export type Content = (typeof contents)[number];

/** `bare` and `headed` are pools of the program's own, on memory from the system, with cells without and with a header. */
export type PoolKind = 'none' | 'bare' | 'headed';

export interface LeakSpec {
  readonly request: number;
  readonly content: Content;
  /** Blocks leaked before each dump. */
  readonly steps: readonly number[];
}

export interface LeakCase {
  readonly kind: 'leak';
  readonly id: string;
  readonly allocator: LeakAllocator;
  readonly pool: PoolKind;
  readonly threads: number;
  /** Percent of all allocations that come and go. */
  readonly noise: number;
  readonly seed: number;
  readonly dumps: number;
  readonly leaks: readonly LeakSpec[];
}

export const healthyPrograms = ['steady', 'node', 'python', 'java', 'nginx', 'redis', 'memcached'] as const;
export type HealthyProgram = (typeof healthyPrograms)[number];

export interface HealthyCase {
  readonly kind: 'healthy';
  readonly id: string;
  readonly program: HealthyProgram;
  /** For `steady`; the others bring their own. */
  readonly allocator: Exclude<LeakAllocator, 'wine'>;
  /** What it does; each program has its own modes. */
  readonly mode: string;
  readonly seed: number;
  readonly dumps: number;
}

export type Case = LeakCase | HealthyCase;

/** One line that says everything needed to see why a case is hard. */
export function describeCase(one: Case): string {
  if (one.kind === 'healthy') return `${one.program} ${one.mode}, ${one.allocator}, ${one.dumps} dumps`;
  const leaks = one.leaks.map((leak) => `${leak.request} B ${leak.content} × ${leak.steps.join('+')}`).join('; ');
  const pool = one.pool === 'none' ? '' : ` (${one.pool} pool)`;
  return `${one.allocator}${pool}, ${one.threads} thread${one.threads === 1 ? '' : 's'}, noise ${one.noise} %, ${one.dumps} dumps: ${leaks}`;
}

/** How the allocator is called in tables: a pool is one of its own. */
export function allocatorLabel(one: LeakCase): string {
  return one.pool === 'none' ? one.allocator : `${one.pool} pool`;
}
