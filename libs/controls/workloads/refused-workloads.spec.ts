import { describe, expect, it } from 'vitest';
import type { ReadOutcome } from '#inventory/observed.js';
import { inventoryOf, objectsOf, type InventoryOptions } from '#test/support/example-inventory.js';
import { evaluate } from '../engine/evaluate.js';
import { psaEnforce } from './psa-enforce.js';
import { pssBaseline } from './pss-baseline.js';
import { pssRestricted } from './pss-restricted.js';

const namespace = (labels: string): string => `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {${labels}}}`;
const pod = (name: string, spec = '', of = 'shop'): string =>
  `\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${of}}\nspec: {${spec}containers: [{name: app, image: registry.example/app:1}]}`;
const hostNetwork = 'hostNetwork: true, ';
const tcpRmem = 'securityContext: {sysctls: [{name: net.ipv4.tcp_rmem, value: "1"}]}, ';
const partial: ReadOutcome = { state: 'partial', count: 1, reason: 'limit', detail: 'too many' };

const find = (yaml: string, options: InventoryOptions = {}) => {
  const inventory = inventoryOf(objectsOf(yaml), options);
  const evaluation = evaluate([psaEnforce], inventory)[0]!;
  // The same whether or not the standards' own controls have judged the templates before.
  expect(evaluate([pssBaseline, pssRestricted, psaEnforce], inventory)[2]).toEqual(evaluation);
  return { evaluation, failure: evaluation.failures.find(({ resource, part }) => resource.name === 'shop' && part !== 'version')! };
};

describe('what enforcing a level would refuse', () => {
  it('names the workloads of the namespace and the checks they break, in a fixed order', () => {
    const { failure } = find(`${namespace('')}${pod('b')}${pod('a', hostNetwork)}${pod('other', hostNetwork, 'search')}`, { version: 'v1.36.1' });
    expect(failure.message).toMatch(/; 2 of 2 workloads would be refused at restricted, 1 at baseline$/);
    const asked = ['allowPrivilegeEscalation', 'capabilities_restricted', 'runAsNonRoot', 'seccompProfile_restricted'];
    expect(failure.detail).toEqual({
      version: 'v1.36', workloads: 2,
      wouldBreak: {
        baseline: [{ kind: 'Pod', name: 'a', checks: ['hostNamespaces'] }],
        restricted: [{ kind: 'Pod', name: 'a', checks: ['hostNamespaces', ...asked] }, { kind: 'Pod', name: 'b', checks: asked }],
      },
    });
  });

  it('lists twenty and counts the rest', () => {
    const { failure } = find(`${namespace('')}${Array.from({ length: 25 }, (_, i) => pod(`web-${i}`)).join('')}`);
    expect(failure.detail).toMatchObject({ workloads: 25, more: { restricted: 5 } });
    expect(failure.message).toContain('25 of 25 workloads');
    expect((failure.detail!['wouldBreak'] as { restricted: unknown[] }).restricted).toHaveLength(20);
  });

  it.each([
    ['v1.31', 'v1.36.1', 'v1.31', 1],
    ['v1.32', 'v1.36.1', 'v1.32', 0],
    ['v1.36', 'v1.31.1', 'v1.31', 1],
    ['latest', 'v1.31.1', 'v1.31', 1],
    ['latest', undefined, 'v1.37', 0],
  ])('judges by the pinned version %s on a server of %s', (pinned, server, version, refused) => {
    const { failure } = find(`${namespace(`pod-security.kubernetes.io/enforce-version: ${pinned}`)}${pod('web', tcpRmem)}`, server === undefined ? {} : { version: server });
    expect(failure.detail).toMatchObject({ version });
    expect((failure.detail!['wouldBreak'] as { baseline: unknown[] }).baseline).toHaveLength(refused);
  });

  it('takes all templates of a workload together', () => {
    const owned = (name: string, spec: string) => pod(name, spec).replace('namespace: shop', 'namespace: shop, ownerReferences: [{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, uid: u, controller: true}]');
    const { failure } = find(`${namespace('')}${owned('web-0', hostNetwork)}${owned('web-1', 'hostPID: true, volumes: [{name: v, hostPath: {path: /}}], ')}`);
    expect(failure.detail).toMatchObject({ workloads: 1, wouldBreak: { baseline: [{ kind: 'Rollout', name: 'web', checks: ['hostNamespaces', 'hostPathVolumes'] }] } });
    expect(failure.message).toMatch(/; its one workload would be refused at baseline$/);
  });

  it('says that workloads may be missing, and leaves the verdict as it is', () => {
    const yaml = `${namespace('')}${pod('web')}`;
    const { evaluation, failure } = find(yaml, { outcomes: { 'deployments.apps': partial } });
    expect(failure.detail).toMatchObject({ workloadsIncomplete: true });
    expect(failure.message).toMatch(/; the one workload seen would be refused at restricted$/);
    expect(evaluation).toMatchObject({ outcome: 'fail', complete: true, unknowns: [] });
    expect(find(yaml).failure.detail).not.toHaveProperty('workloadsIncomplete');
  });

  it('says nothing of a namespace without workloads', () => {
    const { failure } = find(namespace(''));
    expect(failure.message).toBe('namespace shop enforces no Pod Security level');
    expect(failure.detail).toMatchObject({ workloads: 0 });
  });
});
