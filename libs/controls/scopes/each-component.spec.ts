import { describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf } from '#test/support/example-inventory.js';
import { apiServer } from '../control-plane/api-server-example.js';
import { etcdMutualTls } from '../control-plane/etcd-mutual-tls.js';
import { evaluate } from '../engine/evaluate.js';

const TODAY = Date.parse('2026-11-24T12:00:00Z');
const hosts = ['192.0.2.10', '192.0.2.11'] as const;
const argvAt = (host: string) => [
  'etcd', `--listen-client-urls=https://${host}:2379`, `--listen-peer-urls=https://${host}:2380`,
  ...['', 'peer-'].flatMap((side) => [`--${side}cert-file=/a.crt`, `--${side}key-file=/a.key`, `--${side}client-cert-auth=true`, `--${side}trusted-ca-file=/ca.crt`]),
];
const plainArgv = ['etcd'];

/** External etcd, of which API servers name both members. */
function judge(members: Readonly<Record<string, readonly string[]>>) {
  const { manifests } = apiServer([`--etcd-servers=${hosts.map((host) => `https://${host}:2379`).join(',')}`]);
  const inventory = inventoryOf(objectsOf(manifests), { nodes: Object.fromEntries(Object.entries(members).map(([node, argv]) => [node, { processes: [argv] }])) });
  return evaluate([etcdMutualTls], inventory, {}, TODAY)[0]!;
}

describe('components that nodes alone show', () => {
  it('are all of them where each member of etcd that an API server names was seen', () => {
    expect(judge({ 'etcd-1': argvAt(hosts[0]), 'etcd-2': argvAt(hosts[1]) })).toMatchObject({ outcome: 'pass', complete: true });
  });

  it('leave open what a member does that nobody saw, and resolve none of its findings', () => {
    const seen = judge({ 'etcd-1': argvAt(hosts[0]), 'etcd-2': plainArgv });
    expect(seen.failures.map(({ resource }) => resource.name)).toContain('etcd-2');
    const after = judge({ 'etcd-1': argvAt(hosts[0]) });
    expect(after).toMatchObject({ outcome: 'unknown', complete: false, failed: 0 });
    expect(after.unknowns[0]!.missing.detail).toContain('2 addresses, and 1 of its members');
  });
});
