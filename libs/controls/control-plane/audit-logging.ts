import type { ComponentFacts } from '#inventory/facts.js';
import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import { defineControl } from '../engine/control.js';
import { orUnknown } from '../engine/part.js';
import { notApplicable, passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { eachComponent, flagOf } from '../scopes/each-component.js';
import { flagValues, SERVER_VERSION } from '../scopes/flag-values.js';
import { apiServer, managedCluster } from './api-server-example.js';

interface Retention {
  readonly part: string;
  readonly flag: string;
  readonly least: number;
  readonly unit: string;
  /** What 1.36 and later do where the flag is not set; before, nothing was set. */
  readonly newDefault: number;
}

const retentions: readonly Retention[] = [
  { part: 'max-age', flag: 'audit-log-maxage', least: 30, unit: 'days', newDefault: 366 },
  { part: 'max-backups', flag: 'audit-log-maxbackup', least: 10, unit: 'files', newDefault: 100 },
  { part: 'max-size', flag: 'audit-log-maxsize', least: 100, unit: 'MB a file', newDefault: 100 },
];

const newDefaults = { major: 1, minor: 36 };

function judgeRetention(component: ComponentFacts, { part, flag, least, unit, newDefault }: Retention, world: World): Verdict {
  const given = flagOf(component, flag);
  const version = minorOf(world.cluster.version ?? '');
  const isNew = version && !isBefore(version, newDefaults);
  if (given === undefined) {
    if (isNew) return newDefault >= least ? passPart(part) : provenFail(`--${flag} is not set`, { part });
    if (!version) return unknown({ fact: 'server-version', reason: 'not-in-upload', detail: `--${flag} is not set, and its default depends on the version of the API server, which is not known` }, part);
    return provenFail(`--${flag} is not set: at least ${least} ${unit} should be kept`, { part });
  }
  const value = Number(given);
  if (!/^\d+$/.test(given) || !Number.isSafeInteger(value)) return provenFail(`--${flag} is ${JSON.stringify(given.slice(0, 40))}, which is no number`, { part });
  if (value === 0) return judgeZero(flag, part, isNew === true);
  return value >= least ? passPart(part) : provenFail(`--${flag} is ${value}: at least ${least} ${unit} should be kept`, { part });
}

/** Zero keeps everything; for the size it meant 100 MB before 1.36 and means one file without end since. */
function judgeZero(flag: string, part: string, isNew: boolean): Verdict {
  if (part === 'max-size') return isNew ? provenFail(`--${flag} is 0: the file is never rotated and fills the disk`, { part }) : passPart(part);
  return unknown({ fact: 'component-flags', reason: 'not-requested', detail: `--${flag} is 0, which takes nothing away by ${part === 'max-age' ? 'age' : 'number'}: what is kept then hangs on the other bounds and on the disk, which no flag tells` }, part);
}

export const auditLogging = defineControl({
  id: 'control-plane/audit-logging',
  title: 'The API server writes an audit log and keeps it',
  severity: 'high',
  why: 'The audit log is the only record of who did what to the cluster. Without it a stolen token leaves no trace, and what was changed cannot be told from what always was.',
  remediation: 'Write an audit policy on each control plane node, mount it into kube-apiserver and set `--audit-policy-file` with `--audit-log-path` (or `--audit-webhook-config-file`), `--audit-log-maxage=30`, `--audit-log-maxbackup=10` and `--audit-log-maxsize=100` in its manifest; then ship the log off the node.',
  frameworks: {
    'cis-kubernetes': ['1.2.16#backend', '1.2.17#max-age', '1.2.18#max-backups', '1.2.19#max-size', '3.2.1#policy', '3.2.2#policy'], 'nsa-cisa': ['logging/audit'],
    'nist-800-53': ['AC-6(9)', 'AU-2', 'AU-3', 'AU-4', 'AU-11', 'AU-12'], 'mitre-attack': ['T1070', 'T1685'], 'owasp-kubernetes': ['K10'],
    'pci-dss': ['10.2.1', '10.2.2'], soc2: ['CC7.2'],
  },
  evidence: ['flags'],
  parts: {
    policy: 'an audit policy is set', backend: 'events go to a file or a webhook',
    'max-age': 'files are kept for 30 days', 'max-backups': '10 rotated files are kept', 'max-size': 'files are rotated at 100 MB or more',
  },
  scope: eachComponent('kube-apiserver'),
  check(component, world) {
    const path = flagOf(component, 'audit-log-path');
    const hasFile = path !== undefined && path !== '';
    const hasWebhook = !hasFile && (flagOf(component, 'audit-webhook-config-file') ?? '') !== '';
    const isElsewhere = path === '-' ? 'the log goes to the container\'s output, whose keeping is the log shipper\'s' : hasWebhook ? 'events go to a webhook, whose receiver keeps them' : undefined;
    return [
      orUnknown('policy', () => ((flagOf(component, 'audit-policy-file') ?? '') !== '' ? passPart('policy') : provenFail('no audit policy is set (--audit-policy-file), so nothing is recorded', { part: 'policy' }))),
      hasFile || hasWebhook ? passPart('backend') : provenFail('audit events go nowhere: neither --audit-log-path nor --audit-webhook-config-file is set', { part: 'backend' }),
      ...retentions.map((retention) => orUnknown(retention.part, () => (isElsewhere === undefined ? judgeRetention(component, retention, world) : notApplicable(isElsewhere, retention.part)))),
    ];
  },
  values: flagValues({
    policy: ['audit-policy-file'], backend: ['audit-log-path', 'audit-webhook-config-file'],
    ...Object.fromEntries(retentions.map(({ part, flag }) => [part, [flag, SERVER_VERSION]])),
  }),
  examples: {
    passes: [
      apiServer(['--audit-policy-file=/etc/kubernetes/audit.yaml', '--audit-log-path=/var/log/audit.log', '--audit-log-maxage=30', '--audit-log-maxbackup=10', '--audit-log-maxsize=100']),
      apiServer(['--audit-policy-file=/etc/kubernetes/audit.yaml', '--audit-webhook-config-file=/etc/kubernetes/webhook.yaml']),
      apiServer(['--audit-policy-file=/etc/kubernetes/audit.yaml', '--audit-log-path=/var/log/audit.log'], { version: 'v1.36.1', title: 'The defaults of 1.36 are enough' }),
    ],
    fails: [
      apiServer(['--audit-log-path=/var/log/audit.log', '--audit-log-maxage=30', '--audit-log-maxbackup=10', '--audit-log-maxsize=100'], { title: 'No policy' }),
      apiServer(['--audit-policy-file=/etc/kubernetes/audit.yaml', '--audit-log-maxage=30', '--audit-log-maxbackup=10', '--audit-log-maxsize=100'], { title: 'No backend' }),
      apiServer(['--audit-policy-file=/etc/kubernetes/audit.yaml', '--audit-log-path=/var/log/audit.log', '--audit-log-maxage=7', '--audit-log-maxbackup=2', '--audit-log-maxsize=10']),
      apiServer(['--audit-policy-file=/etc/kubernetes/audit.yaml', '--audit-log-path=/var/log/audit.log'], { version: 'v1.35.2', title: 'Nothing said of what is kept' }),
      apiServer(['--audit-policy-file=/etc/kubernetes/audit.yaml', '--audit-log-path=/var/log/audit.log', '--audit-log-maxsize=0'], { version: 'v1.36.1' }),
    ],
    unknown: [
      apiServer(['--audit-policy-file=/etc/kubernetes/audit.yaml', '--audit-log-path=/var/log/audit.log', '--audit-log-maxage=0', '--audit-log-maxbackup=10', '--audit-log-maxsize=100'], { title: 'Nothing is taken away by age' }),
      managedCluster,
    ],
  },
});
