import { execFile } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, Bulwark, checkout, Folder } from './support/bulwark.js';

/** The guide as somebody follows it: every line of shell in it, in its order, against `npm start`. */
describe('docs/nodes.md', () => {
  let folder: Folder;
  let bulwark: Bulwark;
  let url: string;
  let key: string;

  beforeAll(async () => {
    build();
    folder = await Folder.make();
    bulwark = new Bulwark({ args: ['--port', '0'], env: { HOME: folder.path } });
    ({ url, key } = await bulwark.serves());
  });
  afterAll(async () => {
    bulwark.signal('SIGTERM');
    await bulwark.exited;
    await folder.remove();
  });

  const shell = (script: string): Promise<{ readonly code: number; readonly output: string }> =>
    new Promise((resolve) => {
      execFile('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder.path, env: { PATH: process.env['PATH'], HOME: folder.path } }, (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }));
    });
  const get = async (path: string) => (await (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } })).json()) as Record<string, unknown> & { readonly items: readonly Record<string, unknown>[] };

  it('works as it is printed', async () => {
    const guide = await readFile(join(checkout, 'docs/nodes.md'), 'utf8');
    const blocks = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text!);
    expect(blocks.length).toBeGreaterThan(6);
    await copyFile(join(checkout, 'libs/kube-bench/testing/fixtures/current.json'), folder.at('kube-bench.json'));
    await writeFile(folder.at('cluster.json'), JSON.stringify({ cluster: { name: 'shop', resourcesVpcConfig: { endpointPublicAccess: true } } }));
    const script = blocks.join('\n').replaceAll('http://127.0.0.1:3000', url).replaceAll('COLLECTOR=dist/', `COLLECTOR=${checkout}/dist/`);
    const { code, output } = await shell(`sudo() { "$@"; }\n${script}`);
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('Taken by') });
    expect(output).not.toContain('/problems/');
    expect(await readFile(folder.at('enrolment.key'), 'utf8')).toMatch(/^bwe_\w{32}_[\w-]{43}\n?$/);

    const [cluster] = (await get('/v1/clusters')).items;
    const of = `/v1/clusters/${String(cluster!['id'])}`;
    expect(cluster).toMatchObject({ benchmark: 'cis-1.12' });
    // The second was deleted again.
    expect((await get(`${of}/node-bundles`)).items).toMatchObject([{ node: 'worker-1', isSigned: true, uploadedBy: null }]);
    expect((await get(`${of}/kube-bench-reports`)).items).toMatchObject([{ node: 'worker-1', toolVersion: 'v0.10.7' }]);
    expect(await get(`${of}/cloud-description`)).toMatchObject({ provider: 'eks', name: 'shop' });
  });

  it('names every problem that a bundle can meet, and none that there is not', async () => {
    const guide = await readFile(join(checkout, 'docs/nodes.md'), 'utf8');
    const source = (await Promise.all(['libs/application/nodes/bundle-refusal.ts', 'libs/application/nodes/node-bundles.service.ts', 'apps/api/nodes/upload-gate.ts'].map((file) => readFile(join(checkout, file), 'utf8')))).join('\n');
    const told = [...guide.slice(guide.indexOf('## When a bundle')).split('\n## ')[0]!.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(([, reason]) => reason!).filter((reason) => !reason.startsWith('--'));
    for (const reason of told) expect(source, reason).toContain(`'${reason}'`);
    const reasons = [...source.matchAll(/\['(?:invalid|unauthenticated|conflict)', '([a-z-]+)'\]/g)].map(([, reason]) => reason!);
    expect(reasons.length).toBe(13);
    for (const reason of reasons) expect(told).toContain(reason);
  });

  it('links to files that are there', async () => {
    const guide = await readFile(join(checkout, 'docs/nodes.md'), 'utf8');
    for (const [, target] of guide.matchAll(/\]\(((?!http)[^)#]+)\)/g)) await expect(readFile(join(checkout, 'docs', target!)), target).resolves.toBeDefined();
  });
});
