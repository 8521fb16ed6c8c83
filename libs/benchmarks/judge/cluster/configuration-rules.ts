import { shownValue } from '#controls/engine/shown-value.js';
import { describeCommands, logForwarders } from '../../evidence.js';
import { fieldAt } from '../../rules/field-at.js';
import type { RuleOf } from '../../rules/rule.js';
import { combine, failsBy, passes, right, unknownFor, type Finding } from '../finding.js';
import type { AnyObject, ClusterView } from './cluster-view.js';
import { judgeEach, nameOf, notThere } from './object-rules.js';

/** Suites of OpenShift's profile Intermediate, as OpenSSL names them. */
const strongSuites: ReadonlySet<unknown> = new Set([
  'TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256',
  ...['ECDSA', 'RSA'].flatMap((key) => ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'].map((cipher) => `ECDHE-${key}-${cipher}`)),
  'DHE-RSA-AES128-GCM-SHA256', 'DHE-RSA-AES256-GCM-SHA384',
]);
const strongVersions: ReadonlySet<unknown> = new Set(['VersionTLS12', 'VersionTLS13']);

export function judgeTlsProfile(view: ClusterView, { object }: RuleOf<'tls-profile'>): Finding {
  const judged = judgeEach(view, object, (each) => profileOf(each, object.resource));
  return judged.length === 0 ? notThere(object.resource) : combine('all', judged.map(({ finding }) => finding));
}

function profileOf(object: AnyObject, resource: string): Finding {
  const profile = fieldAt(object.fields, ['spec', 'tlsSecurityProfile']);
  const type = fieldAt(profile, ['type']) || 'Intermediate';
  const at = `tlsSecurityProfile of ${resource} ${nameOf(object)}`;
  if (type !== 'Custom') return type === 'Intermediate' || type === 'Modern' ? passes({ source: 'api', at, found: type }) : failsBy(`${at} is ${shownValue(type)}`, { source: 'api', at, found: shownValue(type) });
  const [version, ciphers] = [fieldAt(profile, ['custom', 'minTLSVersion']), fieldAt(profile, ['custom', 'ciphers'])];
  const weak = Array.isArray(ciphers) ? ciphers.filter((suite) => !strongSuites.has(suite)) : [];
  const where = { source: 'api', at, found: shownValue({ minTLSVersion: version ?? null, ciphers: ciphers ?? [] }) } as const;
  if (!strongVersions.has(version)) return failsBy(`${at} is of its own and allows ${version === undefined ? 'any version of TLS' : shownValue(version)}`, where);
  return Array.isArray(ciphers) && ciphers.length > 0 && weak.length === 0 ? passes(where) : failsBy(`${at} is of its own and allows ${weak.length > 0 ? shownValue(weak.join(', ')) : 'suites that it does not name'}`, where);
}

export function judgeLogForwarding(view: ClusterView): Finding {
  const lists = logForwarders.map((resource) => ({ resource, ...view.objects(resource) }));
  for (const { resource, items } of lists) {
    const found = items.find(forwardsAudit);
    if (found) return passes({ source: 'api', at: `${resource} ${nameOf(found)}`, found: 'audit' });
  }
  const lack = lists.find(({ missing }) => missing !== undefined);
  return lack ? unknownFor(lack.missing!, right(lack.resource)) : failsBy('no ClusterLogForwarder has a pipeline from the audit log to an output', { source: 'api', at: logForwarders.join(', ') });
}

function forwardsAudit({ fields }: AnyObject): boolean {
  if (fieldAt(fields, ['spec', 'managementState']) === 'Unmanaged') return false;
  // Whoever may make one in a namespace of theirs need not be let to collect.
  const conditions = (fieldAt(fields, ['status', 'conditions']) ?? []) as readonly unknown[];
  if (conditions.some((condition) => fieldAt(condition, ['status']) === 'False')) return false;
  const listAt = (name: string): readonly unknown[] => (fieldAt(fields, ['spec', name]) ?? []) as readonly unknown[];
  const inputs = new Set<unknown>(['audit', ...listAt('inputs').filter((input) => fieldAt(input, ['isAudit']) === true).map((input) => fieldAt(input, ['name']))]);
  return listAt('pipelines').some((pipeline) => {
    const [from, to] = ['inputRefs', 'outputRefs'].map((name) => (fieldAt(pipeline, [name]) ?? []) as readonly unknown[]);
    return from!.some((input) => inputs.has(input)) && to!.length > 0;
  });
}

/** A node gets in by aws-auth or by an access entry, and is no longer ready soon after what let it in is gone. */
export function judgeAwsAuth(view: ClusterView): Finding {
  const [maps, nodes] = [view.listed('configmaps'), view.listed('nodes')];
  const command = `upload what \`${describeCommands.eks}\` prints`;
  if (maps.items.some(({ namespace, name }) => namespace === 'kube-system' && name === 'aws-auth')) return unknownFor(`whether access entries count beside ConfigMap kube-system/aws-auth, which is there: ${command}`, { of: 'cloud' });
  if (maps.missing !== undefined) return unknownFor(maps.missing, right('configmaps of kube-system'));
  const joined = nodes.items.filter(({ ready, providerId }) => ready && providerId.startsWith('aws://')).length;
  return joined > 0 ? passes({ source: 'api', at: 'ConfigMap kube-system/aws-auth', found: `not there, and ${joined} ${joined === 1 ? 'node is' : 'nodes are'} ready` }) : unknownFor(`a node that is ready without ConfigMap kube-system/aws-auth, or else ${command}`, { of: 'cloud' });
}
