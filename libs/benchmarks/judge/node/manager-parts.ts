import { isLoopback } from '#controls/control-plane/loopback.js';
import type { Component } from '../../component.js';
import type { MinorVersion } from '#inventory/readers/minor-version.js';
import { collector, combine, doesNotApply, unknownFor, type Finding } from '../finding.js';
import type { NodeView } from './node-view.js';
import { byFlags, isSwitched, named, type PartRule, type Settings } from './part-rule.js';
import { judgeSetting } from './settings.js';
import type { Started } from './started.js';

const control = 'control-plane/controller-manager-and-scheduler';

const judgeAddress = (component: Component) => (setting: Settings): Finding => {
  const port = setting('secure-port');
  if (port.state === 'read' && port.value === 0) return doesNotApply(`${component} opens no port`, { source: 'flags', at: '--secure-port', found: '0' });
  return judgeSetting(setting('bind-address'), '--bind-address', (value) => isLoopback(String(value).replace(/^\[(.*)\]$/, '$1')), `${component} listens where others than its own node reach it`);
};

const judgeProfiling = (component: Component) => (setting: Settings): Finding => isSwitched(setting, 'profiling', false, `${component} serves profiles of what it does`);

/** With a signer of its own the API server's tokens are signed there. */
function judgeAccountKey(view: NodeView, started: Started, version: MinorVersion): Finding {
  const own = named(view.flags(started, version).setting, ['service-account-private-key-file'], 'tokens of service accounts are not signed with a key of their own');
  const server = view.presence('kube-apiserver');
  if (own.status !== 'fail' || server.state !== 'runs') return own;
  const signer = combine('all', server.as.map((one) => (one.lacks === undefined ? named(view.flags(one, version).setting, ['service-account-signing-endpoint'], '') : unknownFor(one.lacks, collector))));
  return signer.status === 'fail' ? own : signer;
}

const manager = (judge: (setting: Settings) => Finding): PartRule => byFlags('kube-controller-manager', judge);

/** By `control#part`, of each component that the control judges. */
export const managerParts: Readonly<Record<string, Readonly<Partial<Record<Component, PartRule>>>>> = {
  [`${control}#profiling`]: { 'kube-controller-manager': manager(judgeProfiling('kube-controller-manager')) },
  [`${control}#bind-address`]: { 'kube-controller-manager': manager(judgeAddress('kube-controller-manager')) },
  [`${control}#scheduler-profiling`]: { 'kube-scheduler': byFlags('kube-scheduler', judgeProfiling('kube-scheduler')) },
  [`${control}#scheduler-bind-address`]: { 'kube-scheduler': byFlags('kube-scheduler', judgeAddress('kube-scheduler')) },
  [`${control}#own-credentials`]: { 'kube-controller-manager': manager((setting) => isSwitched(setting, 'use-service-account-credentials', true, 'all controllers share one credential')) },
  [`${control}#root-ca`]: { 'kube-controller-manager': manager((setting) => named(setting, ['root-ca-file'], 'no CA is chosen by which pods check that it is the API server they speak to')) },
  [`${control}#account-key`]: { 'kube-controller-manager': { component: 'kube-controller-manager', judge: judgeAccountKey } },
  [`${control}#pod-collection`]: {
    'kube-controller-manager': manager((setting) => {
      const given = setting('terminated-pod-gc-threshold');
      if (given.state === 'read' && given.from.source === 'default') return judgeSetting(given, '--terminated-pod-gc-threshold', () => false, '--terminated-pod-gc-threshold is not set: 12,500 finished pods is a number that nobody chose for this cluster');
      return judgeSetting(given, '--terminated-pod-gc-threshold', (value) => (value as number) > 0, '--terminated-pod-gc-threshold is not above 0: finished pods are never collected');
    }),
  },
  [`${control}#kubelet-rotation`]: {
    'kube-controller-manager': manager((setting) => judgeSetting(setting('feature-gates'), '--feature-gates', (gates) => (gates as Readonly<Record<string, boolean>>)['RotateKubeletServerCertificate'] !== false,
      '--feature-gates switches RotateKubeletServerCertificate off: serving certificates of kubelets run out or are renewed by hand')),
  },
};
