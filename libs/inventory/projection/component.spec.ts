import { describe, expect, it } from 'vitest';
import { componentOf, flagsOf } from './component.js';

describe('flagsOf', () => {
  it.each([
    [['--a=1'], { a: ['1'] }],
    [['--a', '1'], { a: ['1'] }],
    [['-a=1'], { a: ['1'] }],
    [['--a=1', '--a=2'], { a: ['1', '2'] }],
    [['--a='], { a: [''] }],
    [['--a=b=c'], { a: ['b=c'] }],
    [['--secure_port=6443'], { 'secure-port': ['6443'] }],
    [['--a="x y"'], { a: ['x y'] }],
    [['--profiling', '--a=1'], { profiling: ['true'], a: ['1'] }],
    [['--profiling', 'false'], { profiling: ['true'] }],
    [['--profiling=false'], { profiling: ['false'] }],
    [['--a', '--b=1'], { a: ['true'], b: ['1'] }],
    [['--audit-log-path', '-', '--b=1'], { 'audit-log-path': ['-'], b: ['1'] }],
    [['--watch-cache', 'false'], { 'watch-cache': ['true'] }],
    [['-client-cert-auth', '--b=1'], { 'client-cert-auth': ['true'], b: ['1'] }],
    [['--a'], { a: ['true'] }],
    [['--'], {}],
    [['kube-apiserver', 'word', '--a=1'], { a: ['1'] }],
    [['/bin/sh', '-c', 'exec kube-apiserver --a=1 --b=2'], { c: ['exec'], a: ['1'], b: ['2'] }],
    [['kube-apiserver\n--a=1\n--b=2\n'], { a: ['1'], b: ['2'] }],
  ])('reads %j', (command, flags) => {
    expect(flagsOf(command)).toEqual(flags);
  });

  it('takes __proto__ for a flag like any other', () => {
    const flags = flagsOf(['--__proto__=x', '--constructor=y']);
    expect(Object.getPrototypeOf(flags)).toBe(Object.prototype);
    expect(flags['constructor']).toEqual(['y']);
  });
});

describe('componentOf', () => {
  it.each([
    [['kube-apiserver', '--a'], 'kube-apiserver'],
    [['/usr/local/bin/etcd'], 'etcd'],
    [['/hyperkube', 'kube-scheduler'], 'kube-scheduler'],
    [['/go-runner', '--log-file=x', '/usr/local/bin/kube-controller-manager'], 'kube-controller-manager'],
    [['my-kube-apiserver'], undefined],
    [['kube-apiserver-exporter'], undefined],
    [[], undefined],
  ])('of %j is %s', (command, component) => {
    expect(componentOf(command)).toBe(component);
  });
});
