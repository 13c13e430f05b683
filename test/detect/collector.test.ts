import { expect, test } from 'vitest';
import { collectorOf } from '../../src/detect/collector.ts';
import { fakeMemory } from '../synth/fake-memory.ts';

function withModule(path: string): string | null {
  return collectorOf(fakeMemory([], { modules: [{ start: 0x1000, end: 0x2000, path }] }).dump);
}

test.each([
  ['/usr/lib/jvm/java-17/lib/server/libjvm.so', 'the Java virtual machine'],
  ['C:\\Program Files\\dotnet\\shared\\coreclr.dll', '.NET'],
  ['/usr/local/bin/node', 'V8'],
  ['C:\\node\\node.exe', 'V8'],
  ['/usr/bin/python3.11', null],
  ['/usr/sbin/nginx', null],
  ['/opt/nodexporter', null],
])('%s', (path, name) => {
  expect(withModule(path)).toBe(name);
});

test('Go is known by the place of its heap', () => {
  expect(collectorOf(fakeMemory([{ start: 0xc0_0000_0000, bytes: new Uint8Array(4096), kind: 'private' }]).dump)).toBe(
    'the Go runtime',
  );
  expect(
    collectorOf(fakeMemory([{ start: 0x7f00_0000_0000, bytes: new Uint8Array(4096), kind: 'private' }]).dump),
  ).toBeNull();
});
