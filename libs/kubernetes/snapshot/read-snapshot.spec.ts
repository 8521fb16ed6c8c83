import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Completeness } from '#application/ports/cluster-collector.js';
import { PacedParser } from '#test/support/paced-parser.js';
import { InventoryBuilder } from '#inventory/inventory-builder.js';
import type { Inventory } from '#inventory/inventory.js';
import { codec } from '../codec.js';
import type { SecondParser } from './parsing-thread.js';
import { readSnapshot, type SnapshotSummary } from './read-snapshot.js';
import { SnapshotError } from './snapshot-error.js';
import { defaultSnapshotSettings, type SnapshotSettings } from './snapshot-settings.js';

async function* chunked(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const edges = [0, ...[...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b), bytes.length];
  for (let i = 1; i < edges.length; i++) if (edges[i - 1] !== edges[i]) yield Uint8Array.from(bytes.subarray(edges[i - 1], edges[i]));
}

const objectsOnly: Completeness = { scope: 'objects' };

async function read(text: string | Buffer, options: { readonly complete?: Completeness; readonly cuts?: readonly number[]; readonly settings?: Partial<SnapshotSettings>; readonly startParser?: () => SecondParser } = {}): Promise<SnapshotSummary & { readonly inventory: Inventory }> {
  const builder = new InventoryBuilder(codec);
  const summary = await readSnapshot(chunked(Buffer.from(text), options.cuts ?? []), options.complete ?? objectsOnly, builder, { settings: { ...defaultSnapshotSettings, ...options.settings }, startParser: options.startParser });
  return { ...summary, inventory: builder.finish() };
}

async function refusal(text: string | Buffer, options: Parameters<typeof read>[1] = {}): Promise<SnapshotError> {
  const error: unknown = await read(text, options).then(() => undefined, (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SnapshotError);
  return error as SnapshotError;
}

const deployment = (name: string, more: object = {}) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'shop' }, spec: { replicas: 2, template: { metadata: {}, spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }], ...more } } } });
const service = (name: string) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec: { ports: [{ port: 80 }] } });
const event = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'shop' } };
const objects = [deployment('web'), service('web'), event, deployment('api')];
const list = { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: objects };
const sorted = { apiVersion: 'v1', items: objects, kind: 'List', metadata: { resourceVersion: '' } };

const forms: Readonly<Record<string, string | Buffer>> = {
  'a JSON List': JSON.stringify(list),
  'a JSON List as kubectl prints it': JSON.stringify(sorted, null, 4),
  'objects one a line': objects.map((object) => JSON.stringify(object)).join('\n'),
  'objects one a line, with CRLF and a mark': `\ufeff${objects.map((object) => JSON.stringify(object)).join('\r\n')}\r\n`,
  'objects one after the other': objects.map((object) => JSON.stringify(object, null, 2)).join(''),
  'JSON documents between dashes': `${objects.map((object) => JSON.stringify(object, null, 2)).join('\n---\n')}\n`,
  'YAML documents': objects.map((object) => stringify(object)).join('---\n'),
  'YAML documents with comments, empty ones and CRLF': `# all\n---\n${objects.map((object) => stringify(object)).join('---\n# none\n---\n')}...\n`.replaceAll('\n', '\r\n'),
  'a YAML List': stringify(list),
  'a YAML List as kubectl prints it': stringify(sorted, { indentSeq: false }),
  'YAML Lists among documents': `---\n${stringify({ ...list, items: objects.slice(0, 2) })}---\n${stringify({ ...sorted, items: objects.slice(2) }, { indentSeq: false })}`,
  'a YAML List in flow style': `apiVersion: v1\nkind: List\nitems: ${JSON.stringify(objects)}\n`,
  'gzip of a JSON List': gzipSync(JSON.stringify(list)),
  'gzip in two members': Buffer.concat([gzipSync(JSON.stringify(objects[0])), gzipSync(objects.slice(1).map((object) => JSON.stringify(object)).join('\n'))]),
  'gzip of YAML': gzipSync(objects.map((object) => stringify(object)).join('---\n')),
};

describe('the forms of an upload', () => {
  it.each(Object.keys(forms))('reads %s', async (form) => {
    const { objects: count, ignored, inventory } = await read(forms[form]!);
    expect([count, ignored]).toEqual([4, 1]);
    expect(inventory.workloads.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual(['Deployment api', 'Deployment web']);
    expect(inventory.list('services').map(({ name }) => name)).toEqual(['web']);
  });

  it('reads them the same wherever the chunks are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(forms)), fc.array(fc.nat(), { maxLength: 20 }), async (form, cuts) => {
        const { objects: count, inventory } = await read(forms[form]!, { cuts });
        expect(count).toBe(4);
        expect(inventory.workloads).toHaveLength(2);
      }),
      { numRuns: 300 },
    );
  });

  it('reads any text in YAML lists, block scalars and dashes in it included', async () => {
    const line = fc.constantFrom('- a', '---', 'items:', 'kind: List', '  - b', '# c', '', 'x: y', '  ', '...', '"', "'", '- - -', 'a: |');
    const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 5 }), fc.boolean(), fc.array(fc.nat(), { maxLength: 6 }), async (texts, indentSeq, cuts) => {
        const items = texts.map((written, i) => ({ ...service(`s-${i}`), spec: { selector: { [`${written}key`]: written, plain: 'x' } } }));
        const yaml = stringify({ apiVersion: 'v1', items, kind: 'List' }, { indentSeq });
        const { inventory } = await read(yaml, { cuts });
        // The library's own reading of the whole is the measure: some texts of blanks do not survive its writing.
        const whole = parse(yaml) as { readonly items: readonly { readonly spec: { readonly selector: unknown } }[] };
        expect(inventory.list('services').map(({ selector }) => selector)).toEqual(whole.items.map(({ spec }) => spec.selector));
      }),
      { numRuns: 500 },
    );
  });

  it('gives the items of a typed list the kind of their list', async () => {
    const { kind: _, apiVersion: __, ...bare } = service('web');
    const { inventory } = await read(JSON.stringify({ kind: 'ServiceList', apiVersion: 'v1', items: [bare] }));
    expect(inventory.list('services').map(({ name }) => name)).toEqual(['web']);
    expect(await refusal(JSON.stringify({ items: [bare], kind: 'ServiceList', apiVersion: 'v1' }))).toMatchObject({ reason: 'snapshot-not-kubernetes' });
    const yaml = await read(stringify({ kind: 'ServiceList', apiVersion: 'v1', items: [bare] }));
    expect(yaml.inventory.list('services')).toHaveLength(1);
  });

  it('reads lists in lists', async () => {
    const { objects: count } = await read(JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [list] }));
    expect(count).toBe(4);
  });

  it('reads flags and file modes of YAML as kubectl does', async () => {
    const { inventory } = await read(stringify(deployment('web')).replace('containers:', 'hostNetwork: yes\n      hostPID: on\n      shareProcessNamespace: no\n      containers:'));
    expect(inventory.templates.get(0)).toMatchObject({ hostNetwork: true, hostPID: true, shareProcessNamespace: false });
  });
});

describe('what an upload has observed', () => {
  it('is nothing beyond its objects, by default', async () => {
    const { inventory } = await read(JSON.stringify(list));
    expect(inventory.outcome('deployments.apps')).toEqual({ state: 'given', count: 2 });
    expect(inventory.outcome('secrets')).toEqual({ state: 'given', count: 0 });
    expect(inventory.basis).toBe('objects-given');
  });

  it('is the kinds it declares', async () => {
    const { inventory } = await read(JSON.stringify(list), { complete: { scope: 'kinds', kinds: ['deployments.apps', 'namespaces'] } });
    expect(inventory.outcome('deployments.apps')).toEqual({ state: 'observed', count: 2 });
    expect(inventory.outcome('namespaces')).toEqual({ state: 'observed', count: 0 });
    expect(inventory.outcome('services')).toEqual({ state: 'given', count: 1 });
  });

  it('is the whole cluster but for what it says was not read', async () => {
    const { inventory } = await read(JSON.stringify(list), { complete: { scope: 'cluster', unread: ['secrets', 'services'] } });
    expect(inventory.outcome('pods')).toEqual({ state: 'observed', count: 0 });
    expect(inventory.outcome('secrets')).toMatchObject({ state: 'missing', reason: 'not-in-upload' });
    expect(inventory.outcome('services')).toMatchObject({ state: 'partial', reason: 'not-in-upload', count: 1 });
    expect(inventory.outcome('clusterpolicies.kyverno.io')).toEqual({ state: 'not-served' });
    expect(inventory.basis).toBe('cluster');
  });

  it('is less than a cluster where kinds are wanting that every cluster has', async () => {
    const { inventory } = await read(JSON.stringify(list), { complete: { scope: 'cluster', unread: [] } });
    expect(inventory.outcome('services')).toEqual({ state: 'observed', count: 1 });
    expect(inventory.outcome('clusterrolebindings.rbac.authorization.k8s.io')).toMatchObject({ state: 'missing', reason: 'not-in-upload' });
    expect(inventory.outcome('nodes')).toEqual({ state: 'observed', count: 0 });
  });

  it('keeps no value of a Secret or ConfigMap, whichever way it was sent', async () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { name: 's', namespace: 'shop', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":"CANARY"}' } }, data: { a: 'CANARY' }, stringData: { b: 'CANARY' } };
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'shop' }, data: { a: 'CANARY' }, binaryData: { b: 'CANARY' } };
    const workload = deployment('web', { containers: [{ name: 'app', image: 'a:1', env: [{ name: 'PASSWORD', value: 'CANARY' }] }] });
    for (const text of [JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [secret, configMap, workload] }), [secret, configMap, workload].map((object) => stringify(object)).join('---\n')]) {
      const { inventory } = await read(text);
      expect(inventory.list('secrets')).toMatchObject([{ name: 's', type: 'Opaque' }]);
      expect(JSON.stringify([inventory, inventory.list('secrets'), inventory.list('configmaps'), inventory.workloads, inventory.templates.get(0)])).not.toContain('CANARY');
    }
  });

  it('knows OpenShift by its own configuration', async () => {
    const { inventory } = await read(JSON.stringify({ apiVersion: 'config.openshift.io/v1', kind: 'ClusterVersion', metadata: { name: 'version' } }));
    expect(inventory.cluster.platform).toBe('openshift');
  });
});

const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefgh'.split('').map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[i]}`).join(', ')}]`).join('\n')}\n`;
const web = JSON.stringify(service('web'));

describe('bad uploads', () => {
  it.each<[string, SnapshotError['reason'], string | Buffer]>([
    ['nothing', 'snapshot-empty', ''],
    ['blanks', 'snapshot-empty', ' \r\n\t'],
    ['an empty List', 'snapshot-empty', '{"kind":"List","apiVersion":"v1","items":[]}'],
    ['empty YAML', 'snapshot-empty', '---\n# nothing\n---\n'],
    ['half of a List', 'snapshot-truncated', JSON.stringify(list).slice(0, -30)],
    ['half of an object', 'snapshot-truncated', `${web}${web.slice(0, 20)}`],
    ['half of a gzip file', 'snapshot-truncated', gzipSync(JSON.stringify(list)).subarray(0, 60)],
    ['a broken gzip file', 'snapshot-invalid-encoding', Buffer.concat([gzipSync(web).subarray(0, 12), Buffer.alloc(60, 7)])],
    ['gzip of gzip', 'snapshot-unsupported-compression', gzipSync(gzipSync(web))],
    ['a zip file', 'snapshot-unsupported-compression', Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), Buffer.alloc(20)])],
    ['an xz file', 'snapshot-unsupported-compression', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4])],
    ['a JSON array', 'snapshot-not-kubernetes', JSON.stringify(objects)],
    ['other JSON', 'snapshot-not-kubernetes', '{"name":"x"}'],
    ['other YAML', 'snapshot-not-kubernetes', 'replicas: 3\nimage: a\n'],
    ['plain text', 'snapshot-not-kubernetes', 'hello\n'],
    ['HTML', 'snapshot-not-kubernetes', '<!doctype html><p>sign in'],
    ['items that are no objects', 'snapshot-syntax', '{"kind":"List","apiVersion":"v1","items":[1]}'],
    ['items of what is no list', 'snapshot-not-kubernetes', JSON.stringify({ kind: 'Pod', apiVersion: 'v1', items: objects })],
    ['YAML items of what is no list', 'snapshot-not-kubernetes', stringify({ kind: 'Pod', apiVersion: 'v1', items: objects })],
    ['words between objects', 'snapshot-syntax', `${web}\nand\n${web}`],
    ['JSON that is none', 'snapshot-syntax', '{"kind": nope}'],
    ['an item that is none', 'snapshot-syntax', '{"items":[{"kind": nope}]}'],
    ['YAML that is none', 'snapshot-syntax', 'kind: "x\napiVersion: : [\n'],
    ['duplicate keys in YAML', 'snapshot-syntax', 'kind: Pod\nkind: Pod\n'],
    ['Latin-1 text in JSON', 'snapshot-invalid-encoding', Buffer.from(web.replace('web', 'w\u00e9b'), 'latin1')],
    ['Latin-1 text in YAML', 'snapshot-invalid-encoding', Buffer.from(stringify(service('w\u00e9b')), 'latin1')],
    ['UTF-16', 'snapshot-invalid-encoding', Buffer.from(`\ufeff${web}`, 'utf16le')],
    ['NUL in YAML', 'snapshot-invalid-encoding', `kind: a\0b\n`],
    ['NUL in JSON', 'snapshot-syntax', web.replace('web', 'w\0b')],
    ['escaped NUL', 'snapshot-invalid-encoding', web.replace('web', 'w\\u0000b')],
    ['escaped NUL in YAML', 'snapshot-invalid-encoding', stringify(service('web')).replace('shop', '"a\\0b"')],
    ['half a surrogate pair', 'snapshot-invalid-encoding', web.replace('web', 'w\\uD83Db')],
    ['100,000 levels of JSON', 'snapshot-too-deep', `{"kind":"Pod","apiVersion":"v1","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['100,000 levels of YAML', 'snapshot-too-deep', `kind: Pod\napiVersion: v1\nx: ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`],
    ['100,000 levels in one line of YAML', 'snapshot-too-deep', `kind: Pod\napiVersion: v1\nx:\n  ${'- '.repeat(100_000)}a\n`],
    ['70 levels of YAML', 'snapshot-too-deep', `kind: Pod\napiVersion: v1\nx: ${'['.repeat(70)}${']'.repeat(70)}\n`],
    ['an alias bomb', 'snapshot-yaml-alias', bomb],
    ['an alias into another object', 'snapshot-yaml-alias', 'kind: List\napiVersion: v1\nitems:\n- &a\n  kind: Pod\n  apiVersion: v1\n  metadata: {name: x}\n- *a\n'],
    ['one object twice', 'snapshot-duplicate-object', `${web}\n${web}`],
  ])('refuses %s as %s', async (_, reason, text) => {
    for (const cuts of [[], [1, 5, 9, 30]]) expect((await refusal(text, { cuts })).reason).toBe(reason);
  });

  it('names both places of an object that is there twice', async () => {
    const { message } = await refusal(`${web}\n${JSON.stringify(service('api'))}\n${web}`);
    expect(message).toBe(`Service shop/web is there twice: as object 1, at byte 0, and as object 3, at byte ${2 * web.length + 2}`);
    expect((await refusal(`${stringify(service('web'))}---\n${stringify(service('web'))}`)).message).toMatch(/as object 1, at line 1, and as object 2, at line 9/);
  });

  it('takes one name in two namespaces or kinds for two objects', async () => {
    const other = { ...service('web'), metadata: { name: 'web', namespace: 'other' } };
    expect((await read([service('web'), other, deployment('web')].map((object) => JSON.stringify(object)).join('\n'))).objects).toBe(3);
  });

  it('takes an object without a namespace for one of the default one', async () => {
    const [without, named] = [{}, { namespace: 'default' }].map((more) => JSON.stringify({ ...service('web'), metadata: { name: 'web', ...more } }));
    expect((await refusal(`${without}\n${named}`)).message).toMatch(/^Service default\/web is there twice/);
  });

  it('says where, and never what', async () => {
    for (const text of [`${web}\n{"kind": CANARY}`, `{"items":[${web},{"CANARY": nope}]}`, `kind: "CANARY\nx: [\n`, `a: 1\nb: &x CANARY\nc: *CANARY\n`, `${web}\n{"kind":"Pod","metadata":"CANARY"}`]) {
      const { message } = await refusal(text);
      expect(message).not.toContain('CANARY');
      expect(message).toMatch(/(byte|line) \d+/);
    }
    expect((await refusal(`${web}\n{"kind": nope}`)).message).toBe(`object 2, at byte ${web.length + 1}, is not valid JSON`);
    expect((await refusal('kind: Pod\napiVersion: v1\nmetadata:\n  name: "x\n')).message).toMatch(/at line [45]/);
  });

  it('stops at the limits', async () => {
    const many = Array.from({ length: 50 }, (_, i) => JSON.stringify(service(`s-${i}`))).join('\n');
    const large = { ...service('web'), padding: 'x'.repeat(2_000) };
    expect((await refusal(many, { settings: { maxBytes: 1000 } })).reason).toBe('snapshot-too-large');
    expect((await refusal(gzipSync(Buffer.alloc(5_000_000, 0x20)), { settings: { maxBytes: 1_000_000 } })).reason).toBe('snapshot-too-large');
    expect((await refusal(many, { settings: { maxObjects: 10 } })).reason).toBe('snapshot-too-large');
    for (const text of [JSON.stringify(large), JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [large] }), stringify(large), stringify({ kind: 'List', apiVersion: 'v1', items: [large] }), `kind: ${'x'.repeat(5_000)}`]) {
      expect((await refusal(text, { settings: { maxObjectBytes: 1000, maxYamlDocumentBytes: 4000 } })).reason).toBe('snapshot-object-too-large');
    }
  });

  it('counts an object whose shape lies, and goes on', async () => {
    const { inventory } = await read([{ ...service('web'), spec: 'none' }, service('api')].map((object) => JSON.stringify(object)).join('\n'), { complete: { scope: 'cluster', unread: [] } });
    expect(inventory.outcome('services')).toMatchObject({ state: 'partial', reason: 'invalid', count: 1 });
  });

  it('is not moved by __proto__', async () => {
    for (const text of ['{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{},"__proto__":{"polluted":true}}', 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {}\n__proto__: {polluted: true}\n']) {
      await read(text);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    }
  });

  it('passes on what breaks in the stream of the caller', async () => {
    const broken = (async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from(web);
      throw new RangeError('gone');
    })();
    await expect(readSnapshot(broken, objectsOnly, new InventoryBuilder(codec))).rejects.toThrow('gone');
  });
});

describe('YAML of which a second parser has a part', () => {
  /** More than what it takes to start one. */
  const many = Array.from({ length: 1_200 }, (_, i) => stringify(i % 2 === 0 ? deployment(`d-${i}`) : { ...service(`s-${i}`), ...(i % 97 === 1 && { spec: { ports: 'none' } }) }));
  const text = many.join('---\n');
  const cuts = Array.from({ length: 80 }, (_, i) => i * 3_001);
  const slow = () => new PacedParser({ startsIn: 0, answersIn: [2, 0, 1], breaksAfter: Infinity });
  const facts = ({ inventory, ...summary }: Awaited<ReturnType<typeof read>>): unknown =>
    [summary, inventory.workloads, inventory.list('services'), inventory.outcome('services'), inventory.workloads.map(({ templates }) => templates.map((id) => inventory.templates.get(id)))];

  it('gives the same inventory', async () => {
    const parser = slow();
    expect(facts(await read(text, { cuts, startParser: () => parser }))).toEqual(facts(await read(text)));
    expect(parser.batches).toBeGreaterThan(3);
    expect(parser.isClosed).toBe(true);
  });

  it('is refused as it would be without: for what comes first in it', async () => {
    const wrongs = ['kind: "x\n', 'kind: Pod\napiVersion: v1\n<<: 5\n', many[3]!, 'a: 1\n', `kind: Pod\napiVersion: v1\nx: ${'['.repeat(70)}${']'.repeat(70)}\n`, bomb, 'kind: "\u00e9"\n'];
    for (const [index, wrong] of wrongs.entries()) {
      // All but one are the same in UTF-8.
      const bad = Buffer.from([...many.slice(0, 700), wrong, ...many.slice(700, 760), wrongs[(index + 1) % wrongs.length]!, ...many.slice(760)].join('---\n'), 'latin1');
      const alone = await refusal(bad);
      const { reason, message } = await refusal(bad, { cuts, startParser: slow });
      expect([reason, message]).toEqual([alone.reason, alone.message]);
      expect(message).toMatch(/line \d+/);
    }
  });

  it('is refused for an object that comes before the end of what broke off, or grew too large', async () => {
    const bad = [...many.slice(0, 900), 'kind: "x\n', ...many.slice(900, 905)].join('---\n');
    const packed = gzipSync(bad);
    expect((await refusal(packed.subarray(0, -9), { startParser: slow })).message).toBe((await refusal(packed.subarray(0, -9))).message);
    for (const tail of [`${'#'.repeat(2_000)}\nx: ${'y'.repeat(5_000)}\n`, many[0]!]) {
      const settings = { maxYamlDocumentBytes: 4_000, maxObjectBytes: 4_000, maxBytes: bad.length + 1_000 };
      expect((await refusal(`${bad}---\n${tail.repeat(9)}`, { settings, cuts, startParser: slow })).message).toMatch(/^the YAML of object 901, at line/);
    }
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield* chunked(Buffer.from(text), cuts);
      throw new RangeError('gone');
    }
    await expect(readSnapshot(broken(), objectsOnly, new InventoryBuilder(codec), { startParser: slow })).rejects.toThrow(new RangeError('gone'));
  });
});
