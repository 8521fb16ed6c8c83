import type { NodePath } from '#nodes/file-fact.js';
import { isBelow } from '#nodes/host-path.js';
import type { PathRef, Place } from '../../paths/path-ref.js';
import { parentOf } from '#nodes/indexed-evidence.js';
import { factsOf, fits, joined, lookAll, lookAt, type ResolvedPath } from './looked-at.js';
import type { NodeView, Presence } from './node-view.js';

/** Files of certificates and keys of the control plane. */
export const isAuthorityRef = (ref: PathRef): boolean => ref === 'pki' || ref === 'pki-certificates' || ref === 'pki-keys';

/** Those at the usual place, and those that the API server is told of elsewhere: installers have folders of their own. */
export function authoritiesOf(view: NodeView, places: readonly Place[]): ResolvedPath {
  const usual = lookAll(view, places);
  const presence = view.presence('kube-apiserver');
  const isElsewhere = usual.files.length === 0 && usual.unseen.length === 0;
  if (presence.state !== 'runs') return isElsewhere && presence.state !== 'absent' ? { ...usual, unseen: [`where certificates of the control plane are: ${presence.detail}`] } : usual;
  const { paths, unseen } = view.once('certificates of kube-apiserver', () => namedBy(view, presence));
  const others = paths.filter((path) => !places.some((place) => isBelow(path, 'at' in place ? place.at : place.below)));
  const looked = [...new Set(others.map(parentOf))].flatMap((directory) => places.map((place) => lookIn(view, place, directory, others, isElsewhere)));
  return joined([usual, ...looked, { files: [], unseen: isElsewhere ? unseen : [], none: '' }]);
}

/** A folder that was listed counts as the usual one does; of another what is named. `isAll`: nothing else tells what is in it. */
function lookIn(view: NodeView, place: Place, directory: NodePath, named: readonly NodePath[], isAll: boolean): ResolvedPath {
  if ('at' in place) return { files: [], unseen: [], none: '' };
  const there = { ...place, below: directory };
  const tree = view.index.tree(directory);
  if (tree?.state === 'read' || isAll) return lookAt(view, there);
  return { ...factsOf(view, named.filter((path) => parentOf(path) === directory && fits(there, path))), none: '' };
}

const flags = ['client-ca-file', 'tls-cert-file', 'tls-private-key-file', 'kubelet-client-certificate', 'kubelet-client-key', 'service-account-key-file', 'etcd-certfile', 'etcd-keyfile'] as const;

/** Certificates and keys that API servers are started with, by their paths on the node. */
function namedBy(view: NodeView, presence: Extract<Presence, { state: 'runs' }>): { readonly paths: readonly NodePath[]; readonly unseen: readonly string[] } {
  const paths = new Set<NodePath>();
  const unseen: string[] = [];
  for (const started of presence.as) {
    if (started.lacks !== undefined) unseen.push(started.lacks);
    const settings = view.flags(started, view.versionsOf('kube-apiserver').at(-1)!);
    for (const setting of started.lacks === undefined ? flags.map((flag) => settings.setting(flag)) : []) {
      if (setting.state === 'unreadable') unseen.push(setting.detail);
      else for (const path of [setting.value].flat()) {
        const host = typeof path === 'string' && path.startsWith('/') ? started.toHost(path) : undefined;
        if (host?.state === 'host') paths.add(host.path);
        else if (host?.state === 'unknown') unseen.push(`where ${String(path)} of kube-apiserver is on the node (${host.detail})`);
      }
    }
  }
  return { paths: [...paths], unseen };
}
