import { chmod, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listOf, startFakeApiServer, type FakeApiServer, type Fault } from '../support/fake-apiserver.js';
import { build, Bulwark, Folder, run } from './support/bulwark.js';

const context = 'kind-shop';

describe('a cluster by its kubeconfig', () => {
  let folder: Folder;
  let cluster: FakeApiServer;
  let hole: FakeApiServer;
  /** Takes long and does nothing: runs beside the others. */
  let hanging: Bulwark;

  async function kubeconfig(name: string, { url: server, ca }: Pick<FakeApiServer, 'url' | 'ca'>, user: object = { token: 'tok-canary' }): Promise<string> {
    const file = folder.at(`${name}.config`);
    await writeFile(file, JSON.stringify({
      apiVersion: 'v1', kind: 'Config', 'current-context': context,
      clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: context, context: { cluster: 'c', user: 'u' } }],
    }));
    return file;
  }

  /** The right one but for what is given. */
  const changed = (change: { readonly url?: string; readonly user?: object } = {}): Promise<string> => kubeconfig('changed', { ca: cluster.ca, url: change.url ?? cluster.url }, change.user);
  const scan = (file: string, ...args: readonly string[]) => run({ args: ['--once', '--data-dir', folder.at('data'), '--kubeconfig', file, ...args] });
  const plugin = { apiVersion: 'client.authentication.k8s.io/v1', interactiveMode: 'Never' };
  const fails = (fault: Fault) => async (): Promise<readonly string[]> => {
    cluster.options = { fault: () => fault };
    return [await changed()];
  };

  beforeAll(async () => {
    build();
    folder = await Folder.make();
    hole = await startFakeApiServer({ fault: () => ({ kind: 'hang' }) });
    hanging = new Bulwark({ args: ['--once', '--data-dir', folder.at('hanging'), '--kubeconfig', await kubeconfig('hanging', hole)] });
    cluster = await startFakeApiServer({ token: 'tok-canary' });
  });
  afterEach(() => {
    cluster.options = {};
  });
  afterAll(async () => {
    hanging.signal('SIGTERM');
    await hanging.exited;
    await hole.close();
    await cluster.close();
    await folder.remove();
  });

  it('is scanned with the credential that its plugin gives', async () => {
    cluster.options = {
      lists: {
        namespaces: listOf([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }]),
        pods: listOf([{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' }, spec: { containers: [{ name: 'a', image: 'a', securityContext: { privileged: true } }] } }]),
      },
    };
    await writeFile(folder.at('plugin'), `#!/bin/sh\necho '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"${cluster.token}"}}'\n`);
    await chmod(folder.at('plugin'), 0o755);
    const scanned = await scan(await changed({ user: { exec: { ...plugin, command: folder.at('plugin') } } }));
    expect(scanned.stderr).not.toContain('could not');
    expect(scanned.code).toBe(0);
    expect(scanned.stdout).toMatch(/^kind-shop: v1\.36\.3, 0 nodes, 1 namespace, 1 workload, 1 pod$/m);
    expect(scanned.stdout).toContain('Pod shop/web: container a runs privileged');
    expect(scanned.output).not.toContain('tok-canary');
  });

  it.each<[string, () => Promise<readonly string[]>, RegExp]>([
    ['a context that is not in it', async () => [await changed(), '--context', 'prod'], /it has no context "prod"; it has kind-shop\.$/],
    ['a plugin that is not there', async () => [await changed({ user: { exec: { ...plugin, command: '/nonexistent/plugin' } } })], /credential plugin failed .*ENOENT/],
    ['plain http', async () => [await changed({ url: 'http://127.0.0.1:1' })], /server: Clusters are called by https only/],
    ['a cloud’s metadata service', async () => [await changed({ url: 'https://169.254.169.254' })], /server: .*cloud-metadata/],
    ['a server that is not there', async () => [await changed({ url: 'https://127.0.0.1:1' })], /^kind-shop could not be judged\. .*refuse/i],
    ['a wrong token', async () => [await changed({ user: { token: 'tok-canary-wrong' } })], /^kind-shop could not be judged\. .*(credential|token)/i],
    ['a login page', fails({ kind: 'html' }), /^kind-shop could not be judged\. .*/],
  ])('that cannot be scanned ends with 2 and the reason: %s', async (_name, given, reason) => {
    const [file, ...args] = await given();
    const bad = await scan(file!, ...args);
    const told = bad.stderr.split('\n').filter((line) => line !== '' && !line.endsWith(' …'));
    expect(bad.code).toBe(2);
    expect(told.join('\n')).toMatch(reason);
    expect(told.length).toBeLessThanOrEqual(2);
    expect(bad.output).not.toMatch(/    at |tok-canary|[^\P{Cc}\n]/u);
  });

  it('that hangs is waited for no longer than a person does', async () => {
    expect(await hanging.exited).toEqual({ code: 2, signal: null });
    expect(hanging.stderr).toContain('connecting …');
    expect(hanging.stderr).toMatch(/^kind-shop could not be judged\. .*it did not answer in time/m);
    expect(hanging.age).toBeLessThan(55_000);
  });
});
