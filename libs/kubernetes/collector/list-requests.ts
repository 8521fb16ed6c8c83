import { resourceType, type ResourceKey } from '#inventory/resources.js';
import type { ListRequest } from './read-list.js';

const objectsOnly = 'application/json';
/** Nothing else is accepted: a server that cannot leave values out must not send them. */
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

const metadataVersion = 'meta.k8s.io/v1';

/** Types of Secrets that are told apart; all others share one list, their type unknown. */
export const secretTypes = [
  'kubernetes.io/service-account-token',
  'kubernetes.io/tls',
  'Opaque',
  'kubernetes.io/dockerconfigjson',
  'kubernetes.io/dockercfg',
  'kubernetes.io/basic-auth',
  'kubernetes.io/ssh-auth',
  'bootstrap.kubernetes.io/token',
  'helm.sh/release.v1',
] as const;

/** Objects of the first page: pods are large, most others small. */
const firstPods = 50;
const firstOthers = 250;

/** The LIST of a resource over all namespaces, or in one. */
export function listRequest(key: ResourceKey, version: string, read: 'object' | 'metadata', within: { readonly namespace?: string; readonly fieldSelector?: string } = {}): ListRequest {
  const { group, resource, kind } = resourceType(key);
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const { namespace, fieldSelector } = within;
  return {
    key,
    path: namespace === undefined ? `${root}/${resource}` : `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}`,
    form:
      read === 'metadata'
        ? { kind: 'PartialObjectMetadataList', apiVersion: metadataVersion, itemKind: 'PartialObjectMetadata', itemVersion: metadataVersion, ...(key === 'secrets' && { keepsManagers: true as const }) }
        : { kind: `${kind}List`, apiVersion, itemKind: kind, itemVersion: apiVersion },
    accept: read === 'metadata' ? metadataOnly : objectsOnly,
    firstLimit: key === 'pods' ? firstPods : firstOthers,
    ...(fieldSelector !== undefined && { fieldSelector }),
  };
}
