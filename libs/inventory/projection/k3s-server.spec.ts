import { describe, expect, it } from 'vitest';
import { projectNode } from './objects.js';
import { componentsOnNode } from './k3s-server.js';

const server = (args: readonly string[] | string, { env = {}, version = 'v1.33.4+k3s1', labels = { 'node-role.kubernetes.io/control-plane': 'true' } }: { readonly env?: unknown; readonly version?: string; readonly labels?: object } = {}) => {
  const annotations = { 'k3s.io/node-args': typeof args === 'string' ? args : JSON.stringify(args), ...(env !== null && { 'k3s.io/node-env': JSON.stringify(env) }) };
  const raw = { metadata: { name: 'a', annotations, labels }, status: { nodeInfo: { kubeletVersion: version } } };
  return componentsOnNode(raw, projectNode(raw, { namespace: '', name: 'a' }));
};

describe('components of a k3s server, by what it wrote on its node', () => {
  it('go by what k3s gives them itself, and by what it was told over that', () => {
    const [api, manager, scheduler] = server(['server', '--kube-apiserver-arg', 'profiling=true', '--kube-apiserver-arg', '--audit-log-path', '/a.log', '--data-dir', '/srv/k3s', '--secrets-encryption', 'true']);
    expect(api).toMatchObject({
      component: 'kube-apiserver', kind: 'Node', pod: 'a', shownBy: 'node-args',
      flags: { profiling: ['true'], 'audit-log-path': ['/a.log'], 'anonymous-auth': ['false'], 'client-ca-file': ['/srv/k3s/server/tls/client-ca.crt'], 'encryption-provider-config': ['/srv/k3s/server/cred/encryption-config.json'], 'etcd-servers': ['unix://kine.sock'] },
    });
    expect([api!.unseenFlags, api!.unreadFlags]).toEqual([undefined, undefined]);
    expect([manager, scheduler]).toMatchObject([{ component: 'kube-controller-manager', flags: { profiling: ['false'] } }, { component: 'kube-scheduler', flags: { 'bind-address': ['127.0.0.1'] } }]);
  });

  it('are not what others start, nor those that are off', () => {
    expect(server(['agent', '--kubelet-arg', 'x=y'])).toEqual([]);
    expect(server(['server', '--disable-scheduler']).map(({ component }) => component)).toEqual(['kube-apiserver', 'kube-controller-manager']);
    for (const nonsense of ['', '{', '["server", 1]', '"server"', 'null', '[]']) expect(server(nonsense)).toEqual([]);
  });

  it('have a store of which nobody knows where k3s does not tell its address', () => {
    for (const told of [server(['server', '--datastore-endpoint', '********']), server(['server'], { env: { K3S_DATASTORE_ENDPOINT: '********' } })]) {
      expect(told[0]!.flags['etcd-servers']).toBeUndefined();
      expect(told[0]!.unreadFlags).toMatchObject({ 'etcd-servers': expect.stringContaining('datastore'), 'etcd-cafile': expect.any(String) as string });
    }
    expect(server(['server'], { labels: { 'node-role.kubernetes.io/etcd': 'true' } })[0]!.flags['etcd-servers']).toEqual(['https://127.0.0.1:2379']);
  });

  it('are open where its variables were not told, and at versions whose own settings are not known', () => {
    expect(server(['server', '--kube-apiserver-arg', 'profiling=true'], { env: null })[0]).toMatchObject({ flags: {}, unseenFlags: expect.stringContaining('variables') });
    expect(server(['server'], { version: 'v1.20.1+k3s1' })[0]!.unseenFlags).toContain('version');
  });

  it('are open on a node that nobody but itself says to be a server: a kubelet may write its annotations, and not its role', () => {
    const [api] = server(['server'], { labels: {} });
    expect(api).toMatchObject({ flags: {}, unseenFlags: expect.stringContaining('role') });
  });

  it('are read in a moment however many arguments there are', () => {
    const begun = performance.now();
    const [api] = server(['server', ...Array.from({ length: 80_000 }, (_, at) => `--kube-apiserver-arg=audit-log-path${at % 2 === 0 ? '-' : '+'}=/${at}`)]);
    expect([api!.flags['audit-log-path']!.length, api!.flags['audit-log-path']![0], api!.flags['audit-log-path']!.at(-1)]).toEqual([80_000, '/79998', '/79999']);
    server(['server', `--kube-apiserver-arg=a${'-'.repeat(300_000)}x=1`]);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('keep no secret that k3s left there', () => {
    const told = server(['server', '--token', 'CANARY', '--etcd-s3-secret-key', 'CANARY', '--kube-apiserver-arg', 'made-up-secret=CANARY'], { env: { K3S_TOKEN: 'CANARY' } });
    expect(JSON.stringify(told)).not.toContain('CANARY');
  });
});
