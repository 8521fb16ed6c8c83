import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectFlagz } from './flagz.js';

const json = (flags: Readonly<Record<string, unknown>>, more: object = {}): string => JSON.stringify({ kind: 'Flagz', apiVersion: 'config.k8s.io/v1beta1', metadata: { name: 'apiserver' }, flags, ...more });
const text = (delimiter: string, flags: Readonly<Record<string, string>>, title = 'kube-apiserver flags'): string =>
  `\n${title}\nWarning: This endpoint is not meant to be machine parseable.\n\n${Object.entries(flags).map(([name, value]) => `${name}${delimiter}${value}\n`).join('')}`;
const observed = (answer: string) => {
  const facts = projectFlagz(answer);
  if (facts.state === 'missing') throw new Error(facts.detail);
  return facts.value;
};

const flags = {
  'anonymous-auth': 'false', 'authorization-mode': '[Node,RBAC]', 'audit-log-path': '', 'enable-admission-plugins': '[]', 'feature-gates': ':ComponentFlagz=true,kube:X=false', 'request-timeout': '1m30s', 'secure-port': '6443', 'some-other-flag': 'CANARY',
};

describe('projectFlagz', () => {
  it.each([['JSON', json(flags)], ...[':', ': ', '=', ' '].map((delimiter) => [`text with "${delimiter}"`, text(delimiter, flags)]), ['text of 1.36', text('=', flags, 'apiserver flagz')]])('reads %s', (_, answer) => {
    expect(observed(answer).flags).toEqual({
      'anonymous-auth': ['false'], 'authorization-mode': ['Node,RBAC'], 'feature-gates': ['ComponentFlagz=true,kube:X=false'], 'request-timeout': ['1m30s'], 'secure-port': ['6443'],
    });
  });

  it('keeps nothing that nobody reads', () => {
    expect(JSON.stringify(projectFlagz(json(flags)))).not.toContain('CANARY');
  });

  it.each([
    ['left out', {}], ['kept to itself', { profiling: 'CLASSIFIED' }], ['of another type', { profiling: 'maybe' }], ['no text', { profiling: false }], ['endless', { 'audit-log-path': 'x'.repeat(10_000) }],
  ])('leaves open what is %s', (_, some) => {
    const [name = 'profiling'] = Object.keys(some);
    const { flags: given, unreadFlags } = observed(json(some));
    expect([given[name], unreadFlags?.[name]]).toEqual([undefined, `/flagz of the API server does not say what --${name} is`]);
  });

  it('does not take the default beside a file of authentication for what is in force', () => {
    expect(observed(json({ 'authentication-config': '/a', 'anonymous-auth': 'true' })).flags['anonymous-auth']).toBeUndefined();
    expect(observed(json({ 'authentication-config': '/a', 'anonymous-auth': 'false' })).flags['anonymous-auth']).toEqual(['false']);
  });

  it.each([
    ['another kind', json(flags, { kind: 'Statusz' })], ['another group', json(flags, { apiVersion: 'evil/v1' })], ['another component', json(flags, { metadata: { name: 'kubelet' } })],
    ['cut JSON', json(flags).slice(0, -9)], ['a page', '<html>'], ['text of another component', text('=', flags, 'kubelet flags')], ['lines without one delimiter', `${text('=', flags)}stray\n`], ['nothing', ''],
  ])('refuses %s', (_, answer) => {
    expect(projectFlagz(answer)).toMatchObject({ state: 'missing', reason: 'invalid' });
  });

  it('takes anything without breaking', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.dictionary(fc.string(), fc.string()).map((some) => json(some)), fc.dictionary(fc.string(), fc.string()).map((some) => text('=', some))), (answer) => {
      expect(['observed', 'missing']).toContain(projectFlagz(answer).state);
    }));
  });
});
