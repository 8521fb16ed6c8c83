import { shownValue } from '#controls/engine/shown-value.js';
import { auditLevels, leastLevel, readAuditPolicy, type AuditedRequest, type AuditLevel, type AuditRule } from '#inventory/components/audit-policy.js';
import { readAuthorizers } from '#inventory/components/authorization-configuration.js';
import { readEncryptionConfiguration, writerOf } from '#inventory/components/encryption-configuration.js';
import type { ConfigDocument, Readable } from '#inventory/components/readable.js';
import type { ConfigKind } from '#nodes/config-facts.js';
import type { NodePath } from '#nodes/file-fact.js';
import type { PathRef } from '../../paths/path-ref.js';
import { fieldAt } from '../../rules/field-at.js';
import type { RuleOf } from '../../rules/rule.js';
import { holds, type ValueTest } from '../../rules/value-test.js';
import { collector, combine, doesNotApply, failsBy, passes, together, unknownFor, type Finding } from '../finding.js';
import { testText } from '../test-text.js';
import { documentOf, type DocumentKind } from './documents.js';
import type { NodeView } from './node-view.js';
import { resolvePath } from './resolve-path.js';

/** How each file that rules ask is read. */
const kinds: Readonly<Partial<Record<PathRef, DocumentKind>>> = {
  'etcd-config': 'etcd', 'scheduler-config': 'kube-scheduler', 'authentication-config': 'authentication', 'authorization-config': 'authorization', 'encryption-config': 'encryption', 'audit-policy': 'audit',
  'kubelet-config': 'kubelet',
};

type Found =
  | { readonly state: 'read'; readonly documents: readonly { readonly path: NodePath; readonly document: ConfigDocument }[] }
  /** A process goes without. */
  | { readonly state: 'left-out'; readonly reason: string }
  | { readonly state: 'none'; readonly reason: string }
  | { readonly state: 'unknown'; readonly missing: string };

/** The file that a setting names; several where processes name different ones. */
function documentsAt(view: NodeView, ref: PathRef): Found {
  const kind = kinds[ref];
  if (!kind) return { state: 'unknown', missing: `${ref}, which is not read` };
  const { files, unseen, none, isLeftOut } = resolvePath(view, ref);
  if (isLeftOut) return { state: 'left-out', reason: none };
  if (unseen.length > 0) return { state: 'unknown', missing: unseen[0]! };
  if (files.length === 0) return { state: 'none', reason: none === '' ? `there is no ${ref}` : none };
  // Its files are layers of one configuration.
  if (files.length > 1 && ref === 'kubelet-config') return { state: 'unknown', missing: `which of ${files.length} files counts as ${ref}` };
  const documents: { readonly path: NodePath; readonly document: ConfigDocument }[] = [];
  for (const { path } of files) {
    const reading = view.index.config<ConfigKind>(kind, path);
    if (!reading) return { state: 'unknown', missing: `what is in ${path}` };
    if (reading.state !== 'read') return { state: 'unknown', missing: `what is in ${path}: ${reading.detail === '' ? reading.state : reading.detail}` };
    documents.push({ path, document: documentOf(kind, path, reading as never) });
  }
  return { state: 'read', documents };
}

/** Judges what a file says; without one the item does not apply where its rule says why, and else nobody can tell. */
function inFile<T>(view: NodeView, ref: PathRef, read: (document: ConfigDocument) => Readable<T>, judge: (value: T, path: NodePath) => Finding, without: Without = {}): Finding {
  const found = documentsAt(view, ref);
  if (found.state === 'unknown') return unknownFor(found.missing, collector);
  if (found.state === 'left-out' && without.failsBy !== undefined) return failsBy(`${found.reason}: ${without.failsBy}`, { source: 'flags' });
  if (found.state !== 'read') return without.noFile === undefined ? unknownFor(found.reason, collector) : doesNotApply(without.noFile, { source: 'node' });
  return combine('all', found.documents.map(({ path, document }) => {
    const value = read(document);
    return value.state === 'read' ? judge(value.value, path) : unknownFor(value.detail, collector);
  }));
}

interface Without {
  /** Why it does not apply where there is no file. */
  readonly noFile?: string | undefined;
  /** What comes of it where a process is known to go without. */
  readonly failsBy?: string;
}

const asItIs = (document: ConfigDocument): Readable<unknown> =>
  'unreadable' in document ? { state: 'unreadable', reason: 'bad-document', detail: `${document.path} cannot be read: ${document.unreadable}` } : { state: 'read', value: document.content };

export const judgeConfigFile = (view: NodeView, { file, path, is, absent, noFile }: RuleOf<'config-file'>): Finding =>
  inFile(view, file, asItIs, (content, at) => judgeValue(fieldAt(content, path) ?? absent, path.join('.'), is, at), { noFile });

function judgeValue(value: unknown, name: string, is: ValueTest, path: NodePath): Finding {
  const where = { found: shownValue(value ?? 'not set'), source: 'node', at: `${name} in ${path}` } as const;
  return holds(is, value) ? passes(where) : failsBy(`${name} in ${path} is ${value === undefined || value === null ? 'not set' : shownValue(value)}, ${testText(is)}`, where);
}

/** A list is asked as it is of a setting with many values. */
export const judgeAuthorizers = (view: NodeView, { file, is }: RuleOf<'authorizers'>): Finding =>
  inFile(view, file, readAuthorizers, (types, path) => judgeValue(types, 'authorizers', is, path));

export const judgeEncryption = (view: NodeView, { file, resource, first }: RuleOf<'encryption-provider'>): Finding =>
  inFile(view, file, readEncryptionConfiguration, (entries, path) => {
    const provider = writerOf(entries, resource);
    const where = { found: provider, source: 'node', at: path } as const;
    if (first.includes(provider.replace(/-v\d$/, ''))) return passes(where);
    return failsBy(provider === 'identity' ? `${path} has ${resource} stored as they are` : `${path} has ${provider} encrypt ${resource}, which is not one of ${first.join(', ')}`, where);
  });

export const judgeAuditPolicy = (view: NodeView, { file, covers }: RuleOf<'audit-policy'>): Finding =>
  inFile(view, file, readAuditPolicy, (rules, path) => {
    const gaps = covers.flatMap(({ group, resources, verbs, least }) => resources.flatMap((name) => {
      const weak = verbs.filter((verb) => isBelow(rules, requestOf(group, name, verb), least));
      return weak.length === 0 ? [] : [`${weak.join(', ')} of ${group === '' ? name : `${name}.${group}`}`];
    }));
    const where = { source: 'node', at: path, found: `${rules.length} rules` } as const;
    if (gaps.length === 0) return passes(where);
    return failsBy(`${path} does not surely record ${together(gaps)}`, where);
  }, { failsBy: 'nothing is recorded' });

function requestOf(group: string, name: string, verb: string): AuditedRequest {
  const slash = name.indexOf('/');
  return slash < 0 ? { verb, group, resource: name } : { verb, group, resource: name.slice(0, slash), subresource: name.slice(slash + 1) };
}

const isBelow = (rules: readonly AuditRule[], request: AuditedRequest, least: AuditLevel): boolean => auditLevels.indexOf(leastLevel(rules, request)) < auditLevels.indexOf(least);
