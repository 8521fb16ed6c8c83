import { describe, expect, it } from 'vitest';
import { nodeCodec } from '#test/support/node-codec.js';
import type { PodTemplate } from './facts.js';
import { TemplateStore, type Templates } from './template-store.js';

/** More than a few segments of them, none of Latin letters alone. */
const templates = Array.from({ length: 400 }, (_, i) => ({
  labels: { app: `größe-${i}-🚢` }, annotations: { text: 'ö'.repeat(i * 7) }, hostNetwork: i % 2 === 0, serviceAccount: `account-${i}`, automountToken: true,
  containers: [{ type: 'init', ports: [{ port: 1, protocol: 'TCP' }] }, { type: 'init', sidecar: true, ports: [{ port: 2, protocol: 'TCP' }] }, { type: 'container', ports: [{ port: i, protocol: 'UDP', name: 'dns' }] }],
}) as unknown as PodTemplate);

function expectAll(store: Templates): void {
  for (const [id, template] of templates.entries()) {
    expect(store.get(id)).toEqual(template);
    expect(store.text(id)).toBe(JSON.stringify(template));
    const network = { labels: template.labels, ports: [{ port: 2, protocol: 'TCP' }, { port: id, protocol: 'UDP', name: 'dns' }], hostNetwork: template.hostNetwork, serviceAccount: template.serviceAccount };
    expect(store.network(id)).toEqual(network);
    expect(store.networkText(id)).toBe(JSON.stringify(network));
  }
}

describe('template store', () => {
  it.each([0, 20_000, Infinity])('gives each template and its text, before it is finished and after, where %s characters are not compressed', (plain) => {
    let compressed = 0;
    const store = new TemplateStore({ ...nodeCodec, plain, compress: (text) => (compressed++, nodeCodec.compress(text)) });
    expect(templates.map((template) => store.intern(template))).toEqual([...templates.keys()]);
    expect(store.intern({ ...templates[7]! })).toBe(7);
    expectAll(store);
    store.finish();
    expectAll(store);
    expect(store.size).toBe(templates.length);
    expect(compressed > 0).toBe(plain !== Infinity);
    for (const read of ['get', 'text', 'network', 'networkText'] as const) expect(() => store[read](templates.length)).toThrow(RangeError);
  });
});
