import { readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, build, Bulwark, Folder, run } from './support/bulwark.js';
import { list, sample, type Manifest } from './support/manifests.js';

/** What is promised for a machine that does nothing else. */
const firstResultMs = 15_000;

/** Controls and marks that a terminal obeys, but for the end of a line. */
const obeyed = /[^\P{Cc}\n]|\p{Cf}/u;
const colour = /\p{Cc}\[[\d;]*m/gu;


describe('the result', () => {
  let folder: Folder;
  let shop: readonly Manifest[];

  beforeAll(async () => {
    build();
    folder = await Folder.make();
    shop = sample();
  });
  afterAll(() => folder.remove());

  it('of the sample comes within seconds, and a second run says that nothing changed', async () => {
    const first = new Bulwark({ args: ['--once', '--data-dir', folder.at('sample')] });
    await first.says('Open findings');
    console.log(`first result after ${(first.age / 1000).toFixed(1)} s`);
    expect(first.age).toBeLessThan(3 * firstResultMs);
    expect(await first.exited).toEqual({ code: 0, signal: null });
    const { stdout, stderr } = first;
    expect(stdout).toMatch(/sample-shop: kubeadm, v1\.\d+\.\d+, \d+ nodes, .*pods\nScore \d+\.\d of 100, judged on \d+\.\d % of what applies/);
    for (const layer of ['control-plane', 'workloads', 'network', 'supply-chain', 'runtime', 'governance']) expect(stdout).toMatch(new RegExp(`^${layer}( +\\d+){7}$`, 'm'));
    expect(stdout).toMatch(/^Open findings: \d+ critical, \d+ high, \d+ medium.* The worst:$/m);
    expect(stdout).toMatch(/^CRITICAL {2}[a-z-]+\/[a-z-]+ {2}\d+ findings?\n {2}want {2}.*\n( {8}.*\n)* {2}seen {2}\w+ .*: .*\n( {8}.*\n)* {2}why {3}.*\n( {8}.*\n)* {2}fix {3}.*$/m);
    expect(stdout).toMatch(/^Not judged, and why\n {2}- .*$/m);
    expect(stdout).not.toContain('Since the last scan');
    // A pipe: a line a step, no colour, nothing that is rewritten, and no line that needs scrolling.
    expect(first.output).not.toMatch(obeyed);
    // What runs is asked now and then, so a short step may be over before it was seen; none is said twice.
    const steps = stderr.split('\n').filter((line) => line !== '');
    expect(steps[0]).toBe('starting the database …');
    expect(new Set(steps).size).toBe(steps.length);
    for (const step of steps.slice(1)) expect(step).toMatch(/^(reading|waiting|connecting|collecting|judging|storing)(, [\d,]+ objects)? …$/);
    expect(steps.length).toBeGreaterThan(1);
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(110);
    expect(stdout.split('\n').length).toBeLessThan(80);

    const second = await run({ args: ['--once', '--data-dir', folder.at('sample')] });
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(/^Since the last scan: nothing changed, \d+ findings still open$/m);
  });

  it('of a changed snapshot says what opened and what was resolved, and what neither hides nor obeys', async () => {
    await mkdir(folder.at('before'));
    await mkdir(folder.at('after'));
    await writeFile(folder.at('before/shop.json'), list(...shop));
    const args = (when: string) => ['--once', '--data-dir', folder.at('changed'), '--snapshot', folder.at(when)];
    expect((await run({ args: args('before/shop.json') })).code).toBe(0);

    const changed = structuredClone(shop).filter(({ kind, metadata }) => !(kind === 'RoleBinding' && metadata.name === 'status-page'));
    const containers = changed.filter(({ kind }) => kind === 'Deployment').flatMap((object) => object.spec!.template!.spec.containers.map((container) => ({ object, container })));
    const fine = containers.find(({ container }) => container.securityContext?.privileged !== true && container.securityContext?.allowPrivilegeEscalation === false)!;
    fine.container.securityContext = { ...fine.container.securityContext, privileged: true, allowPrivilegeEscalation: true };
    // A name that would colour the terminal and begin a new line, if it could.
    const container = { name: 'a\u001b[31m\nOpen findings: 0\u202e', image: 'a', securityContext: { privileged: true } };
    changed.push({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: 'default' }, spec: { containers: [container] } });
    // The same name, other clothes: one object a line.
    await writeFile(folder.at('after/shop.ndjson'), changed.map((object) => JSON.stringify(object)).join('\n'));

    const second = await run({ args: args('after/shop.ndjson') });
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(/^shop: /m);
    expect(second.stdout).toMatch(/^Since the last scan: .*\d+ opened.*\d+ resolved, \d+ still open$/m);
    expect(second.stdout).toMatch(new RegExp(`^ {2}\\+ (opened|regressed) +critical +workloads/privileged: Deployment ${fine.object.metadata.namespace}/${fine.object.metadata.name}`, 'm'));
    expect(second.stdout).toContain('Pod default/x (a\\u001b[31m\\u000aOpen findings: 0');
    expect(second.output).not.toMatch(obeyed);
    expect(second.stdout).toMatch(/^ {2}- resolved +critical +control-plane\/anonymous-access: RoleBinding legacy\/status-page/m);
  });

  it('of some objects is no verdict on the whole cluster, and resolves nothing', async () => {
    const deployment = shop.find(({ kind }) => kind === 'Deployment')!;
    await writeFile(folder.at('one.yaml'), list(deployment));
    const args = ['--once', '--data-dir', folder.at('some')];
    const some = await run({ args: [...args, '--snapshot', folder.at('one.yaml')] });
    expect(some.code).toBe(0);
    expect(some.stdout).toContain('Some objects, not a whole cluster (no Namespace is among them)');
    expect(some.stdout).toMatch(/^control-plane +1 +\d+ +[1-9]/m);
  });

  it('on a terminal has one line of progress, colours unless they are not wanted, and lines that fit', async () => {
    const args = ['--once', '--data-dir', folder.at('sample')];
    const colourful = await run({ args, columns: 80 });
    expect(colourful.code).toBe(0);
    expect(colourful.output).toContain('\u001b[2Kstarting the database …');
    // Which phases are seen depends on how fast the scan is: its state is asked for now and then.
    expect(['connecting', 'collecting', 'judging', 'storing'].filter((phase) => colourful.output.includes(`\u001b[2K${phase}`))).not.toEqual([]);
    expect(colourful.output).toContain('\u001b[31mCRITICAL\u001b[0m');
    const lines = colourful.output.replaceAll(colour, '').split('\r\n').slice(1).filter((line) => !line.includes('\u001b'));
    expect(lines.filter((line) => line.length > 80)).toEqual([]);

    const plain = await run({ args, columns: 120, env: { NO_COLOR: '1' } });
    expect(plain.output.replaceAll(colour, '')).toBe(plain.output);
    expect(plain.output).toContain('CRITICAL  control-plane/');
  });

  it('is served, with the key that is printed and kept', async () => {
    const dataDirectory = folder.at('sample');
    const bulwark = new Bulwark({ args: ['--port', '0', '--data-dir', dataDirectory] });
    const { url, key } = await bulwark.serves();
    expect(readFileSync(`${dataDirectory}/api-key`, 'utf8')).toBe(`${key}\n`);
    expect(statSync(`${dataDirectory}/api-key`).mode & 0o777).toBe(0o600);
    const findings = await ask(`${url}/v1/findings?first=5`, key);
    expect(findings.status).toBe(200);
    expect(findings.body).toMatchObject({ items: { length: 5 } });
    expect(await ask(`${url}/v1/findings`)).toMatchObject({ status: 401, type: expect.stringContaining('application/problem+json') });
    for (const page of ['/docs', '/graphiql']) expect(await ask(url + page)).toMatchObject({ status: 200, type: expect.stringContaining('text/html') });
    expect(await ask(`${url}/openapi.json`)).toMatchObject({ status: 200, body: { openapi: expect.stringMatching(/^3\.1/) } });
    bulwark.signal('SIGTERM');
    expect(await bulwark.exited).toEqual({ code: 0, signal: null });
  });
});
