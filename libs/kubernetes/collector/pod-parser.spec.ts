import { describe, expect, it } from 'vitest';
import { PodParser, type ParsedPod } from './pod-parser.js';

const form = { kind: 'PodList', apiVersion: 'v1', itemKind: 'Pod', itemVersion: 'v1' };
const token = { projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } };

/** Three pods of one controller, each with a volume of its own name that has this source. */
function parse(source: object, status: object = { phase: 'Running' }): readonly ParsedPod[] {
  const parser = new PodParser(form);
  const pods = ['aaaaa', 'bbbbb', 'ccccc'].map((suffix) => Buffer.from(JSON.stringify({
    metadata: { name: `web-${suffix}`, generateName: 'web-', namespace: 'shop' },
    spec: { volumes: [{ name: `kube-api-access-${suffix}`, ...source }], containers: [{ name: 'app', image: 'a', volumeMounts: [{ name: `kube-api-access-${suffix}`, mountPath: '/x' }] }], nodeName: 'a' },
    status,
  })));
  return pods.map((bytes, i) => parser.parse(bytes, pods[i + 1]));
}

describe('pods of one controller', () => {
  it('share their spec where only the token\'s volume is called differently', () => {
    expect(parse(token).map(({ sameSpec }) => sameSpec !== undefined)).toEqual([true, true, true]);
  });

  it('keep the status of containers that wait', () => {
    const status = { phase: 'Running', containerStatuses: [{ name: 'app', state: { waiting: { reason: 'CrashLoopBackOff' } } }] };
    expect(parse(token, status).map(({ object }) => object['status'])).toEqual([status, status, status]);
  });

  it.each([['a directory of the node', { hostPath: { path: '/' } }], ['a Secret', { secret: { secretName: 'db' } }]])('keep the names of volumes that are %s', (_, source) => {
    const pods = parse(source);
    expect(pods.map(({ sameSpec }) => sameSpec)).toEqual([undefined, undefined, undefined]);
    expect(pods[2]!.object).toMatchObject({ spec: { volumes: [{ name: 'kube-api-access-ccccc', ...source }] } });
  });
});
