import { documentOfLeaves } from '#inventory/components/document-of-leaves.js';
import type { ConfigDocument } from '#inventory/components/readable.js';
import type { MissingReason, Observed } from '#inventory/observed.js';
import type { ConfigKind, Settings } from '../config-facts.js';
import { configAt } from '../look-up.js';
import type { NodeEvidence } from '../node-evidence.js';
import type { Reading, Unread, UnreadState } from '../reading.js';

/** A file of leaves as the document that it was; undefined where nobody looked at it. */
export function leavesAt(evidence: NodeEvidence, kind: 'kubelet' | 'kube-scheduler' | 'etcd', path: string, kubernetesKind: string | undefined): ConfigDocument | undefined {
  const reading: Reading<Settings> | undefined = configAt(evidence, kind, path);
  if (!reading) return undefined;
  if (reading.state !== 'read') return { path, unreadable: unreadText(reading) };
  const { apiVersion, settings } = reading.value;
  return documentOfLeaves(path, kubernetesKind, apiVersion === '' ? undefined : apiVersion, settings);
}

/** For people: why a thing was not read. */
export const unreadText = ({ state, detail }: Unread): string => (detail === '' ? stateTexts[state] : detail);

const stateTexts: Readonly<Record<UnreadState, string>> = {
  absent: 'it is not there', denied: 'the collector lacks the right', 'outside-root': 'it lies outside the root that the collector was given', loop: 'its links never end', 'not-regular': 'it is no regular file',
  'too-large': 'it is longer than is read', invalid: 'it makes no sense', changed: 'it changed while it was read', failed: 'the system refused',
};

const reasons: Readonly<Record<UnreadState, MissingReason>> = {
  absent: 'invalid', denied: 'forbidden', 'outside-root': 'not-requested', loop: 'invalid', 'not-regular': 'invalid', 'too-large': 'too-large', invalid: 'invalid', changed: 'changed', failed: 'server-error',
};

export const missing = (reason: MissingReason, detail: string): { readonly state: 'missing'; readonly reason: MissingReason; readonly detail: string } => ({ state: 'missing', reason, detail });

/** What a file of one kind says, or why it does not tell. `read` makes a fact of its content. */
export function configFact<K extends ConfigKind, T>(evidence: NodeEvidence, kind: K, path: string, read: (reading: Extract<NonNullable<ReturnType<typeof configAt<K>>>, { readonly state: 'read' }>['value']) => Observed<T>): Observed<T> {
  const reading = configAt(evidence, kind, path);
  if (!reading) return missing('not-requested', `${path} was not read by the node collector`);
  return reading.state === 'read' ? read(reading.value) : missing(reasons[reading.state], `${path} could not be read on the node: ${unreadText(reading)}`);
}
