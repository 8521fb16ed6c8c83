import { isControlPlane } from '../components/control-plane-roles.js';
import { k3sComponentFacts, type ToldServer } from '../components/k3s-facts.js';
import { rancherOptions, type RancherOptions } from '../components/rancher-options.js';
import type { ComponentFacts, Labels, NodeFacts } from '../facts.js';
import { minorOf } from '../readers/minor-version.js';
import { mapAt, objectAt, type Raw } from './raw.js';

interface K3sServer {
  readonly options: RancherOptions;
  /** Its environment was told too, so that there are no other options. */
  readonly isWhole: boolean;
}

/**
 * What k3s says on its node of how it was started: arguments with those of its configuration files, as a JSON list, and its variables
 * (pkg/nodeconfig of k3s). Undefined for agents, and where it says nothing that can be read. Whoever may write the node may write this.
 */
export function k3sServerOf(raw: Raw): K3sServer | undefined {
  const annotations = mapAt(objectAt(raw, 'metadata'), 'annotations', (name) => name === 'k3s.io/node-args' || name === 'k3s.io/node-env');
  const [role, ...words] = texts(parsed(annotations['k3s.io/node-args'])) ?? [];
  if (role !== 'server') return undefined;
  const environment = parsed(annotations['k3s.io/node-env']);
  const isWhole = typeof environment === 'object' && environment !== null && texts(Object.values(environment)) !== undefined;
  return { options: rancherOptions('k3s', { words, environment: isWhole ? (environment as Readonly<Record<string, string>>) : {} }), isWhole };
}

/** Components that run within a k3s server, by what it says on its node. */
export function componentsOnNode(raw: Raw, { name, labels, kubeletVersion }: NodeFacts): readonly ComponentFacts[] {
  const server = k3sServerOf(raw);
  if (!server) return [];
  return k3sComponentFacts(name, toldBy(server, labels), minorOf(kubeletVersion)).map((facts) => ({ ...facts, shownBy: 'node-args' }));
}

function toldBy({ options, isWhole }: K3sServer, labels: Labels): ToldServer {
  if (!isControlPlane({ labels })) return { state: 'unknown', detail: 'a node that has no role of the control plane says that it is a server of k3s, as every kubelet may: the node collector tells what runs there' };
  if (!isWhole) return { state: 'unknown', detail: 'k3s wrote its arguments on its node, and not its variables, which may set more' };
  return { state: 'read', options, hasEtcd: labels['node-role.kubernetes.io/etcd'] !== undefined };
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const texts = (value: unknown): readonly string[] | undefined => (Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined);
