import { enforcedLevel, enforceLabel, podSecurityPrefix } from '#inventory/pod-security/namespace-labels.js';
import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import type { Labels } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { valueOf } from '../engine/values.js';
import { fail, implied, notApplicable, passPart, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { eachNamespace } from '../scopes/each-namespace.js';
import { refusedWorkloads } from './refused-workloads.js';

const versionLabel = `${podSecurityPrefix}enforce-version`;

const patchOf = (labels: Labels) => ({ metadata: { labels } });

/** What only warns or records, in words; '' where nothing does. */
function onlyTold(labels: Labels): string {
  const told = ['warn', 'audit'].filter((mode) => labels[podSecurityPrefix + mode] !== undefined && labels[podSecurityPrefix + mode] !== 'privileged').map((mode) => `${mode}: ${labels[podSecurityPrefix + mode]}`);
  return told.length === 0 ? '' : `; ${told.join(' and ')} stops no pod`;
}

function judgeVersion(labels: Labels, world: World): Verdict {
  const part = 'version';
  const pinned = labels[versionLabel];
  if (pinned === undefined || pinned === 'latest') return fail(`the enforced level follows the newest version${pinned === undefined ? ', for want of a label' : ''}: an upgrade may refuse pods that ran before`, { part, severity: 'info' });
  const level = minorOf(pinned);
  if (!level) return fail(`the label ${versionLabel} says ${JSON.stringify(pinned.slice(0, 50))}, which is no version`, { part, severity: 'low' });
  const { version } = world.cluster;
  const server = minorOf(version ?? '');
  if (!server) return unknown({ fact: 'server-version', reason: 'not-in-upload', detail: 'the version of the API server is not known, so neither is whether the pinned level is outdated' }, part);
  return isBefore(level, server) ? fail(`the level is pinned to ${pinned}, older than the server's ${version}: what was added since is not enforced`, { part, severity: 'info', detail: { pinned, server: version } }) : passPart(part);
}

/** A fail of a level that is too low, saying what a higher one would refuse. */
function tooLow(message: string, name: string, labels: Labels, world: World, options: { readonly part: string; readonly severity?: 'low' }): Verdict {
  const { text, detail } = refusedWorkloads(name, labels[versionLabel], world);
  return fail(text === '' ? message : `${message}; ${text}`, { ...options, detail, patch: patchOf({ [enforceLabel]: 'restricted' }) });
}

const namespace = (labels: string, name = 'shop') => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {${labels}}}`;

export const psaEnforce = defineControl({
  id: 'workloads/psa-enforce',
  title: 'Every namespace enforces a Pod Security level',
  severity: 'high',
  why: 'Without an enforced level anybody who may create a pod in the namespace may create a privileged one, and owns a node. Warnings and audit entries stop nobody.',
  remediation: 'Try `kubectl label --dry-run=server --overwrite namespace NAME pod-security.kubernetes.io/enforce=restricted`: it names the running pods that would be refused, and the finding the workloads that would be. Mend those, then set the label for good, and pin `enforce-version` to the cluster\'s minor. Where restricted cannot be had yet, enforce baseline and record an exception with an end date.',
  frameworks: {
    'cis-kubernetes': ['5.2.1#enforce'], 'nsa-cisa': ['pod-security/enforcement'], 'nist-800-190': ['4.4.3', '4.4.5'], 'nist-800-53': ['CM-2', 'CM-6', 'CM-7'],
    'mitre-attack': ['T1610', 'T1611'], 'owasp-kubernetes': ['K01', 'K04'], 'pci-dss': ['2.2.1', '2.2.6'], soc2: ['CC6.8', 'CC8.1'],
  },
  evidence: ['api'],
  parts: { enforce: 'baseline or stricter is enforced', restricted: 'restricted is what is enforced', version: 'the enforced level is that of a known and current version' },
  scope: eachNamespace,
  check({ name, facts }, world) {
    if (!facts) {
      const outcome = world.outcome('namespaces');
      const lack = outcome.state === 'missing' || outcome.state === 'partial' ? { reason: outcome.reason, detail: outcome.detail } : undefined;
      const missing = { fact: 'namespaces' as const, ...(lack ?? { reason: outcome.state === 'observed' ? 'changed' : 'not-in-upload', detail: `namespace ${name} is known by what is in it alone; its labels were not seen` }) };
      return ['enforce', 'restricted', 'version'].map((part) => unknown(missing, part));
    }
    if (facts.terminating) return notApplicable('the namespace is being deleted and takes no more pods');
    const level = enforcedLevel(facts.labels);
    if (level === undefined || level === 'privileged') {
      const says = level === undefined ? 'enforces no Pod Security level' : 'enforces privileged, which refuses nothing';
      return [
        tooLow(`namespace ${name} ${says}${onlyTold(facts.labels)}`, name, facts.labels, world, { part: 'enforce' }),
        implied('restricted'),
        notApplicable('no level is enforced', 'version'),
      ];
    }
    return [
      passPart('enforce'),
      level === 'restricted' ? passPart('restricted') : tooLow(`namespace ${name} enforces baseline only: its pods may run as root, with the runtime's capabilities`, name, facts.labels, world, { part: 'restricted', severity: 'low' }),
      judgeVersion(facts.labels, world),
    ];
  },
  values: ({ facts }, _world, part) => (facts ? { [`label ${part === 'version' ? versionLabel : enforceLabel}`]: valueOf(facts.labels[part === 'version' ? versionLabel : enforceLabel]) } : undefined),
  examples: {
    passes: [
      manifests(namespace(`${enforceLabel}: restricted, ${versionLabel}: v1.36`), { version: 'v1.36.2' }),
      manifests(namespace(`${enforceLabel}: Baseline, ${versionLabel}: v1.36`), { version: 'v1.36.2', title: 'a level that does not exist, in whose place admission enforces restricted' }),
    ],
    fails: [
      manifests(namespace('team: web')),
      manifests(namespace(`${podSecurityPrefix}warn: restricted, ${podSecurityPrefix}audit: baseline`), { title: 'only told' }),
      manifests(namespace(`${enforceLabel}: privileged`)),
      manifests(namespace(`${enforceLabel}: baseline, ${versionLabel}: v1.36`), { version: 'v1.36.2', title: 'low: baseline' }),
      manifests(`${namespace(`${enforceLabel}: baseline, ${versionLabel}: v1.36`)}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: app, image: registry.example/app:1}]}`, { version: 'v1.36.2', title: 'low: baseline, and its workload would be refused at restricted' }),
      manifests(namespace(`${enforceLabel}: restricted`), { version: 'v1.36.2', title: 'info: not pinned' }),
      manifests(namespace(`${enforceLabel}: restricted, ${versionLabel}: v1.24`), { version: 'v1.36.2', title: 'info: pinned to the past' }),
    ],
    unknown: [
      manifests(namespace(`${enforceLabel}: restricted, ${versionLabel}: v1.36`), { title: 'whether the pin is outdated' }),
      manifests('apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: app, image: registry.example/app:1}]}', { missing: { namespaces: 'forbidden' } }),
    ],
    notApplicable: [manifests(namespace('kubernetes.io/metadata.name: kube-system', 'kube-system'))],
  },
});
