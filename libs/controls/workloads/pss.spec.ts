import { describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf, type InventoryOptions } from '#test/support/example-inventory.js';
import { evaluate } from '../engine/evaluate.js';
import { pssBaseline } from './pss-baseline.js';
import { pssRestricted } from './pss-restricted.js';

const judge = (manifests: string, options: InventoryOptions = {}) => evaluate([pssBaseline, pssRestricted], inventoryOf(objectsOf(manifests), options));

const owned = (name: string, spec: string) => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, ownerReferences: [{apiVersion: example.org/v1, kind: Fleet, name: web, uid: '1', controller: true}]}
spec: ${spec}`;
const one = owned('web-1', '{hostPID: true, containers: [{name: app, image: a}]}');
const other = owned('web-2', '{hostIPC: true, containers: [{name: app, image: a, securityContext: {privileged: true}}]}');

describe('a workload and the Pod Security Standards', () => {
  it('is one finding a level, with every rule and field', () => {
    const [baseline, restricted] = judge('apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {template: {spec: {hostPID: true, containers: [{name: app, image: a, securityContext: {privileged: true}}]}}}', { version: 'v1.30.2' });
    expect(baseline!.failures).toMatchObject([{
      resource: { kind: 'Deployment', name: 'web' }, part: '', severity: 'high',
      message: 'the pod template breaks 2 rules of the baseline Pod Security Standard at v1.30: hostNamespaces, privileged',
      detail: { level: 'baseline', version: 'v1.30', versionOf: 'server', violations: [{ check: 'hostNamespaces', fields: ['spec.hostPID'] }, { check: 'privileged', fields: ['spec.containers[0].securityContext.privileged'] }] },
    }]);
    expect(restricted!.failures).toHaveLength(1);
    expect(restricted!.failures[0]!.message).toContain('6 rules of the restricted');
  });

  it('names what any of its pods breaks, in whatever order they come', () => {
    const [there] = judge(`${one}\n---${other}`);
    const [back] = judge(`${other}\n---${one}`);
    expect(there!.failures).toHaveLength(1);
    expect(there!.failures[0]!.detail).toMatchObject({ violations: [{ check: 'hostNamespaces', fields: ['spec.hostIPC', 'spec.hostPID'] }, { check: 'privileged' }] });
    expect(back!.failures).toEqual(there!.failures);
  });

  it.each([[undefined, 'at v1.37, the newest known, for the server\'s version is not'], ['v1.40.0', 'at v1.37, the newest known; the server is newer (v1.40.0)'], ['v2.0.0', 'is no version of it']])('says by which version it was judged where the server is %s', (version, said) => {
    const [baseline] = judge(one, version === undefined ? {} : { version });
    expect(baseline!.failures[0]!.message).toContain(said);
    expect(baseline!.failures[0]!.detail).toMatchObject({ version: 'v1.37', versionOf: 'newest-known' });
  });

  it('passes without the server\'s version only what passes at every version', () => {
    const windows = owned('win', '{os: {name: windows}, securityContext: {runAsNonRoot: true}, containers: [{name: app, image: a}]}');
    const hardened = owned('web', '{securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}, containers: [{name: app, image: a, securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]}');
    const restricted = (manifests: string, options: InventoryOptions = {}) => judge(manifests, options)[1]!;
    expect(restricted(windows, { version: 'v1.36.0' })).toMatchObject({ outcome: 'pass' });
    expect(restricted(windows, { version: 'v1.24.0' })).toMatchObject({ outcome: 'fail' });
    expect(restricted(windows)).toMatchObject({ outcome: 'unknown', passed: 0, unknowns: [{ missing: { fact: 'server-version' } }] });
    expect(restricted(windows, { version: 'v2.0.0' })).toMatchObject({ outcome: 'unknown' });
    expect(restricted(hardened)).toMatchObject({ outcome: 'pass' });
  });

  it('lists the first fields of a rule that very many break', () => {
    const containers = Array.from({ length: 500 }, (_, index) => `{name: c${index}, image: a, securityContext: {privileged: true}}`).join(', ');
    const [baseline] = judge(owned('big', `{containers: [${containers}]}`));
    const [violation] = baseline!.failures[0]!.detail!['violations'] as readonly { readonly fields: readonly string[]; readonly more: number }[];
    expect([violation!.fields.length, violation!.more]).toEqual([10, 490]);
  });
});
