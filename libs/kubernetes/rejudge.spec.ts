import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '#controls/catalogue.js';
import { foundEvaluation, type FoundEvaluation } from '#findings/found-failure.js';
import { recordEvidence } from '#inventory/evidence/record-evidence.js';
import { inventoryOf, objectsOf } from '#test/support/example-inventory.js';
import { evaluate } from '#controls/engine/evaluate.js';
import { codec } from './codec.js';
import { defaultCollectSettings } from './collector/collect-settings.js';
import { runScan } from './run-scan.js';
import type { ScanRequest } from './scan-request.js';
import { defaultSnapshotSettings } from './snapshot/snapshot-settings.js';

const inventory = inventoryOf(objectsOf(readFileSync(join(import.meta.dirname, '../../apps/standalone/sample/shop.yaml'), 'utf8')));
const pieces = Array.from(recordEvidence(inventory), ({ sort, items, text }) => ({ sort, items, bytes: codec.compress(text) }));
const at = Date.parse('2026-11-24T12:00:00Z');
const settings = { policy: {}, collect: defaultCollectSettings, snapshot: defaultSnapshotSettings, knownEvidence: [] };
const hooks = { onProgress: () => undefined, signal: new AbortController().signal };

describe('kept evidence judged once more', () => {
  it('gives the verdicts of its day', async () => {
    const result = await runScan({ ...settings, source: { kind: 'kept', pieces, at } }, catalogue, hooks);
    // Which subjects stand as examples of a group goes by their order.
    const said = (evaluations: readonly FoundEvaluation[]) => evaluations.map(({ failures, unknowns, notApplicables, ...rest }) => ({
      ...rest, failures: [...failures].toSorted((a, b) => (a.key < b.key ? -1 : 1)), unknowns: unknowns.map(({ count }) => count), notApplicables: notApplicables.map(({ reason, count }) => `${reason} ${count}`).toSorted(),
    }));
    expect(said(result.evaluations)).toEqual(said(evaluate(catalogue, inventory, {}, at).map(foundEvaluation)));
    expect(result.counts).toMatchObject({ pods: inventory.pods.length, workloads: inventory.workloads.length });
    expect(result.counts.objects).toBeGreaterThan(200);
    expect(result.evidence).toEqual([]);
  });

  it('that was damaged fails with its reason', async () => {
    const request: ScanRequest = { ...settings, source: { kind: 'kept', pieces: pieces.slice(1), at } };
    await expect(runScan(request, catalogue, hooks)).rejects.toMatchObject({ name: 'CollectionError', reason: 'evidence-damaged' });
  });
});
