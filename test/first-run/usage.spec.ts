import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, build, Bulwark, Folder, run } from './support/bulwark.js';

describe('the command line', () => {
  let folder: Folder;

  beforeAll(async () => {
    build();
    folder = await Folder.make();
    await mkdir(folder.at('a folder'));
    await writeFile(folder.at('a file'), '');
    await writeFile(folder.at('huge.json'), '');
    await truncate(folder.at('huge.json'), 2 * 1024 ** 3);
  });
  afterAll(() => folder.remove());

  it('is explained', async () => {
    const help = await run({ args: ['--help'] });
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const option of ['--kubeconfig', '--context', '--snapshot', '--once', '--fresh', '--port', '--data-dir', 'BULWARK_PORT', 'BULWARK_DATA_DIR']) expect(help.stdout).toContain(option);
    expect(Math.max(...help.stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    const snapshot = await run({ args: ['--help-snapshot'] });
    expect(snapshot.code).toBe(0);
    expect(snapshot.stdout).toMatch(/^kubectl get .*'secrets\|.* -A -o json > cluster\.json$/m);
  });

  it.each<[string, { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> }, RegExp]>([
    ['an unknown flag', { args: ['--onec'] }, /^Unknown option '--onec'\. See npm start -- --help$/],
    ['a stray word', { args: ['cluster.json'] }, /^Unexpected argument 'cluster\.json'.* See npm start -- --help$/],
    ['a flag without its value', { args: ['--snapshot'] }, /'--snapshot <value>' argument missing\. See npm start -- --help$/],
    ['a flag with nothing as its value', { args: ['--data-dir', ''] }, /^--data-dir is empty\./],
    ['two sources', { args: ['--snapshot', 'a', '--kubeconfig', 'b'] }, /^--kubeconfig and --snapshot are two sources: give one$/],
    ['a context without a kubeconfig', { args: ['--context', 'prod'] }, /^--context needs --kubeconfig FILE$/],
    ['a port that is none', { env: { BULWARK_PORT: 'http' } }, /BULWARK_PORT\) is "http"; a number from 0 to 65535 was expected$/],
    ['flags that npm has taken for its own', { env: { npm_config_once: 'true' } }, /^npm has kept --once for itself\. Write two dashes before the options: npm start -- --once$/],
  ])('that is wrong ends with 2 and the reason: %s', async (_name, start, reason) => {
    const wrong = await run(start);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr.trimEnd()).toMatch(reason);
    expect(wrong.age).toBeLessThan(10_000);
  });

  it.each<[string, (folder: Folder) => readonly string[], RegExp]>([
    ['a snapshot that is not there', (at) => ['--snapshot', at.at('none.json')], /none\.json cannot be read: there is no such file\. Give --snapshot a file that kubectl wrote/],
    ['a folder as a snapshot', (at) => ['--snapshot', at.at('a folder')], /a folder is a directory\. Give --snapshot one file\.$/],
    ['a snapshot of 2 GB', (at) => ['--snapshot', at.at('huge.json')], /huge\.json is larger than 512 MiB\. Pack it with gzip, or leave out kinds that are not needed\.$/],
    ['a kubeconfig that is not there', (at) => ['--kubeconfig', at.at('none')], /none cannot be read: there is no such file\. Give --kubeconfig a file\.$/],
    ['a folder as a kubeconfig', (at) => ['--kubeconfig', at.at('a folder')], /a folder is a directory\. Give --kubeconfig one file\.$/],
    ['a file as the data directory', (at) => ['--data-dir', at.at('a file')], /^Data cannot be kept in .*: there is a file of that name\. Choose another directory with --data-dir or BULWARK_DATA_DIR\.$/],
    ['a data directory below a file', (at) => ['--data-dir', at.at('a file/data')], /^Data cannot be kept in .*: a part of its path is no directory\./],
  ])('that names what cannot be ends with 2 before anything is started: %s', async (_name, argsIn, reason) => {
    const wrong = await run({ args: argsIn(folder), env: { HOME: folder.path } });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr.trimEnd()).toMatch(reason);
    expect(wrong.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(wrong.output).not.toContain('starting the database');
  });

  it('yields to nothing: a path with spaces, quotes and letters of all kinds, no language, settings from the environment, a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const dataDirectory = folder.at("it's größe データ/$(data) \"dir\"");
    const bulwark = new Bulwark({ env: { BULWARK_PORT: String(port), BULWARK_DATA_DIR: dataDirectory, HOME: undefined, TERM: undefined } });
    try {
      const { url, key } = await bulwark.serves();
      expect(bulwark.stdout).toContain(`Port ${port} is taken: another one is used.`);
      expect(url).not.toBe(`http://127.0.0.1:${port}`);
      expect((await readFile(`${dataDirectory}/api-key`, 'utf8')).trim()).toBe(key);
      expect((await ask(`${url}/v1/clusters`, key)).status).toBe(200);
      expect(bulwark.stdout).toContain(`$(cat '${dataDirectory.replaceAll("'", `'\\''`)}/api-key')`);

      const second = await run({ args: ['--once', '--data-dir', dataDirectory] });
      expect(second.code).toBe(2);
      expect(second.stderr).toMatch(new RegExp(`in use by process ${bulwark.pid}\\.\\nStop that process first, or choose another data directory`));
      expect(second.output).not.toContain('    at ');
      expect((await ask(`${url}/v1/clusters`, key)).status).toBe(200);
    } finally {
      bulwark.signal('SIGTERM');
      other.close();
    }
    expect(await bulwark.exited).toEqual({ code: 0, signal: null });

    const key = await readFile(`${dataDirectory}/api-key`, 'utf8');
    const fresh = await run({ args: ['--once', '--fresh'], env: { BULWARK_DATA_DIR: dataDirectory } });
    expect(fresh.code).toBe(0);
    expect(fresh.stdout).not.toContain('Since the last scan');
    expect(await readFile(`${dataDirectory}/api-key`, 'utf8')).not.toBe(key);
  });
});
