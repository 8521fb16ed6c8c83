import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseOptions } from '../options.js';
import { version } from '../version.js';

interface Pod {
  readonly automountServiceAccountToken: boolean;
  readonly hostPID: boolean;
  readonly hostNetwork?: boolean;
  readonly hostIPC?: boolean;
  readonly tolerations: readonly unknown[];
  readonly containers: readonly { readonly image: string; readonly args: readonly string[]; readonly securityContext: Readonly<Record<string, unknown>>; readonly volumeMounts: readonly { readonly name: string; readonly readOnly?: boolean }[] }[];
  readonly volumes: readonly Readonly<Record<string, unknown>>[];
}

const text = readFileSync(join(import.meta.dirname, 'node-collector.yaml'), 'utf8');
const documents = parseAllDocuments(text);
const objects = documents.map((document) => document.toJS() as { readonly kind: string; readonly automountServiceAccountToken?: boolean; readonly spec: { readonly template: { readonly spec: Pod } } });
const pods = objects.filter(({ kind }) => kind === 'DaemonSet' || kind === 'Job').map(({ kind, spec }) => [kind, spec.template.spec] as const);

describe('the manifest of the node collector', () => {
  it('is YAML of known objects, without any right in the cluster', () => {
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    expect(objects.map(({ kind }) => kind)).toEqual(['Namespace', 'ServiceAccount', 'NetworkPolicy', 'DaemonSet', 'Job']);
    expect(objects[1]!.automountServiceAccountToken).toBe(false);
  });

  it.each(pods)('gives the %s what it needs and nothing more', (_, pod) => {
    expect(pod).toMatchObject({ automountServiceAccountToken: false, hostPID: true, tolerations: [{ operator: 'Exists' }] });
    expect(pod.hostNetwork ?? pod.hostIPC ?? false).toBe(false);
    const [container, ...others] = pod.containers;
    expect(others).toEqual([]);
    expect(container!.securityContext).toEqual({
      runAsUser: 0,
      runAsGroup: 0,
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      seccompProfile: { type: 'RuntimeDefault' },
      capabilities: { drop: ['ALL'], add: ['DAC_READ_SEARCH'] },
    });
    expect(container!.volumeMounts.map(({ name, readOnly }) => [name, readOnly])).toEqual([['host', true], ['enrolment', true]]);
    expect(pod.volumes.map((volume) => Object.keys(volume)[1])).toEqual(['hostPath', 'secret']);
    expect(container!.image.endsWith(`:${version}`)).toBe(true);
  });

  it.each(pods)('calls the collector in the %s as it can be called', (_, pod) => {
    const args = pod.containers[0]!.args.map((arg) => arg.replace('$(NODE_NAME)', 'worker-1'));
    expect(parseOptions(args, () => 'x', version, () => undefined)).toMatchObject({ root: '/host', node: 'worker-1', cluster: 'CLUSTER-ID', target: { kind: 'server' } });
  });

  it('explains every privilege', () => {
    const lines = text.split('\n');
    for (const privilege of ['hostPID: true', 'runAsUser: 0', 'add: [DAC_READ_SEARCH]', 'mountPath: /host', 'pod-security.kubernetes.io/enforce: privileged']) {
      const at = lines.findIndex((line) => line.includes(privilege));
      expect(lines.slice(Math.max(0, at - 2), at).some((line) => line.trim().startsWith('#')), privilege).toBe(true);
    }
  });
});
