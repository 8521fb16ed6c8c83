import type { Component } from './component-process.js';

const byName: Readonly<Record<string, Component>> = {
  'kube-apiserver': 'kube-apiserver',
  'kube-controller-manager': 'kube-controller-manager',
  'kube-scheduler': 'kube-scheduler',
  etcd: 'etcd',
  kubelet: 'kubelet',
  'kube-proxy': 'kube-proxy',
  kubelite: 'kubelite',
  containerd: 'containerd',
  crio: 'crio',
  dockerd: 'dockerd',
};

const ofHyperkube: Readonly<Record<string, Component>> = {
  apiserver: 'kube-apiserver',
  'controller-manager': 'kube-controller-manager',
  scheduler: 'kube-scheduler',
  proxy: 'kube-proxy',
  kubelet: 'kubelet',
};

const ofRancher: Readonly<Record<string, Component>> = { 'k3s server': 'k3s-server', 'k3s agent': 'k3s-agent', 'rke2 server': 'rke2-server', 'rke2 agent': 'rke2-agent' };

/** The component that an argument vector starts; undefined for every other process. */
export function componentOf(argv: readonly string[]): Component | undefined {
  // What overwrites its title writes "name sub-command" into the first word.
  const [called = '', titled] = (argv[0] ?? '').split(' ', 2);
  const name = called.slice(called.lastIndexOf('/') + 1);
  const command = titled ?? argv[1] ?? '';
  if (name === 'hyperkube') return own(ofHyperkube, command.replace(/^kube-/, ''));
  if (name === 'k3s' || name === 'rke2') return own(ofRancher, `${name} ${command}`);
  if (name === 'k3s-server' || name === 'k3s-agent') return name;
  return own(byName, name);
}

/** Their arguments are overwritten; two words are all that is left, in one or in two. */
export const isTitle = (component: Component, argv: readonly string[]): boolean => /^(k3s|rke2)-/.test(component) && argv.length <= 2;

const own = (table: Readonly<Record<string, Component>>, key: string): Component | undefined => (Object.hasOwn(table, key) ? table[key] : undefined);
