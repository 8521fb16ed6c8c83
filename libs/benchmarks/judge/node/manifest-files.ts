import type { Component } from '../../component.js';
import type { PathRef, Place } from '../../paths/path-ref.js';
import { factsOf, joined, lookAll, type ResolvedPath } from './looked-at.js';
import { textOf, type NodeView } from './node-view.js';

/** Which component each manifest starts. */
export const manifestsOf: Readonly<Partial<Record<PathRef, Component>>> = {
  'api-server-manifest': 'kube-apiserver', 'controller-manager-manifest': 'kube-controller-manager', 'scheduler-manifest': 'kube-scheduler', 'etcd-manifest': 'etcd',
};

/** Manifests that start a component, wherever its kubelet takes them from. */
export function manifestOf(view: NodeView, component: Component, places: readonly Place[]): ResolvedPath {
  const usual = lookAll(view, places);
  const elsewhere = view.manifestsOf(component).filter((path) => !places.some((place) => 'at' in place && place.at === path));
  const more = factsOf(view, elsewhere);
  const all = joined([usual, { files: more.files, unseen: [...more.unseen, ...unlistedStaticPods(view)], none: '' }]);
  if (all.files.length > 0 || all.unseen.length > 0) return all;
  const presence = view.presence(component);
  if (presence.state === 'missing' || presence.state === 'unseen') return { ...all, unseen: [`the manifest that starts ${component}: ${presence.detail}`] };
  // What runs in a container and was not made through the API has a manifest.
  const hasOne = presence.state === 'runs' && presence.as.some(({ process, isEmbedded }) => !isEmbedded && process.container !== undefined);
  return hasOne ? { ...all, unseen: [`the manifest that starts ${component}: ${usual.none}, and it runs in a container`] } : all;
}

/** Folders that the kubelet takes static pods from, of which nobody can say what is in them. */
function unlistedStaticPods(view: NodeView): readonly string[] {
  const presence = view.presence('kubelet');
  if (presence.state !== 'runs') return [];
  return presence.as.flatMap((started) => {
    if (started.lacks !== undefined) return [];
    const path = textOf(view.kubelet(started, view.versionsOf('kubelet').at(-1)!).staticPodPath);
    const host = path?.startsWith('/') ? started.toHost(path) : undefined;
    if (host?.state !== 'host') return [];
    const tree = view.index.tree(host.path);
    const isKnown = tree?.state === 'absent' || (tree?.state === 'read' && !tree.truncated) || view.index.file(host.path)?.state === 'present' && view.index.configsOf('static-pod').has(host.path);
    return isKnown ? [] : [`${host.path}, from which the kubelet starts pods, was not listed`];
  });
}
