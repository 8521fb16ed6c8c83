import type { MetadataFacts } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { notApplicable, provenFail, provenPass, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { eachSecret } from '../scopes/each-object.js';
import { originOf } from './secret-origins.js';

const DAY = 24 * 60 * 60 * 1000;
/** A year, where the organisation says nothing: most rules ask for less. */
const DEFAULT_DAYS = 365;

const timeOf = (text: string | undefined): number | undefined => {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
};

function judge(secret: MetadataFacts, { now, policy }: World): Verdict {
  const origin = originOf(secret);
  if (origin.by === 'program') return notApplicable(origin.reason);
  if (origin.by === 'store') return notApplicable(`${origin.product} copies it from a store, which knows when it was changed`);
  const days = policy.secretMaxAgeDays ?? DEFAULT_DAYS;
  const bound = now - days * DAY;
  const [created, written] = [timeOf(secret.createdAt), timeOf(secret.dataWrittenAt)];
  if ((created !== undefined && created >= bound) || (written !== undefined && written >= bound)) return provenPass;
  if (created === undefined) return unknown({ fact: 'secrets', reason: 'not-in-upload', detail: 'when some Secrets were made is not in what was read: manifests do not say it' });
  if (written === undefined) return unknown({ fact: 'secrets', reason: 'not-in-upload', detail: 'when the data of some Secrets was last written is not in what was read: kubectl leaves it out without --show-managed-fields' });
  const since = secret.dataWrittenAt!.slice(0, 10);
  // A date, not an age, which would make a new finding of it every day.
  return provenFail(`its data was last written on ${since}, longer than ${days} days ago`, { detail: { created: secret.createdAt!.slice(0, 10), written: since, maxAgeDays: days } });
}

const secret = (metadata: string, type = 'Opaque') => `apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop, ${metadata}}\ntype: ${type}\n`;
const written = (time: string) => `managedFields: [{manager: kubectl, operation: Update, apiVersion: v1, time: "${time}", fieldsType: FieldsV1, fieldsV1: {"f:data": {"f:password": {}}}}]`;
const old = 'creationTimestamp: "2024-08-11T14:01:08Z"';

export const secretAge = defineControl({
  id: 'supply-chain/secret-age',
  title: 'Static credentials are replaced before they are old',
  severity: 'low',
  why: 'The longer a password or key stays the same, the more backups, terminals and people that left have it, and nobody knows which of them still use it.',
  remediation: 'Have a new credential issued, write it into the Secret, restart what uses it, and withdraw the old one. An external store that replaces credentials by itself, or credentials that are made for an hour, end the chore. The age from which a Secret counts as old is the organisation\'s to set (secretMaxAgeDays, a year where nothing is set).',
  frameworks: {
    'nsa-cisa': ['network/secrets'], 'nist-800-53': ['IA-5', 'SC-12'], 'mitre-attack': ['T1078', 'T1552'], 'owasp-kubernetes': ['K03'], 'pci-dss': ['8.6.3'],
    soc2: ['CC6.1'],
  },
  evidence: ['api'],
  scope: eachSecret,
  check: judge,
  examples: {
    passes: [
      manifests(secret('creationTimestamp: "2026-08-11T14:01:08Z"')),
      manifests(secret(`${old}, ${written('2026-07-01T08:00:00Z')}`), { title: 'It is old, and its data is not' }),
      manifests(secret(`${old}, ${written('2025-01-01T08:00:00Z')}`), { policy: { secretMaxAgeDays: 1000 } }),
    ],
    fails: [
      manifests(secret(`${old}, ${written('2024-08-11T14:01:08Z')}`)),
      manifests(secret(`${old}, ${written('2026-07-01T08:00:00Z')}`), { policy: { secretMaxAgeDays: 90 }, title: 'By the organisation\'s own bound' }),
      manifests(secret(`${old}, ${written('2024-08-11T14:01:08Z')}, ownerReferences: [{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, name: db, uid: a}]`), { title: 'Sealed, and as static as any' }),
      manifests(secret(`${old}, ${written('2024-08-11T14:01:08Z')}`, 'kubernetes.io/dockerconfigjson')),
    ],
    unknown: [
      manifests(secret('labels: {app: db}'), { title: 'A manifest, which has no age' }),
      manifests(secret(old), { title: 'Its data may have been written since' }),
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { missing: { secrets: 'forbidden' } }),
    ],
    notApplicable: [
      manifests(secret(old, 'helm.sh/release.v1')),
      manifests(secret(`${old}, annotations: {cert-manager.io/certificate-name: web}`, 'kubernetes.io/tls')),
      manifests(secret(`${old}, ownerReferences: [{apiVersion: external-secrets.io/v1, kind: ExternalSecret, name: db, uid: a}]`)),
    ],
  },
});
