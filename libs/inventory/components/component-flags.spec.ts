import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArgv } from './argv.js';
import { componentFlags } from './component-flags.js';
import type { KubernetesComponent } from './component-name.js';
import { flagDefinitions, newestMinor } from './flag-definitions.js';
import { goDuration, goInteger, goList } from './go-values.js';
import { switches } from './switches.js';

interface Vector {
  readonly component: 'kube-apiserver' | 'etcd';
  readonly args: readonly string[];
  readonly fails: boolean;
  readonly words?: readonly string[];
  readonly values?: Readonly<Record<string, unknown>>;
}

/** Command lines and what pflag 1.0.9 and Go's own flag package made of them: the values that are not the defaults. */
const { defaults: goDefaults, vectors } = JSON.parse(readFileSync(join(import.meta.dirname, 'testing/go-flags.json'), 'utf8')) as {
  readonly defaults: Readonly<Record<Vector['component'], Readonly<Record<string, unknown>>>>;
  readonly vectors: readonly Vector[];
};
const v136 = { major: 1, minor: 36 };
const dialects = {
  'kube-apiserver': { style: 'pflag', normalises: true, switches: switches['kube-apiserver'], shorthands: { v: 'v' } },
  etcd: { style: 'go', normalises: false, switches: switches.etcd },
} as const;
const given = (args: readonly string[], name: string, component: KubernetesComponent = 'kube-apiserver') => componentFlags(component, args, v136).setting(name);

describe('command lines', () => {
  it('are read as Go reads them', () => {
    expect(vectors.length).toBeGreaterThan(800);
    for (const { component, args, fails, words = [], values: changed = {} } of vectors) {
      const values = { ...goDefaults[component], ...changed };
      const parsed = parseArgv(args, dialects[component], (name) => Object.hasOwn(flagDefinitions[component], name) || name === 'v');
      const flags = componentFlags(component, args, v136);
      const names = Object.keys(values);
      const label = JSON.stringify(args);
      if (fails) {
        expect(parsed.problem !== undefined || names.some((name) => flags.given(name)?.state === 'unreadable'), label).toBe(true);
        continue;
      }
      expect(parsed.problem, label).toBeUndefined();
      expect(parsed.words, label).toEqual(words);
      for (const name of names) {
        // Programs of Kubernetes refuse words, so what flags say beside them is nothing to rely on.
        const setting = flags.setting(name);
        if (setting.state === 'unreadable') expect([setting.reason, words.length > 0], label).toEqual(['bad-command-line', true]);
        else expect(setting.value, `${label} ${name}`).toEqual(values[name]);
      }
    }
  });

  it.each([
    [['--audit-log-path', '-'], 'audit-log-path', '-'],
    [['--audit_log_path=/x'], 'audit-log-path', '/x'],
    [['--profiling=f'], 'profiling', false],
    [['--profiling', '--anonymous-auth=0'], 'anonymous-auth', false],
    [['--authorization-mode=Node', '--authorization-mode=RBAC'], 'authorization-mode', ['Node', 'RBAC']],
    [['--unknown-text', 'x', '--profiling=false'], 'profiling', false],
    [['--unknown-switch', '--profiling=false'], 'profiling', false],
    [['--feature-gates=A=true', '--feature-gates=kube:A=false,B=true'], 'feature-gates', { A: false, B: true }],
    [['--encryption-provider-config-automatic-reload=true'], 'encryption-provider-config', ''],
  ])('%j: %s is %j', (args, name, value) => {
    expect(given(args, name)).toMatchObject({ state: 'read', value });
  });

  it.each([
    [['--profiling=no'], 'profiling', 'bad-value'],
    [['--profiling=no', '--profiling=false'], 'profiling', 'bad-value'],
    [['--profiling', 'false'], 'anonymous-auth', 'bad-command-line'],
    [['--audit-log-path'], 'anonymous-auth', 'bad-command-line'],
    [['-profiling=false'], 'profiling', 'bad-command-line'],
    [['--audit-log-maxage=30d'], 'audit-log-maxage', 'bad-value'],
  ])('%j: %s is unreadable', (args, name, reason) => {
    expect(given(args, name)).toMatchObject({ state: 'unreadable', reason });
  });

  it('takes one dash where etcd does', () => {
    expect(given(['-client-cert-auth=true'], 'client-cert-auth', 'etcd')).toMatchObject({ value: true, from: { source: 'flag' } });
    expect(given(['-client_cert_auth=true'], 'client-cert-auth', 'etcd')).toMatchObject({ value: false, from: { source: 'default' } });
  });

  it('reads what is written the ways that Go takes, whatever stands around it', () => {
    const noise = fc.array(fc.constantFrom('--v=2', '--profiling=true', '--profiling=false', '--etcd-servers=https://a:2379', '--tls-min-version', '--service-cluster-ip-range=10.0.0.0/8').map((word) => (word === '--tls-min-version' ? [word, 'VersionTLS12'] : [word])), { maxLength: 6 });
    fc.assert(fc.property(noise, noise, fc.boolean(), fc.boolean(), fc.nat(100_000), (before, after, underscore, spaced, age) => {
      const name = underscore ? '--audit_log-maxage' : '--audit-log-maxage';
      const args = [...before.flat(), ...(spaced ? [name, String(age)] : [`${name}=${age}`]), ...after.flat()];
      const last = args.filter((word) => word.startsWith('--profiling')).at(-1);
      expect(given(args, 'audit-log-maxage')).toMatchObject({ value: age });
      expect(given(args, 'profiling')).toMatchObject({ value: last !== '--profiling=false' });
    }));
  });

  it('is never an error of its own, whatever it is given', () => {
    fc.assert(fc.property(fc.constantFrom(...(Object.keys(flagDefinitions) as KubernetesComponent[])), fc.array(fc.oneof(fc.string(), fc.constantFrom('--', '-', '--__proto__=x', '--feature-gates=__proto__=true', '--config', '-v'))), (component, args) => {
      const flags = componentFlags(component, args, v136);
      for (const name of Object.keys(flagDefinitions[component])) expect(['read', 'unreadable']).toContain(flags.setting(name).state);
    }), { numRuns: 300 });
  });
});

describe('defaults', () => {
  const age = (version: { major: number; minor: number } | undefined) => componentFlags('kube-apiserver', [], version).setting('audit-log-maxage');
  it('are those of the version', () => {
    expect(age({ major: 1, minor: 35 })).toEqual({ state: 'read', value: 0, from: { source: 'default', minor: '1.35' } });
    expect(age(v136)).toEqual({ state: 'read', value: 366, from: { source: 'default', minor: '1.36' } });
  });

  it('of a newer version are those of the newest known, and say so', () => {
    expect(age({ major: 1, minor: newestMinor + 3 })).toMatchObject({ value: 366, from: { minor: `1.${newestMinor}` } });
  });

  it('are unknown where they differ and the version is not known, or is too old', () => {
    expect(age(undefined)).toMatchObject({ state: 'unreadable', reason: 'unknown-version' });
    expect(age({ major: 1, minor: 27 })).toMatchObject({ state: 'unreadable', reason: 'unknown-version' });
    expect(componentFlags('kube-apiserver', [], undefined).setting('profiling')).toEqual({ state: 'read', value: true, from: { source: 'default' } });
  });

  it('have a type that is their flag\'s, and switches are switches', () => {
    for (const [component, definitions] of Object.entries(flagDefinitions)) {
      for (const [name, { type, defaults, source }] of Object.entries(definitions)) {
        expect(switches[component as KubernetesComponent].has(name), `${component} ${name}`).toBe(type === 'boolean');
        expect(source).toMatch(/\.go/);
        const kinds = { boolean: 'boolean', integer: 'number', duration: 'number', text: 'string', list: 'object', texts: 'object', 'last-list': 'object', gates: 'object' } as const;
        for (const { value } of defaults) expect(typeof value, `${component} ${name}`).toBe(kinds[type]);
      }
    }
  });
});

describe('values of Go', () => {
  it.each([['0x1F', 31], ['1_000', 1000], ['010', 8], ['0b11', 3], ['-0', 0], ['08', undefined], ['1__0', undefined], ['', undefined], ['1e3', undefined]])('integer %s', (text, value) => {
    expect(goInteger(text)).toBe(value);
  });
  it.each([['4h0m0s', 14_400], ['1.5h', 5400], ['.5s', 0.5], ['-3s', -3], ['0', 0], ['5', undefined], ['', undefined], ['1d', undefined]])('duration %s', (text, value) => {
    expect(goDuration(text)).toBe(value);
  });
  it.each([['a,b', ['a', 'b']], ['a, b', ['a', ' b']], ['"a,b",c', ['a,b', 'c']], ['a,', ['a', '']], ['', []], ['"a', undefined], ['a"b', undefined], ['"a"b', undefined]])('list %s', (text, value) => {
    expect(goList(text)).toEqual(value);
  });
});
