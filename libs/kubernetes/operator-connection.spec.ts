import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { operatorConnection } from './operator-connection.js';

const folder = mkdtempSync(join(tmpdir(), 'operator-kubeconfig-'));
afterAll(() => rmSync(folder, { recursive: true }));

function kubeconfig(user: object, cluster: object = {}): string {
  const file = join(folder, 'config');
  writeFileSync(file, stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': 'prod',
    clusters: [{ name: 'c', cluster: { server: 'https://cluster.example:6443', 'certificate-authority-data': Buffer.from('CA').toString('base64'), ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u' } }, { name: 'broken', context: { cluster: 'c', user: 'nobody' } }],
  }));
  return file;
}

describe('the operator\'s own kubeconfig', () => {
  it('gives a token', async () => {
    expect(await operatorConnection({ file: kubeconfig({ token: 't' }, { 'tls-server-name': 'kubernetes' }) })).toEqual({
      context: 'prod', isShortLived: false,
      connection: { server: 'https://cluster.example:6443', ca: 'CA', serverName: 'kubernetes', credential: { kind: 'token', token: 't' } },
    });
  });

  it('gives a client certificate, from files too', async () => {
    writeFileSync(join(folder, 'cert.pem'), 'CERT');
    const { connection } = await operatorConnection({ file: kubeconfig({ 'client-certificate': 'cert.pem', 'client-key-data': Buffer.from('KEY').toString('base64') }) });
    expect(connection.credential).toEqual({ kind: 'client-certificate', certificate: 'CERT', key: 'KEY' });
  });

  it('runs the credential plugin that the file names', async () => {
    const answer = JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: 'from-plugin' } });
    const { connection, isShortLived } = await operatorConnection({ file: kubeconfig({ exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', `console.log(${JSON.stringify(answer)})`], interactiveMode: 'Never' } }) });
    expect(connection.credential).toEqual({ kind: 'token', token: 'from-plugin' });
    expect(isShortLived).toBe(true);
  });

  it.each([
    ['a plugin that fails', { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', 'console.error("CANARY");process.exit(3)'] } }, {}, /plugin failed/],
    ['a password', { username: 'a', password: 'CANARY' }, {}, /neither a token nor a client certificate/],
    ['no check of the certificate', { token: 'CANARY' }, { 'insecure-skip-tls-verify': true, 'certificate-authority-data': undefined }, /give the CA/],
    ['a proxy', { token: 'CANARY' }, { 'proxy-url': 'http://proxy.example' }, /proxy/],
    ['impersonation', { token: 'CANARY', as: 'admin' }, {}, /impersonation/],
  ])('refuses %s, and says nothing secret', async (_, user, cluster, message) => {
    const error = await operatorConnection({ file: kubeconfig(user, cluster) }).then(() => undefined, (thrown: unknown) => thrown as Error & { reason: string });
    expect(error).toMatchObject({ reason: 'kubeconfig-unusable', message: expect.stringMatching(message) as string });
    expect(error!.message).not.toContain('CANARY');
  });

  it('names a context or file that is not there', async () => {
    await expect(operatorConnection({ file: kubeconfig({ token: 't' }), context: 'other' })).rejects.toThrow('it has no context "other"');
    await expect(operatorConnection({ file: kubeconfig({ token: 't' }), context: 'broken' })).rejects.toThrow('names no cluster or no user');
    await expect(operatorConnection({ file: join(folder, 'none') })).rejects.toThrow('ENOENT');
  });
});
