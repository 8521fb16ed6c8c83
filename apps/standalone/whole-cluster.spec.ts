import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { lookAhead } from './whole-cluster.js';

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const objects = (...kinds: readonly string[]) => ({ apiVersion: 'v1', kind: 'List', items: kinds.map((kind) => ({ apiVersion: 'v1', kind, metadata: { name: 'x' } })) });
const cluster = objects('Pod', 'Namespace', 'ServiceAccount', 'ClusterRoleBinding', 'Pod');
const yaml = 'apiVersion: v1\nkind: Namespace\n---\nkind: "ServiceAccount"\n---\n{kind: ClusterRoleBinding}\n';

describe('looking ahead into an upload', () => {
  it.each([
    ['JSON', JSON.stringify(cluster)],
    ['JSON for people', JSON.stringify(cluster, null, 4)],
    ['YAML', yaml],
    ['YAML with Windows line ends', yaml.replaceAll('\n', '\r\n')],
    ['packed', gzipSync(JSON.stringify(cluster))],
  ])('knows a whole cluster: %s', async (_name, text) => {
    for (const size of [1, 7, 1000]) expect((await lookAhead(inPieces(Buffer.from(text), size))).missing).toEqual([]);
  });

  it.each([
    ['a workload', JSON.stringify(objects('Deployment')), ['Namespace', 'ServiceAccount', 'ClusterRoleBinding']],
    ['what is bound', JSON.stringify({ ...objects('Namespace', 'ClusterRoleBinding'), subject: 'ServiceAccountish' }), ['ServiceAccount']],
    ['damaged', Buffer.concat([gzipSync('{}').subarray(0, 15), Buffer.alloc(9)]), ['Namespace', 'ServiceAccount', 'ClusterRoleBinding']],
    ['nothing', '', ['Namespace', 'ServiceAccount', 'ClusterRoleBinding']],
  ])('knows some objects: %s', async (_name, text, missing) => {
    expect((await lookAhead(inPieces(Buffer.from(text), 7))).missing).toEqual(missing);
  });

  it.each([['plain', Buffer.from(JSON.stringify(cluster))], ['packed', gzipSync(Buffer.from(JSON.stringify(cluster)))], ['of some objects', Buffer.from('{"kind":"Pod"}')], ['nothing', Buffer.alloc(0)]])('loses no byte: %s', async (_name, bytes) => {
    for (const size of [1, 5, 100_000]) {
      const pieces: Uint8Array[] = [];
      for await (const piece of (await lookAhead(inPieces(bytes, size))).bytes) pieces.push(piece);
      expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
    }
  });

  it('fails as its source does', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{');
      throw new Error('the sender went away');
    }
    await expect(lookAhead(broken())).rejects.toThrow('the sender went away');
  });
});
