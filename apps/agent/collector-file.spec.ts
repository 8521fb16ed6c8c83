import { execFile, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesOf } from '#nodes/look-up.js';
import { deriveEnrolmentKey, formatEnrolmentKey } from '#nodes/wire/enrolment-key.js';
import { readBundle } from '#nodes/wire/read-bundle.js';
import { NodeRoot } from './testing/node-root.js';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const key = deriveEnrolmentKey(Buffer.alloc(32, 3), 'c1', 'k1');

describe('the collector as one file', () => {
  let directory: string;
  let file: string;
  const run = (...args: string[]): Promise<Ended> =>
    new Promise((resolve) => {
      execFile(process.execPath, [file, ...args], { cwd: directory, env: {} }, (error, stdout, stderr) => resolve({ code: error ? (error.code as number) : 0, stdout, stderr }));
    });
  const received = (path: string) => readBundle(readFileSync(path), { clusterId: 'c1', keys: [key], now: new Date(), lastSeen: () => undefined, unsigned: 'accepted' });

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'bulwark-collector-'));
    file = join(directory, 'collector.mjs');
    // It is no TypeScript, and has no types.
    const script: string = '../../scripts/bundle-collector.mjs';
    const { bundleCollector } = (await import(script)) as { bundleCollector: (file: string) => Promise<void> };
    await bundleCollector(file);
    writeFileSync(join(directory, 'key'), `${formatEnrolmentKey(key)}\n`);
  }, 60_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('needs nothing beside it and knows no way to start a program', () => {
    const text = readFileSync(file, 'utf8');
    const modules = [...text.matchAll(/^import .* from ["']([^"']+)["'];$/gm)].map(([, name]) => name!);
    expect(modules).toContain('node:fs');
    expect(modules.filter((name) => !name.startsWith('node:'))).toEqual([]);
    expect(text).not.toMatch(/child_process|createRequire|__require|\bimport\(|\beval\(|new Function/);
    expect(readdirSync(directory).toSorted()).toEqual(['collector.mjs', 'key']);
  });

  it('reads the real machine', async () => {
    // A process that is called kubelet, as anybody may start one.
    const kubelet = spawn('/bin/sh', ['-c', 'exec -a kubelet sleep 60'], { stdio: 'ignore' });
    const child = existsSync('/bin/bash') ? spawn('/bin/bash', ['-c', 'exec -a /opt/kubelet sleep 60'], { stdio: 'ignore' }) : kubelet;
    try {
      await sleep(200);
      const { code, stderr } = await run('--out', 'real.json', '--node', 'here');
      expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('here:') as string });
      const { evidence, isSigned, header } = await received(join(directory, 'real.json'));
      expect(isSigned).toBe(false);
      expect(header.node).toBe('here');
      expect(evidence.kernel).toEqual({ state: 'read', value: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim() });
      const mine = processesOf(evidence, 'kubelet').find(({ pid }) => pid === child.pid);
      expect(mine).toMatchObject({ argv: ['/opt/kubelet', '60'], uid: process.getuid!(), exe: { state: 'read', value: expect.stringMatching(/sleep|coreutils|busybox/) as string } });
      expect(statSync(join(directory, 'real.json')).mode & 0o777).toBe(0o600);
    } finally {
      kubelet.kill('SIGKILL');
      child.kill('SIGKILL');
    }
  });

  it('signs for a cluster', async () => {
    const node = new NodeRoot();
    try {
      expect(await run('--root', node.path, '--out', 'signed.json', '--cluster=c1', '--key-file=key', '--node=n1')).toMatchObject({ code: 0, stdout: '' });
      const { isSigned, evidence } = await received(join(directory, 'signed.json'));
      expect(isSigned).toBe(true);
      expect(evidence.os).toMatchObject({ value: { id: 'debian' } });
    } finally {
      node.remove();
    }
  });

  it.each<[string, number, RegExp, string[]]>([
    ['wrong options', 2, /--out FILE or --server URL/, []],
    ['a root that is not there', 3, /--root/, ['--root=/nowhere', '--out=x1']],
    ['a root that is a file', 3, /ENOTDIR/, ['--root=key', '--out=x2']],
    ['a key that is none', 3, /bwe_/, ['--out=x3', '--cluster=c1', '--key-file=collector.mjs']],
    ['a key that is not there', 3, /--key-file/, ['--out=x4', '--cluster=c1', '--key-file=nokey']],
    ['a file that exists', 4, /exists/, ['--root=/tmp', '--out=key']],
    ['a server that is not there', 6, /not reached/, ['--root=/tmp', '--server=http://127.0.0.1:1', '--cluster=c1', '--key-file=key']],
  ])('ends with its own code for %s', async (_, code, said, args) => {
    const ended = await run(...(args.some((arg) => arg.includes('node=')) ? args : args.length === 0 ? [] : [...args, '--node=n']));
    expect(ended.stderr).toMatch(said);
    expect(ended.code).toBe(code);
  }, 120_000);

  it('says what a server has against a bundle', async () => {
    const server = createServer((request, response) => void request.resume().on('end', () => response.writeHead(422).end('{"detail":"The signature is wrong."}')));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const ended = await run('--root=/tmp', `--server=http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--cluster=c1', '--key-file=key', '--node=n');
    server.close();
    expect(ended).toMatchObject({ code: 5, stderr: expect.stringContaining('The signature is wrong.') as string });
  });

  it('sends again and again until it is told to end', async () => {
    const node = new NodeRoot();
    const bodies: Buffer[] = [];
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        bodies.push(Buffer.concat(parts));
        response.writeHead(202).end('{}');
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const child = spawn(process.execPath, [file, '--root', node.path, `--server=http://127.0.0.1:${(server.address() as AddressInfo).port}`, '--cluster=c1', '--key-file', join(directory, 'key'), '--node=n1', '--every=5m'], { stdio: 'ignore', env: {} });
    try {
      for (let i = 0; i < 100 && bodies.length === 0; i++) await sleep(50);
      expect(await readBundle(bodies[0]!, { clusterId: 'c1', keys: [key], now: new Date(), lastSeen: () => undefined })).toMatchObject({ isSigned: true, header: { node: 'n1' } });
      const ended = new Promise((resolve) => void child.on('exit', (code) => resolve(code)));
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    } finally {
      child.kill('SIGKILL');
      server.close();
      node.remove();
    }
  });

  it('takes the host\'s name where none is given', async () => {
    await run('--root=/tmp', '--out=named.json');
    if (existsSync(join(directory, 'named.json'))) expect((await received(join(directory, 'named.json'))).header.node).toBe(hostname().toLowerCase());
    else expect(hostname()).not.toMatch(/^[a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?$/);
  });

  it.runIf(process.getuid!() === 0 && existsSync('/usr/bin/setpriv'))('sees with the rights of its manifest what is of others', async () => {
    const node = new NodeRoot();
    const other = spawn('/bin/bash', ['-c', 'exec -a etcd sleep 60'], { stdio: 'ignore', uid: 0 });
    const withRights = (rights: string, out: string, root: string): Promise<Ended> =>
      new Promise((resolve) => {
        execFile('setpriv', [`--bounding-set=-all${rights}`, `--inh-caps=-all${rights}`, process.execPath, file, '--root', root, '--out', out, '--node=n1'], { cwd: directory }, (error, stdout, stderr) => resolve({ code: error ? (error.code as number) : 0, stdout, stderr }));
      });
    try {
      const config = node.file('/var/lib/rancher/rke2/server/db/etcd/config', 'client-transport-security: {client-cert-auth: true}\n', 0o600);
      for (const path of [config, join(config, '..')]) chownSync(path, 998, 997);
      chmodSync(join(config, '..'), 0o700);
      const seen = async (out: string) => (await received(join(directory, out))).evidence.configs.items.find(({ kind, path }) => kind === 'etcd' && path.includes('rke2'))!.content;
      expect(await withRights('', 'none.json', node.path)).toMatchObject({ code: 0 });
      expect(await seen('none.json')).toMatchObject({ state: 'denied' });
      expect(await withRights(',+dac_read_search', 'manifest.json', node.path)).toMatchObject({ code: 0 });
      expect(await seen('manifest.json')).toMatchObject({ state: 'read', value: { settings: [{ key: 'client-transport-security.client-cert-auth', value: true }] } });
      // On the real /proc: command lines are for everybody, the rest is not for less than SYS_PTRACE.
      await sleep(100);
      expect(await withRights(',+dac_read_search', 'here.json', '/')).toMatchObject({ code: 0 });
      const { evidence } = await received(join(directory, 'here.json'));
      expect(processesOf(evidence, 'etcd').find(({ pid }) => pid === other.pid)).toMatchObject({ argv: ['etcd', '60'], uid: 0, exe: { state: 'denied' }, environment: { state: 'denied' }, mounts: { state: 'read', value: [] } });
      expect(evidence.sockets).toMatchObject({ state: 'read' });
    } finally {
      other.kill('SIGKILL');
      node.remove();
    }
  });

  it.runIf(process.getuid!() === 0 && existsSync('/usr/bin/setpriv'))('tells what it may not see, as another user', async () => {
    const node = new NodeRoot();
    try {
      node.file('/etc/kubernetes/admin.conf', 'kind: Config\n', 0o600);
      node.file('/var/lib/etcd/member/x', '', 0o600);
      node.directory('/etc/kubernetes/pki/etcd', 0o700);
      for (const path of [node.path, directory]) await new Promise((resolve) => execFile('chmod', ['755', path], resolve));
      await new Promise((resolve) => execFile('chmod', ['777', directory], resolve));
      const ended = await new Promise<Ended>((resolve) => {
        execFile('setpriv', ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, file, '--root', node.path, '--out', join(directory, 'nobody.json'), '--node=n1'], (error, stdout, stderr) => resolve({ code: error ? (error.code as number) : 0, stdout, stderr }));
      });
      expect(ended).toMatchObject({ code: 0 });
      const { evidence } = await received(join(directory, 'nobody.json'));
      expect(evidence.collection.uid).toBe(65_534);
      // stat(2) needs no right on the file, reading does.
      expect(evidence.files.items.find(({ path }) => path === '/etc/kubernetes/admin.conf')).toMatchObject({ state: 'present', mode: 0o600 });
      expect(evidence.configs.items.find(({ path, kind }) => kind === 'kubeconfig' && path === '/etc/kubernetes/admin.conf')!.content).toMatchObject({ state: 'denied' });
      expect(evidence.trees.items.find(({ path }) => path === '/etc/kubernetes/pki')).toMatchObject({ state: 'read', truncated: true });
    } finally {
      node.remove();
    }
  });
});
