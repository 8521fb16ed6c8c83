import type { Component } from '../component.js';
import type { FieldPath } from '../rules/rule.js';

/** A file or directory by what it is for; where it is, each platform says. */
export type PathRef =
  | 'api-server-manifest' | 'controller-manager-manifest' | 'scheduler-manifest' | 'etcd-manifest'
  | 'admin-kubeconfigs' | 'scheduler-kubeconfig' | 'controller-manager-kubeconfig'
  | 'pki' | 'pki-certificates' | 'pki-keys'
  | 'cni-config' | 'etcd-data'
  | 'api-server-client-ca' | 'etcd-client-ca'
  | 'authentication-config' | 'authorization-config' | 'encryption-config' | 'audit-policy' | 'scheduler-config' | 'etcd-config'
  | 'kubelet-unit' | 'kubelet-kubeconfig' | 'kubelet-client-ca' | 'kubelet-config' | 'kubelet-live-config' | 'proxy-kubeconfig'
  | 'cloud-credentials';

/** One path, or what is below a directory. */
export type Place =
  | { readonly at: string }
  /**
   * Files at any depth. `named`: of this name, or `*.ext`. `within`: whose directory has this name.
   * `directories`: those too, and the top itself. `except`: names that are no configuration.
   */
  | { readonly below: string; readonly named?: string; readonly within?: string; readonly directories?: true; readonly except?: readonly string[] };

/** What a running process says of a path; it counts before every usual place. */
export type Named = { readonly component: Component; readonly flag: string } | { readonly component: 'kubelet' | 'kube-proxy'; readonly path: FieldPath };

export type PathRow =
  | { readonly places: readonly Place[]; readonly named?: Named; /** Documentation or source that says so. */ readonly source: string }
  | { readonly absent: string; readonly source: string };

export type PathTable = Readonly<Partial<Record<PathRef, PathRow>>>;

export const textOf = (place: Place): string => ('at' in place ? place.at : `${place.below}${place.within === undefined ? '' : `/**/${place.within}`}/${place.named ?? '**'}`);
