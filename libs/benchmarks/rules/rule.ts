import type { OperatorNamespace } from '#inventory/projection/configuration.js';
import type { Component } from '../component.js';
import type { PathRef } from '../paths/path-ref.js';
import type { AuditNeed } from './audit-need.js';
import type { Scalar, ValueTest } from './value-test.js';

/** Fields from the outside in, a segment each; a key may hold dots. */
export type FieldPath = readonly string[];

export type CloudProvider = 'eks' | 'aks' | 'gke';

/** An object, or all of its kind where no name is given. `resource` as evidence names it: `nodes`, `networks.config.openshift.io`. */
export interface ObjectRef {
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

/**
 * What decides an item that no control covers. Each is judged on values in force: defaults of the component's
 * version, then files, then drop-ins, then flags, read as Go reads them: booleans and numbers as such, lists as
 * lists, what else as a string. Evidence that was not read makes `unknown`, never a pass.
 */
export type Rule =
  /** No bit beyond `max`, on every file that is there, its links followed. None there: not applicable. */
  | { readonly kind: 'file-mode'; readonly paths: readonly PathRef[]; readonly max: number }
  /** Names by the host's own passwd and group. `orUserOf`: the account that this process runs as, unless it is root, will do as well. */
  | { readonly kind: 'file-owner'; readonly paths: readonly PathRef[]; readonly owner: string; readonly group: string; readonly orUserOf?: Component }
  | { readonly kind: 'flag'; readonly component: Component; readonly flag: string; readonly is: ValueTest }
  | { readonly kind: 'kubelet'; readonly path: FieldPath; readonly is: ValueTest }
  /** Not applicable where no kube-proxy runs. */
  | { readonly kind: 'kube-proxy'; readonly path: FieldPath; readonly is: ValueTest }
  /**
   * A key of a file that a process was started with. `absent`: what holds where the file does not name it.
   * `noFile`: why it does not apply where there is no such file; without it, that is unknown.
   */
  | { readonly kind: 'config-file'; readonly file: PathRef; readonly path: FieldPath; readonly is: ValueTest; readonly absent?: Scalar; readonly noFile?: string }
  /** The types in an AuthorizationConfiguration. */
  | { readonly kind: 'authorizers'; readonly file: PathRef; readonly is: ValueTest }
  /** The first provider that is in force for a resource in an EncryptionConfiguration, wildcard resources included. */
  | { readonly kind: 'encryption-provider'; readonly file: PathRef; readonly resource: string; readonly first: readonly string[] }
  /** What the policy's first matching rule records of each need. */
  | { readonly kind: 'audit-policy'; readonly file: PathRef; readonly covers: readonly AuditNeed[] }
  /** Two bundles of certificates that share none. */
  | { readonly kind: 'authorities-differ'; readonly one: PathRef; readonly other: PathRef }
  /** A setting as OpenShift's operators give it, in the JSON of the ConfigMap `config`. Arguments are lists of strings there, and read as flags are. */
  | { readonly kind: 'operator-config'; readonly namespace: OperatorNamespace; readonly path: FieldPath; readonly is: ValueTest }
  /** A field of an object, or of every object of a kind. `absent`: what holds where the field is not there. */
  | { readonly kind: 'object'; readonly object: ObjectRef; readonly path: FieldPath; readonly is: ValueTest; readonly absent?: Scalar }
  /** A profile of TLS that allows nothing weak, in an object or in every one of its kind, of which OpenShift always has some. None given means Intermediate. */
  | { readonly kind: 'tls-profile'; readonly object: ObjectRef }
  /** A ClusterLogForwarder that its operator heeds has a pipeline from the audit log to an output. */
  | { readonly kind: 'audit-log-forwarded' }
  /** Nodes of EKS came in without the ConfigMap aws-auth. With it, only the provider knows what else lets them in. */
  | { readonly kind: 'joined-without-aws-auth' }
  /** A condition in the status of an object. */
  | { readonly kind: 'condition'; readonly object: ObjectRef; readonly type: string; readonly status: 'True' | 'False' }
  /** Objects of one of these names, or with this label, are there, or are not. */
  | { readonly kind: 'objects-named'; readonly resources: readonly string[]; readonly names: readonly string[]; readonly label?: readonly [key: string, value: string]; readonly exist: boolean }
  /** No node has an address of type ExternalIP. */
  | { readonly kind: 'nodes-are-private' }
  /** Every Ingress has TLS or one of the annotations, and so has every Service of type LoadBalancer. `naming`: whose value names objects of a kind, which must be there. */
  | { readonly kind: 'routes-have-certificates'; readonly annotations: readonly string[]; readonly naming?: { readonly annotation: string; readonly resource: string } }
  /** Every namespace but the platform's own has an object of one of the kinds. */
  | { readonly kind: 'namespaces-have'; readonly resources: readonly string[] }
  /** Bindings give the subject no roles but these. */
  | { readonly kind: 'no-binding'; readonly subject: { readonly kind: 'User' | 'Group'; readonly name: string }; readonly except: readonly string[] }
  /** No container, init and ephemeral ones included, keeps or adds the capability. */
  | { readonly kind: 'capability-dropped'; readonly capability: string }
  /** SecurityContextConstraints of which none of `strict` holds may be used by the platform's own accounts alone. */
  | { readonly kind: 'constraints'; readonly strict: readonly { readonly path: FieldPath; readonly is: ValueTest }[] }
  /**
   * A field of the provider's description of the cluster, under the first of `paths` that is there: its tools spell
   * some differently. Of every element of the list `each` where that is given; an empty list does not hold.
   * `absent`: what it means where none is there (null: nothing is set); without it, that is unknown.
   */
  | { readonly kind: 'cloud'; readonly provider: CloudProvider; readonly each?: FieldPath; readonly paths: readonly FieldPath[]; readonly is: ValueTest; readonly absent?: { readonly means: Scalar | null } }
  /** Logs of the control plane that EKS ships. */
  | { readonly kind: 'control-plane-logs'; readonly types: readonly string[] }
  /** Asked only of servers before a minor; later ones have no such setting. */
  | { readonly kind: 'before'; readonly version: string; readonly rule: Rule; readonly since: string }
  | { readonly kind: 'all'; readonly of: readonly Rule[] }
  /** The first that is not unknown counts: better evidence comes first. */
  | { readonly kind: 'first-known'; readonly of: readonly Rule[] }
  /** Where none passes and one is `undecidable`, a person must look. */
  | { readonly kind: 'any'; readonly of: readonly Rule[] }
  /** The platform has no such thing. */
  | { readonly kind: 'not-applicable'; readonly reason: string }
  /** A person must look. `gathered`: what is shown to them. */
  | { readonly kind: 'undecidable'; readonly look: string; readonly gathered: readonly string[] };

export type RuleKind = Rule['kind'];
export type RuleOf<K extends RuleKind> = Extract<Rule, { kind: K }>;

/** The rule and all that it is made of. */
export const rulesWithin = (rule: Rule): readonly Rule[] => {
  if (rule.kind === 'all' || rule.kind === 'any' || rule.kind === 'first-known') return [rule, ...rule.of.flatMap(rulesWithin)];
  return rule.kind === 'before' ? [rule, ...rulesWithin(rule.rule)] : [rule];
};

/** Whether evidence alone can decide it, at least one way. */
export function isDecidable(rule: Rule): boolean {
  if (rule.kind === 'all') return rule.of.every(isDecidable);
  if (rule.kind === 'any' || rule.kind === 'first-known') return rule.of.some(isDecidable);
  return rule.kind !== 'undecidable';
}

export const all = (...of: readonly Rule[]): Rule => ({ kind: 'all', of });
export const any = (...of: readonly Rule[]): Rule => ({ kind: 'any', of });
export const firstKnown = (...of: readonly Rule[]): Rule => ({ kind: 'first-known', of });
export const fileMode = (max: number, ...paths: readonly PathRef[]): RuleOf<'file-mode'> => ({ kind: 'file-mode', paths, max });
export const ownedByRoot = (...paths: readonly PathRef[]): RuleOf<'file-owner'> => ({ kind: 'file-owner', paths, owner: 'root', group: 'root' });
export const flag = (component: Component, name: string, is: ValueTest): Rule => ({ kind: 'flag', component, flag: name, is });
export const kubelet = (path: FieldPath, is: ValueTest): Rule => ({ kind: 'kubelet', path, is });
export const notApplicable = (reason: string): Rule => ({ kind: 'not-applicable', reason });
export const undecidable = (look: string, ...gathered: readonly string[]): Rule => ({ kind: 'undecidable', look, gathered });
