import { describe, expect, it } from 'vitest';
import { inventoryOf, objectsOf, type InventoryOptions } from '#test/support/example-inventory.js';
import { apiServer } from '../control-plane/api-server-example.js';
import { evaluate } from '../engine/evaluate.js';
import { psaExemptions } from './psa-exemptions.js';

/** An API server whose image says nothing of its version. */
const ofNoVersion = (flags: readonly string[]): string => apiServer(flags).manifests.replace(/kube-apiserver:v[0-9.]+/, 'kube-apiserver@sha256:0000000000000000000000000000000000000000000000000000000000000000');
const judge = (manifests: string, options: InventoryOptions = {}) => evaluate([psaExemptions], inventoryOf(objectsOf(manifests), options))[0]!;

describe('Pod Security admission', () => {
  it('does not pass for running where only the version would tell', () => {
    expect(judge(ofNoVersion([]))).toMatchObject({ outcome: 'unknown', unknowns: [{ missing: { fact: 'server-version' } }] });
    expect(judge(ofNoVersion([]), { version: 'v1.22.0' })).toMatchObject({ outcome: 'fail' });
    expect(judge(ofNoVersion([]), { version: 'v1.30.0' })).toMatchObject({ outcome: 'pass' });
    expect(judge(ofNoVersion(['--feature-gates=PodSecurity=true']))).toMatchObject({ outcome: 'pass' });
    expect(judge(ofNoVersion(['--disable-admission-plugins=PodSecurity']))).toMatchObject({ outcome: 'fail' });
  });
});
