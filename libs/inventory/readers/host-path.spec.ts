import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, normalHostPath, overlap } from './host-path.js';

describe('normalHostPath', () => {
  it.each([
    ['/var/run/docker.sock', '/run/docker.sock'], ['/var//run/', '/run'], ['/run/./containerd/', '/run/containerd'], ['/a/../etc', '/etc'], ['/../..', '/'], ['', '/'], ['etc', '/etc'],
    ['/var/runner', '/var/runner'], ['\\\\.\\pipe\\docker_engine', '/pipe/docker_engine'], ['C:\\Windows\\System32', '/windows/system32'], ['c:/', '/'],
  ])('of %j is %s', (path, normal) => {
    expect(normalHostPath(path)).toBe(normal);
  });

  it('is normal already', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('var', 'run', '.', '..', '', 'etc', 'a b')).map((pieces) => `/${pieces.join('/')}`), (path) => {
      const normal = normalHostPath(path);
      expect(normal).toMatch(/^\/(?:[^/]+(?:\/[^/]+)*)?$/);
      expect(normalHostPath(normal)).toBe(normal);
    }));
  });
});

describe('contains', () => {
  it('ends at pieces of a path', () => {
    expect(contains('/var/lib', '/var/lib/kubelet')).toBe(true);
    expect(contains('/var/li', '/var/lib')).toBe(false);
    expect(contains('/', '/etc')).toBe(true);
    expect(overlap('/etc/ssl', '/etc')).toBe(true);
    expect(overlap('/etcd', '/etc')).toBe(false);
  });
});
