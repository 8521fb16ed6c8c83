import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InventoryBuilder } from '../inventory-builder.js';
import { resourceKeyOf, resourceKeys } from '../resources.js';
import { reachabilityInput } from './from-inventory.js';
import type { ReachabilityInput } from './input.js';
import { parseParty, Reachability } from './reachability.js';

interface Case {
  readonly case: string;
  readonly rule: string;
  readonly objects: readonly Readonly<Record<string, unknown>>[];
}

const dir = process.env['BULWARK_TRUTH_DIR'];
const casesOf = <T extends Case>(file: string): readonly T[] => (!dir ? [] : readFileSync(join(dir, file), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as T));

const codec = { digest: (text: string) => createHash('sha256').update(text).digest('hex'), compress: (text: string) => Buffer.from(text), expand: (bytes: Uint8Array) => bytes };

/** As an upload of these objects alone. */
function uploaded(objects: Case['objects']): ReachabilityInput {
  const builder = new InventoryBuilder(codec);
  for (const object of objects) {
    const { apiVersion, kind, metadata } = object;
    const key = resourceKeyOf(String(apiVersion), String(kind));
    // Pods are asked about by their own names, not by those of owners that are not there.
    if (key) builder.add(key, key === 'pods' ? { ...object, metadata: { ...Object(metadata), ownerReferences: [] } } : object);
  }
  for (const key of resourceKeys) builder.end(key, { state: 'given', count: builder.countOf(key) });
  return reachabilityInput(builder.finish());
}

describe.skipIf(!dir)('NetworkPolicy verdicts that others wrote (needs BULWARK_TRUTH_DIR)', () => {
  it('agrees on every pair of every case', () => {
    const disagreements: string[] = [];
    let verdicts = 0;
    for (const { case: name, objects, expect: expected } of casesOf<Case & { expect: { port: number; protocol: string; allowed: Record<string, string[]> }[] }>('cyclonus/cases.jsonl')) {
      const input = uploaded(objects);
      const reachability = new Reachability(input);
      const pods = input.endpoints.map((pod) => ({ name: `${pod.namespace}/${pod.name}`, party: parseParty(`${pod.namespace}/${pod.name}`)! }));
      for (const { port, protocol, allowed } of expected) {
        for (const from of pods) {
          for (const to of pods) {
            if (from === to) continue;
            verdicts++;
            const answer = reachability.pair(from.party, to.party, port, protocol).status;
            const wanted = (allowed[from.name] ?? []).includes(to.name) ? 'allowed' : 'denied';
            if (answer !== wanted) disagreements.push(`${name}: ${from.name} -> ${to.name} ${protocol} ${port}: ${answer}, not ${wanted}`);
          }
        }
      }
    }
    expect(disagreements.slice(0, 20)).toEqual([]);
    expect(verdicts).toBeGreaterThan(100_000);
  }, 60_000);

  it('agrees on every isolated workload', () => {
    const disagreements: string[] = [];
    const cases = casesOf<Case & { failing: { kind: string; namespace: string; name: string }[] }>('netpol-analyzer/isolation.jsonl');
    for (const { case: name, rule, objects, failing } of cases) {
      const input = uploaded(objects);
      const reachability = new Reachability(input);
      const found = reachability.workloads
        .filter(({ kind, namespace, name: of }) => reachability.isolation({ kind: 'endpoint', namespace, name: of, of: kind })?.[rule === 'isolated-ingress' ? 'ingress' : 'egress'].isIsolated === false)
        .map(({ kind, namespace, name: of }) => `${kind} ${namespace}/${of}`).sort();
      const wanted = failing.map(({ kind, namespace, name: of }) => `${kind} ${namespace || 'default'}/${of}`).sort();
      if (found.join() !== wanted.join()) disagreements.push(`${name} ${rule}: ${found.join(', ')}; not ${wanted.join(', ')}`);
    }
    expect(disagreements).toEqual([]);
    expect(cases.length).toBeGreaterThan(100);
  });
});
