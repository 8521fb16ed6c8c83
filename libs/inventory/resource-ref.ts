/** The object a fact or a result is about. `namespace` is '' for cluster-scoped objects. */
export interface ResourceRef {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Of something that says more than who it is, which is nobody's to carry along. */
export const refOf = ({ group, kind, namespace, name }: ResourceRef): ResourceRef => ({ group, kind, namespace, name });

/** `Kind/namespace/name`: the stable identity of an object over scans; no uid, so re-creation changes nothing. */
export const refKey = (ref: ResourceRef): string => `${ref.kind}/${ref.namespace}/${ref.name}`;

/** For people: `Kind namespace/name`. */
export const refText = (ref: ResourceRef): string =>
  ref.namespace === '' ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`;
