/** The object a fact or a result is about. `namespace` is '' for cluster-scoped objects. */
export interface ResourceRef {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** `Kind/namespace/name`: the stable identity of an object over scans; no uid, so re-creation changes nothing. */
export const refKey = (ref: ResourceRef): string => `${ref.kind}/${ref.namespace}/${ref.name}`;

/** For people: `Kind namespace/name`. */
export const refText = (ref: ResourceRef): string =>
  ref.namespace === '' ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`;
