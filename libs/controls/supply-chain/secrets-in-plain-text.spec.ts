import { describe, expect, it } from 'vitest';
import { recordEvidence } from '#inventory/evidence/record-evidence.js';
import { restoreEvidence } from '#inventory/evidence/restore-evidence.js';
import { resourceKeys } from '#inventory/resources.js';
import { inventoryOf } from '#test/support/example-inventory.js';
import { inflated, nodeCodec } from '#test/support/node-codec.js';
import { catalogue } from '../catalogue.js';
import { evaluate } from '../engine/evaluate.js';
import { secretsInPlainText } from './secrets-in-plain-text.js';

/** A credential that must be nowhere afterwards. */
const canary = 'cAnArY7Kp2mQ9vLr4tY8wZ3nB6cD1fG5hJ0s';
const token = ['ghp', canary].join('_');
const meta = (name: string, annotations: Readonly<Record<string, string>> = {}) => ({ name, namespace: 'shop', annotations });
const applied = (object: object) => ({ 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(object) });
const containers = [{
  name: 'app', image: 'app:1', env: [{ name: 'DB_PASSWORD', value: canary }, { name: 'NOTE', value: `see ${token}` }],
  command: ['sh', '-c', `PGPASSWORD=${canary} psql`], args: [`--token=${token}`, '--password', canary],
}];
const template = { metadata: { annotations: { note: `https://app:${canary}@db.example` } }, spec: { containers } };
const workload = (kind: string, name: string, spec: object) => ({ apiVersion: kind.endsWith('Job') ? 'batch/v1' : 'apps/v1', kind, metadata: meta(name, applied({ spec: { ...spec, template: { spec: { containers: [{ name: 'old', env: [{ name: 'API_KEY', value: canary }] }] } } } })), spec });

const objects: readonly unknown[] = [
  workload('Deployment', 'web', { replicas: 1, template }),
  workload('CronJob', 'nightly', { jobTemplate: { spec: { template } } }),
  { apiVersion: 'v1', kind: 'Pod', metadata: meta('bare', { note: token }), spec: template.spec, status: { phase: 'Running' } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('settings', applied({ data: { OLD_PASSWORD: canary } })), data: { DB_PASSWORD: canary, 'app.properties': `a=b\ndb.password=${canary}\n`, 'run.sh': `curl -u ${token}:` } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...meta('coredns', applied({ data: { PASSWORD: canary } })), namespace: 'kube-system' }, data: { PASSWORD: canary } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('broken', { 'kubectl.kubernetes.io/last-applied-configuration': `{"data": {"PASSWORD": "${canary}"}` }), data: { MODE: 'fast' } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('no-text'), data: { PASSWORD: { is: canary } } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('no-map'), data: [canary] },
  { apiVersion: 'v1', kind: 'Secret', metadata: meta('db', applied({ stringData: { password: canary } })), data: { password: canary }, stringData: { password: canary } },
  { apiVersion: 'v1', kind: 'Service', metadata: meta('web', { note: token, ...applied({ metadata: { annotations: { note: token } } }) }), spec: { ports: [{ port: 80 }] } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta('web', { note: token }) },
  { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease', metadata: meta('db'), spec: { chart: { spec: { chart: 'db' } }, values: { auth: { password: canary }, extra: [`token ${token}`] }, postRenderers: [{ kustomize: { patches: [{ patch: `password: ${canary}` }] } }] } },
  { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: meta('db'), spec: { source: { repoURL: `https://bot:${canary}@git.example/shop`, helm: { values: `auth:\n  password: ${canary}\n`, parameters: [{ name: 'auth.password', value: canary }], valuesObject: { auth: { password: canary } } } } } },
  { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata: meta('shop'), spec: { url: `https://bot:${canary}@git.example/shop` } },
];

describe('a credential in plain text', () => {
  const inventory = inventoryOf(objects);
  const evaluations = evaluate(catalogue, inventory);
  const pieces = [...recordEvidence(inventory)];
  const own = evaluations.find(({ controlId }) => controlId === secretsInPlainText.id)!;

  it('is found wherever it stands', () => {
    expect(own.failures.map(({ resource, part }) => `${resource.kind}/${resource.name} ${part}`).sort()).toEqual([
      'Application/db spec.source.helm.parameters[0]', 'Application/db spec.source.helm.values', 'Application/db spec.source.helm.valuesObject.auth.password', 'Application/db spec.source.repoURL',
      'ConfigMap/broken metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]',
      'ConfigMap/coredns data.PASSWORD',
      'ConfigMap/settings data.DB_PASSWORD', 'ConfigMap/settings data.app.properties', 'ConfigMap/settings data.run.sh', 'ConfigMap/settings metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]',
      ...['CronJob/nightly', 'Deployment/web', 'Pod/bare'].flatMap((name) => [
        `${name} containers[app].args[0]`, `${name} containers[app].args[2]`, `${name} containers[app].command[2]`, `${name} containers[app].env.DB_PASSWORD`, `${name} containers[app].env.NOTE`,
        `${name} template.metadata.annotations[note]`,
      ]),
      'Deployment/web metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]',
      'GitRepository/shop spec.url',
      'HelmRelease/db spec.postRenderers[0].kustomize.patches[0].patch', 'HelmRelease/db spec.values.auth.password', 'HelmRelease/db spec.values.extra[0]',
      'Service/web metadata.annotations[note]',
      'ServiceAccount/web metadata.annotations[note]',
    ].sort());
  });

  it('is nowhere in what is said and kept', () => {
    for (const [what, text] of [
      ['evaluations', JSON.stringify(evaluations)],
      ['evidence', pieces.map(({ text }) => text).join('\n')],
      ['outcomes', JSON.stringify(resourceKeys.map((key) => inventory.outcome(key)))],
      ['lists', JSON.stringify(['configmaps', 'secrets', 'helmreleases.helm.toolkit.fluxcd.io', 'applications.argoproj.io', 'services'].map((key) => inventory.list(key as 'secrets')))],
    ] as const) {
      expect(text, what).not.toContain(canary);
      expect(text, what).not.toContain(canary.slice(4, 20));
    }
  });

  it('is told from kept evidence as it was from the cluster', () => {
    const again = restoreEvidence(pieces.map(({ sort, items, text }) => ({ sort, items, bytes: nodeCodec.compress(text) })), inflated);
    const keys = (of: typeof own) => of.failures.map(({ key, severity }) => `${severity} ${key}`).sort();
    expect(keys(evaluate([secretsInPlainText], again)[0]!)).toEqual(keys(own));
  });

  it('is unknown in evidence that was kept before anybody looked', () => {
    const old = pieces.filter(({ sort }) => sort !== 'exposures').map(({ sort, items, text }) => {
      const { exposures: _exposures, ...head } = JSON.parse(text) as Record<string, unknown>;
      return { sort, items, bytes: nodeCodec.compress(sort === 'head' ? JSON.stringify(head) : text) };
    });
    expect(evaluate([secretsInPlainText], restoreEvidence(old, inflated))[0]).toMatchObject({ outcome: 'unknown', complete: false, failures: [] });
  });
});

describe('what could not be looked through', () => {
  it('is unknown, not a pass', () => {
    const [evaluation] = evaluate([secretsInPlainText], inventoryOf([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('large'), data: { a: 'x'.repeat(1024 * 1024 + 1) } }]));
    expect(evaluation).toMatchObject({ outcome: 'unknown', unknown: 1, unknowns: [{ missing: { fact: 'configmaps', reason: 'too-large' } }] });
  });
});
