import type { ComponentFacts, ProbeFacts } from '#inventory/facts.js';
import type { MissingEvidence } from '#inventory/observed.js';
import type { ResourceKey } from '#inventory/resources.js';
import type { ListScope, ScopedSubject } from '../engine/scope.js';
import type { World } from '../engine/world.js';
import { eachComponent } from './each-component.js';

/** The API server as whoever reaches it sees it, whichever process answers. */
export interface Endpoint {
  readonly kind: 'endpoint';
}

export interface Process {
  readonly kind: 'process';
  readonly component: ComponentFacts;
}

export const endpoint: ScopedSubject<Endpoint> = { subject: { kind: 'endpoint' }, resource: { group: '', kind: 'Cluster', namespace: '', name: 'cluster' }, part: '' };

/** The address at which scans reach the API server. `needs` are the lists without which nothing can be concluded from absence. */
export const apiServerEndpoint = (needs: readonly ResourceKey[] = []): ListScope<Endpoint> => ({
  name: 'API server',
  family: 'list',
  needs,
  *subjects() {
    yield endpoint;
  },
});

const processes = eachComponent('kube-apiserver');

/** Names of the scopes of which the API server's own flags decide. */
export const apiServerScopes: ReadonlySet<string> = new Set([processes.name, 'API server']);

export function* apiServerProcesses(world: World): Generator<ScopedSubject<Process>> {
  for (const { subject, ...named } of processes.subjects(world)) yield { ...named, subject: { kind: 'process', component: subject } };
}

/** The address and every process whose flags are to be seen. */
export const eachApiServer: ListScope<Endpoint | Process> = {
  name: 'API server',
  family: 'list',
  needs: processes.needs,
  *subjects(world) {
    yield endpoint;
    yield* apiServerProcesses(world);
  },
};

/** One answer that the probe got, or why there is none. */
export function probed<K extends keyof ProbeFacts>(world: World, key: K): { readonly state: 'observed'; readonly value: NonNullable<ProbeFacts[K]> } | { readonly state: 'missing'; readonly missing: MissingEvidence } {
  const { probe } = world;
  if (probe.state === 'missing') return { state: 'missing', missing: { fact: 'api-server-probe', reason: probe.reason, detail: probe.detail } };
  const value = probe.value[key];
  if (value === undefined || value === null) return { state: 'missing', missing: unanswered };
  return { state: 'observed', value };
}

/** The probe was made, and this question of it got no answer. */
export const unanswered: MissingEvidence = { fact: 'api-server-probe', reason: 'unreachable', detail: 'the API server gave no answer that would tell when it was looked at from outside' };
