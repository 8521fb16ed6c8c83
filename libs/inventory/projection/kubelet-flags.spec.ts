import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goDuration } from '../components/go-values.js';
import { toldCommandLine, withFlags } from '../components/kubelet-flags.js';
import type { KubeletFacts, KubeletField } from '../facts.js';
import { minorOf } from '../readers/minor-version.js';
import { projectKubeletFlags } from './kubelet-flags.js';
import { projectKubelet } from './kubelet.js';

/** What kubelets of 1.36.3 answer, started with these arguments and, where there is one, this file. `flagz`: what differs from `defaults`. */
interface Vector {
  readonly args: readonly string[];
  readonly config?: object;
  readonly flagz: Readonly<Record<string, string>>;
  readonly configz: object;
  /** Whether either of its two switches is on. */
  readonly seccompDefault: boolean;
}
const { defaults, vectors } = JSON.parse(readFileSync(join(import.meta.dirname, 'testing/kubelet-flagz.json'), 'utf8')) as { readonly defaults: Readonly<Record<string, string>>; readonly vectors: readonly Vector[] };

const v136 = 'v1.36.3';
const json = (flags: Readonly<Record<string, unknown>>, more: object = {}): string => JSON.stringify({ kind: 'Flagz', apiVersion: 'config.k8s.io/v1beta1', metadata: { name: 'kubelet' }, flags, ...more });
const text = (delimiter: string, flags: Readonly<Record<string, string>>, title = 'kubelet flagz'): string =>
  `\n${title}\nWarning: This endpoint is not meant to be machine parseable.\n${Object.entries(flags).map(([name, value]) => `${name}${delimiter}${value}\n`).join('')}`;
const observed = (answer: string, version = v136) => {
  const told = projectKubeletFlags(answer, version);
  if (told.state === 'missing') throw new Error(told.detail);
  return told.value;
};
const byFlags = (answer: string, version = v136): KubeletFacts => {
  const facts = withFlags('a', undefined, observed(answer, version), minorOf(version));
  if (facts.state === 'missing') throw new Error(facts.detail);
  return facts.value;
};

describe('what a kubelet says of its flags', () => {
  const flags = { ...defaults, 'hostname-override': 'a.example', 'event-qps': '5', 'tls-cipher-suites': '[A,B]', 'feature-gates': 'B=false', 'manifest-url-header': 'authorization:CANARY', 'node-ip': '10.0.0.1' };

  it.each([['JSON', json(flags)], ...[':', ': ', '=', ' '].map((delimiter) => [`text with "${delimiter}"`, text(delimiter, flags)]), ['text of 1.33', text('=', flags, 'kubelet flags')]])('is read as %s', (_, answer) => {
    expect(observed(answer)).toEqual({ flags: { 'hostname-override': 'a.example', 'event-qps': '5', 'tls-cipher-suites': 'A,B', 'feature-gates': 'B=false' } });
  });

  it('is kept only where somebody reads it', () => {
    expect(JSON.stringify(projectKubeletFlags(json(flags), v136))).not.toMatch(/CANARY|10\.0\.0\.1/);
  });

  it.each([['left out', undefined], ['kept to itself', 'CLASSIFIED'], ['of another type', 'many'], ['no text', 5], ['endless', `0x${'0'.repeat(10_000)}`]])('leaves open what is %s', (_, value) => {
    const told = observed(json({ ...defaults, 'event-qps': value }));
    expect(told).toEqual({ flags: {}, unread: ['event-qps'] });
    expect(toldCommandLine(told, undefined).setting('event-qps')).toMatchObject({ state: 'unreadable', detail: '/flagz of the kubelet does not tell what --event-qps is' });
  });

  it.each(['v1.37.0', 'v2.0.0', '', 'v1.20.0'])('leaves open what files may set too where defaults of %s are not known', (version) => {
    const { flags: given, unread } = observed(json(flags, {}), version);
    expect(given['hostname-override']).toBe('a.example');
    expect(Object.keys(given)).not.toContain('event-qps');
    expect(unread).toEqual(expect.arrayContaining(['anonymous-auth', 'event-qps', 'feature-gates']));
    expect(byFlags(json(flags), version).eventRecordQPS).toBeUndefined();
  });

  it.each([
    ['another component', json(flags, { metadata: { name: 'apiserver' } })], ['text of another', text('=', flags, 'kube-apiserver flagz')], ['another kind', json(flags, { kind: 'Statusz' })], ['cut JSON', json(flags).slice(0, -9)], ['a page', '<html>'], ['nothing', ''],
  ])('is not %s', (_, answer) => {
    expect(projectKubeletFlags(answer, v136)).toMatchObject({ state: 'missing', reason: 'invalid' });
  });

  it('breaks nothing, whatever it is', () => {
    const some = fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(defaults)), fc.string()), fc.string());
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), some.map((given) => json(given)), some.map((given) => text('=', given))), fc.constantFrom(v136, ''), (answer, version) => {
      const told = projectKubeletFlags(answer, version);
      expect(told.state === 'missing' || withFlags('a', undefined, told.value, minorOf(version)).state === 'observed').toBe(true);
    }));
  });
});

describe('what a kubelet goes by, by its flags alone', () => {
  const comparable = (field: KubeletField, value: unknown): unknown => (field === 'streamingConnectionIdleTimeout' ? goDuration(String(value)) : value);
  /** What configz leaves out. */
  const zeros: Readonly<Record<string, unknown>> = { clientCAFile: '', readOnlyPort: 0, protectKernelDefaults: false, rotateCertificates: false, serverTLSBootstrap: false, tlsCertFile: '', tlsMinVersion: '', tlsCipherSuites: [] };

  it('is what kubelets of 1.36 make of them, and open where a file may say something else', () => {
    expect(vectors.filter(({ config }) => config).length).toBeGreaterThan(20);
    for (const { args, config, flagz, configz, seccompDefault } of vectors) {
      const truth = projectKubelet('a', { kubeletconfig: configz });
      if (truth.state === 'missing') throw new Error(truth.detail);
      const { origins = {}, unread = {}, ...facts } = byFlags(json({ ...defaults, ...flagz }));
      expect(facts.shownBy).toBe('flagz');
      for (const field of Object.keys(origins) as KubeletField[]) {
        const expected = field === 'seccompDefault' ? seccompDefault : (truth.value[field] ?? zeros[field]);
        expect([args, config, field, comparable(field, facts[field])]).toEqual([args, config, field, comparable(field, expected)]);
      }
      if (config) for (const field of Object.keys(origins)) expect([args, field, origins[field as KubeletField]]).toEqual([args, field, expect.stringMatching(/^--/)]);
      else expect(unread).toEqual({});
    }
  });

  it('is configz where that answered, but for the switch that only the flag has', () => {
    for (const { flagz, configz, seccompDefault } of vectors) {
      const truth = projectKubelet('a', { kubeletconfig: configz });
      const joined = withFlags('a', truth, observed(json({ ...defaults, ...flagz })), minorOf(v136));
      if (truth.state === 'missing') throw new Error(truth.detail);
      expect(joined).toEqual({ state: 'observed', value: { ...truth.value, seccompDefault } });
    }
  });

  it('is open where nobody knows whether there is a file', () => {
    expect(byFlags(json({ ...defaults, config: undefined, 'anonymous-auth': 'false' })).anonymousAuth).toBe(false);
    expect(byFlags(json({ ...defaults, config: undefined })).unread).toMatchObject({ anonymousAuth: expect.stringContaining('--config'), readOnlyPort: expect.stringContaining('--config') });
  });
});
