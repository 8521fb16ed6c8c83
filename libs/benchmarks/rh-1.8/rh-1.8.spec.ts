import { describe, expect, it } from 'vitest';
import { isConfigurationKey, type ConfigurationKey } from '#inventory/projection/configuration.js';
import { MAX_CUSTOM_SPEC } from '#inventory/projection/custom.js';
import type { Piece } from '#inventory/evidence/piece.js';
import { recordEvidence } from '#inventory/evidence/record-evidence.js';
import { restoreEvidence } from '#inventory/evidence/restore-evidence.js';
import type { Inventory } from '#inventory/inventory.js';
import { resourceKeyOf, resourceKeys } from '#inventory/resources.js';
import { inventoryOf, type InventoryOptions } from '#test/support/example-inventory.js';
import { inflated, nodeCodec } from '#test/support/node-codec.js';
import { bindPassword, decidedOnOpenShift, openShiftCluster } from '#test/support/openshift-cluster.js';
import { judgeBenchmark } from '../judge/judge-benchmark.js';
import { rh18 } from './rh-1.8.js';

type Raw = Readonly<Record<string, unknown>>;

const ids = Object.keys(decidedOnOpenShift);
const outcomes = (inventory: Inventory): Readonly<Record<string, string>> =>
  Object.fromEntries(judgeBenchmark({ choice: { state: 'chosen', benchmark: rh18, reason: '' }, inventory }).items.filter(({ id }) => ids.includes(id)).map(({ id, outcome }) => [id, outcome]));
const of = (objects: readonly Raw[], options?: InventoryOptions): Readonly<Record<string, string>> => outcomes(inventoryOf(objects, options));
const expected = (index: 0 | 1): Readonly<Record<string, string>> => Object.fromEntries(Object.entries(decidedOnOpenShift).map(([id, both]) => [id, both[index]]));

const { hardened, careless } = openShiftCluster;
const keyOf = ({ apiVersion, kind }: Raw): ConfigurationKey | undefined => {
  const key = resourceKeyOf(String(apiVersion), String(kind));
  return key !== undefined && isConfigurationKey(key) ? key : undefined;
};

const keys: readonly string[] = resourceKeys.filter(isConfigurationKey);

describe('the items that the objects of a cluster decide', () => {
  it('pass where it is configured well', () => {
    expect(of(hardened)).toEqual(expected(0));
  });

  it('fail where it is configured badly', () => {
    expect(of(careless)).toEqual(expected(1));
  });

  /** What the items come to that such objects decide, where there are none of them. */
  const withoutThem: { readonly [K in ConfigurationKey]?: readonly string[] } = {
    // Asked where another says no.
    'authentications.config.openshift.io': [], 'networks.operator.openshift.io': [],
    'clusterlogforwarders.observability.openshift.io': ['manual'],
  };

  it.each([...new Set(hardened.flatMap((object) => keyOf(object) ?? []))])('are unknown without any %s', (key) => {
    const without = of(hardened.filter((object) => keyOf(object) !== key));
    expect([...new Set(ids.filter((id) => without[id] !== expected(0)[id]).map((id) => without[id]))]).toEqual(withoutThem[key] ?? ['unknown']);
  });

  it.each(resourceKeys.filter(isConfigurationKey))('are no pass and no fail by %s that nobody could list', (key) => {
    const forbidden: InventoryOptions = { outcomes: { [key]: { state: 'missing', reason: 'forbidden', detail: `the account may not list ${key}` } } };
    for (const [objects, index] of [[hardened, 0], [careless, 1]] as const) {
      const judged = of(objects, forbidden);
      expect(ids.filter((id) => judged[id] !== expected(index)[id] && judged[id] !== 'unknown')).toEqual([]);
    }
  });

  it('name the right that was missing', () => {
    const inventory = inventoryOf(hardened, { outcomes: { 'apiservers.config.openshift.io': { state: 'missing', reason: 'forbidden', detail: 'the account may not list apiservers.config.openshift.io' } } });
    const { advice } = judgeBenchmark({ choice: { state: 'chosen', benchmark: rh18, reason: '' }, inventory });
    expect(advice.join('\n')).toContain('let scans read apiservers.config.openshift.io');
  });

  it('are decided by what is uploaded of a cluster, and no further', () => {
    const given = of(hardened, { otherwise: (_, count) => ({ state: 'given', count }) });
    expect([given['1.2.5'], given['1.2.29'], given['5.3.1'], given['5.5.1']]).toEqual(['pass', 'pass', 'pass', 'pass']);
    // Others that were not uploaded may be lax.
    expect([given['1.2.30'], given['5.2.1'], given['1.2.1']]).toEqual(['unknown', 'unknown', 'unknown']);
    const bad = of(careless, { otherwise: (_, count) => ({ state: 'given', count }) });
    expect([bad['1.2.30'], bad['5.2.1'], bad['1.2.1']]).toEqual(['fail', 'fail', 'fail']);
  });

  it('are decided again by what was kept, and unknown by what was kept before anybody looked', () => {
    const pieces = [...recordEvidence(inventoryOf(hardened))];
    const restored = (kept: readonly Piece[]) => outcomes(restoreEvidence(kept.map(({ sort, items, text }) => ({ sort, items, bytes: nodeCodec.compress(text) })), inflated));
    expect(restored(pieces)).toEqual(expected(0));
    const older = restored(pieces.filter(({ sort }) => !keys.includes(sort)).map((piece) => {
      if (piece.sort !== 'head') return piece;
      const head = JSON.parse(piece.text) as { readonly outcomes: readonly (readonly [string, unknown])[] };
      return { ...piece, text: JSON.stringify({ ...head, outcomes: head.outcomes.filter(([key]) => !keys.includes(key)) }) };
    }));
    expect(['1.2.19', '1.2.29', '1.2.30', '1.2.31', '3.1.1', '3.2.1', '5.2.1', '5.3.1', '5.5.1'].map((id) => older[id])).toEqual(Array.from({ length: 9 }, () => 'unknown'));
  });

  const objectsLie = [1, 'x', true, [], ['x']];
  const huge = ['x'.repeat(MAX_CUSTOM_SPEC)];
  it.each([
    ['apiservers.config.openshift.io', 'spec', [...objectsLie, { audit: { profile: 1 } }, { encryption: 'aesgcm' }, { audit: { customRules: huge } }]],
    ['images.config.openshift.io', 'spec', [...objectsLie, { registrySources: { allowedRegistries: 'quay.io' } }, { registrySources: { allowedRegistries: [1] } }, { registrySources: { allowedRegistries: huge } }]],
    ['networks.config.openshift.io', 'status', [...objectsLie, { networkType: ['OVNKubernetes'] }]],
    ['oauths.config.openshift.io', 'spec', [...objectsLie, { identityProviders: { name: 'directory' } }, { identityProviders: [{}] }]],
    ['ingresscontrollers.operator.openshift.io', 'spec', [...objectsLie, { tlsSecurityProfile: 'Modern' }, { tlsSecurityProfile: { type: true } }]],
    ['kubeapiservers.operator.openshift.io', 'status', [...objectsLie, {}, { conditions: { Encrypted: 'True' } }, { conditions: [{ type: 'Encrypted', status: true }] }]],
    ['securitycontextconstraints.security.openshift.io', 'users', [1, 'x', true, { a: 1 }, [1], huge]],
    ['securitycontextconstraints.security.openshift.io', 'allowPrivilegedContainer', [0, 'false', [], {}]],
    ['clusterlogforwarders.observability.openshift.io', 'spec', [...objectsLie, { pipelines: 'audit' }, { pipelines: [{ inputRefs: 'audit', outputRefs: ['x'] }] }]],
  ] as const)('are unknown by %s whose %s lies', (key, field, lies) => {
    const decided = ids.filter((id) => of(hardened.filter((object) => keyOf(object) !== key))[id] !== expected(0)[id]);
    for (const lie of lies) {
      const judged = of(hardened.map((object) => (keyOf(object) === key ? { ...object, [field]: lie } : object)));
      const told = JSON.stringify(lie).slice(0, 60);
      expect(Object.entries(judged).filter(([id, outcome]) => outcome !== expected(0)[id] && (outcome !== 'unknown' || !decided.includes(id))), told).toEqual([]);
      expect(decided.map((id) => judged[id]), told).toContain('unknown');
    }
  });
});

it('keeps of each object what is asked and nothing beyond', () => {
  const inventory = inventoryOf(hardened);
  const kept = JSON.stringify(resourceKeys.filter(isConfigurationKey).map((key) => inventory.list(key)));
  expect(kept).toContain('LDAP');
  for (const absent of [bindPassword, 'ldaps://', 'siem.example.org', 'uid-of-', 'observedConfig']) expect(kept).not.toContain(absent);
  const configs = JSON.stringify(inventory.list('configmaps'));
  expect(configs).toContain('SystemMasters');
  for (const absent of ['allow-privileged', 'namedCertificates', 'ExternalIPRanger']) expect(configs).not.toContain(absent);
});
