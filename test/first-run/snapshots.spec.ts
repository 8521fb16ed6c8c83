import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, Folder, run, sampleFile } from './support/bulwark.js';
import { list, sample } from './support/manifests.js';

const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { containers: [{ name: 'a', image: 'a' }] } });

describe('a snapshot', () => {
  let folder: Folder;
  let yaml: Buffer;
  let json: string;
  const scan = (file: string, input?: string | Uint8Array) =>
    run({ args: ['--once', '--data-dir', folder.at('data'), '--snapshot', file === '-' ? file : folder.at(file)], ...(input !== undefined && { input }) });

  beforeAll(async () => {
    build();
    folder = await Folder.make();
    yaml = await readFile(sampleFile);
    json = list(...sample());
    await writeFile(folder.at('shop.json'), json);
    expect((await scan('shop.json')).code).toBe(0);
  });
  afterAll(() => folder.remove());

  describe('is the same in any form', () => {
    it.each<[string, string, () => string | Uint8Array]>([
      ['YAML documents', 'shop.yaml', () => yaml],
      ['packed by gzip', 'shop.json.gz', () => gzipSync(json)],
    ])('%s', async (_name, file, bytes) => {
      await mkdir(folder.at('forms'), { recursive: true });
      await writeFile(folder.at('forms', file), bytes());
      const again = await scan(`forms/${file}`);
      expect(again.code).toBe(0);
      expect(again.stdout).toMatch(/^Since the last scan: nothing changed, \d+ findings still open$/m);
    });

    it('from standard input', async () => {
      const piped = await scan('-', gzipSync(json));
      expect(piped.code).toBe(0);
      expect(piped.stdout).toMatch(/^stdin: kubeadm/m);
    });
  });

  // Under the name of a cluster that is known: what cannot be read may take nothing away.
  describe('that cannot be read ends with 2 and one sentence on what to do', () => {
    const bomb = `a: &a [${'x, '.repeat(9)}x]\n${[...'bcdefghi'].map((name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]}, `.repeat(9)}*${'abcdefgh'[i]}]`).join('\n')}\napiVersion: v1\nkind: Pod\n`;
    it.each<[string, () => string | Uint8Array, RegExp]>([
      ['half of it', () => json.slice(0, json.length / 2), /ends|part/],
      ['a web page', () => '<!DOCTYPE html><html><body>Sign in</body></html>', /HTML/],
      ['a picture', () => Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4', 'hex'), /./],
      ['nothing', () => '', /The upload has no content\. Send what kubectl get -o json wrote\./],
      ['NUL', () => list(pod('x\0')), /NUL/],
      ['half of a surrogate pair', () => list(pod('x')).replace('default', '\\ud800'), /surrogate/],
      ['another program’s JSON', () => '{"name":"bulwark","version":"1"}', /no kind and apiVersion/],
      ['a YAML bomb', () => bomb, /alias/i],
      ['100,000 lists in each other', () => `{"apiVersion":"v1","kind":"Pod","spec":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, /deep/],
      ['100,000 mappings in each other as YAML', () => `apiVersion: v1\nkind: Pod\nspec: ${'{a: '.repeat(100_000)}1${'}'.repeat(100_000)}\n`, /deep|large/],
      ['an object twice', () => list(pod('twin'), pod('other'), pod('twin')), /Pod default\/twin is there twice/],
      ['UTF-16', () => Buffer.from(`\ufeff${list(pod('x'))}`, 'utf16le'), /UTF-16/],
    ])('%s', async (_name, bytes, reason) => {
      await mkdir(folder.at('bad'), { recursive: true });
      await writeFile(folder.at('bad/shop.json'), bytes());
      const bad = await scan('bad/shop.json');
      expect(bad.code).toBe(2);
      const told = bad.stderr.split('\n').filter((line) => line !== '' && !line.endsWith(' …'));
      expect(told).toHaveLength(1);
      expect(told[0]).toMatch(/^(shop could not be judged\. \S.{10,200}\. How to write one: npm start -- --help-snapshot|The upload .{10,80}\.)$/);
      expect(told[0]).toMatch(reason);
      expect(bad.output).not.toMatch(/    at |Error:|[^\P{Cc}\n]/u);
    });

    it('and takes nothing of what was known', async () => {
      expect((await scan('shop.json')).stdout).toMatch(/^Since the last scan: nothing changed, \d+ findings still open$/m);
    });
  });

  it('with names that mean something in JavaScript is judged like any other', async () => {
    await writeFile(folder.at('strange.json'), `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b","namespace":"default","labels":{"__proto__":"x","constructor":"y"},"__proto__":{"name":"z"}},"spec":{"containers":[{"name":"toString","image":"a","securityContext":{"privileged":true}}]},"__proto__":{"kind":"Node"}}`);
    const judged = await scan('strange.json');
    expect(judged.code).toBe(0);
    expect(judged.stdout).toContain('Pod default/b: container toString runs privileged');
  });
});
