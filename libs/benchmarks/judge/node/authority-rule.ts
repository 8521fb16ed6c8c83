import type { RuleOf } from '../../rules/rule.js';
import type { PathRef } from '../../paths/path-ref.js';
import { collector, failsBy, passes, unknownFor, type Finding } from '../finding.js';
import type { NodeView } from './node-view.js';
import { resolvePath } from './resolve-path.js';

/** Fingerprints of a bundle's certificates, or what would tell them. */
function bundleOf(view: NodeView, ref: PathRef): { readonly paths: readonly string[]; readonly fingerprints: ReadonlySet<string> } | string {
  const { files, unseen, none } = resolvePath(view, ref);
  if (unseen.length > 0) return unseen[0]!;
  if (files.length === 0) return none === '' ? `the certificates of ${ref}` : `the certificates of ${ref}: ${none}`;
  const fingerprints = new Set<string>();
  for (const { path, real } of files) {
    const content = view.index.certificatesAt(path) ?? (real === undefined ? undefined : view.index.certificatesAt(real));
    if (content?.state !== 'read' || content.value.truncated) return `the certificates of ${path}`;
    for (const { fingerprint } of content.value.items) fingerprints.add(fingerprint);
  }
  return { paths: files.map(({ path }) => path), fingerprints };
}

/** Two bundles that share a certificate trust the same authority, whatever their files are called. */
export function judgeAuthorities(view: NodeView, { one, other }: RuleOf<'authorities-differ'>): Finding {
  const [first, second] = [bundleOf(view, one), bundleOf(view, other)];
  if (typeof first === 'string') return unknownFor(first, collector);
  if (typeof second === 'string') return unknownFor(second, collector);
  const shared = [...first.fingerprints].find((fingerprint) => second.fingerprints.has(fingerprint));
  const at = first.paths[0]!;
  if (shared === undefined) return passes({ source: 'node', at });
  return failsBy(`${at} and ${second.paths[0]!} trust the same authority`, { source: 'node', at, found: `SHA-256 ${shared.slice(0, 16)}…` });
}
