import type { Workload } from '#inventory/facts.js';
import type { ExposedCredential, ExposureFacts } from '#inventory/credentials/exposed-credential.js';
import { MOST_CHARACTERS, MOST_PATHS } from '#inventory/credentials/find-credentials.js';
import { workloadKeys, type ListedKey } from '#inventory/inventory.js';
import { refOf } from '#inventory/resource-ref.js';
import type { ResourceKey } from '#inventory/resources.js';
import type { Severity } from '../engine/control.js';
import { defineControl } from '../engine/control.js';
import { container, manifests } from '../engine/example.js';
import type { ListScope, ScopedSubject } from '../engine/scope.js';
import { fail, pass, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';

const identityOf = ({ group, kind, namespace, name }: Pick<Workload, 'group' | 'kind' | 'namespace' | 'name'>): string => `${group}/${kind}/${namespace}/${name}`;

/** Kinds whose texts are looked through. */
const listed = [
  'configmaps', 'namespaces', 'serviceaccounts', 'services', 'ingresses.networking.k8s.io',
  'helmreleases.helm.toolkit.fluxcd.io', 'helmrepositories.source.toolkit.fluxcd.io', 'gitrepositories.source.toolkit.fluxcd.io', 'applications.argoproj.io',
] as const satisfies readonly ListedKey[];

/** All objects that are no workloads and in which nothing was found. */
const rest = 'rest';

type Judged = ExposureFacts | typeof rest | undefined;

/** Every workload, and every other object in which something was found; of the many in which nothing was, the cluster says it once. */
const eachExposedObject: ListScope<Judged> = {
  name: 'object with texts',
  family: 'list',
  needs: [...workloadKeys, ...listed],
  *subjects(world): Generator<ScopedSubject<Judged>> {
    const exposures = new Map(world.exposures.map((exposure) => [identityOf(exposure), exposure]));
    for (const workload of world.seenWorkloads()) {
      const identity = identityOf(workload);
      const exposure = exposures.get(identity);
      exposures.delete(identity);
      yield { subject: exposure, resource: refOf(workload), part: '', workload };
    }
    for (const exposure of exposures.values()) yield { subject: exposure, resource: refOf(exposure), part: '' };
    if (exposures.size === 0) yield { subject: rest, resource: { group: '', kind: 'Cluster', namespace: '', name: 'cluster' }, part: '' };
  },
};

/** Detectors that say that a value is most likely a credential, or the public half of one. */
const likely: ReadonlySet<string> = new Set(['secret-name', 'aws-access-key', 'google-api-key']);

function judgeCredential({ path, detector, hint, line }: ExposedCredential): Verdict {
  const where = `${path.length > 150 ? `${path.slice(0, 150)}…` : path}${line === undefined ? '' : `, line ${line},`}`;
  const what = detector === 'secret-name' ? 'the value of a credential by its name' : `a credential by its form (${detector})`;
  const severity: Severity = likely.has(detector) ? 'high' : 'critical';
  return fail(`${where} holds ${what}, in plain text: ${hint}`, { part: path, severity, detail: { path, detector, hint, ...(line !== undefined && { line }) } });
}

function judge(exposure: Judged, world: World): Verdict | readonly Verdict[] {
  if (!exposure) return pass;
  if (exposure === rest) {
    for (const key of listed) world.list(key);
    return pass;
  }
  const { key, found } = exposure;
  const verdicts = found.map(judgeCredential);
  if (exposure.isUnread) verdicts.push(unknown({ fact: key, reason: 'too-large', detail: `some objects have more than ${MOST_CHARACTERS / 1024 / 1024} MiB of text, which was not looked through` }, 'unread'));
  if (exposure.more !== undefined) verdicts.push(unknown({ fact: key, reason: 'limit', detail: `some objects hold more credentials than the ${MOST_PATHS} that are told` }, 'more'));
  return verdicts;
}

const configMap = (data: string) => manifests(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata:\n${data}`);

const annotated = `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"apiVersion":"v1","kind":"ConfigMap","data":{"DB_PASSWORD":"tr0ub4dor&3"}}'
data: {DB_HOST: db}`;

const unread = (key: ResourceKey) => manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { missing: { [key]: 'forbidden' } });

export const secretsInPlainText = defineControl({
  id: 'supply-chain/secrets-in-plain-text',
  title: 'No credential stands in a ConfigMap, an environment literal, an argument or an annotation',
  severity: 'critical',
  why: 'ConfigMaps, pod templates and annotations are given to everybody who may look at a namespace, to dashboards, backups and logs of deployments, and are not encrypted where Secrets are. A credential that stands there belongs to all of them.',
  remediation: 'Take the credential to be known and have a new one issued. Put the new one into a Secret, or better into an external store that makes the Secret, and let the container get it as a mounted file, or by secretKeyRef; a configuration file takes it from an environment variable or a file of its own. Then take the old value out of the manifest, of the values of its chart and of the history of its repository. Where only an annotation still has it, apply the manifest anew, or remove the annotation with kubectl annotate.',
  frameworks: {
    'nsa-cisa': ['network/secrets'], 'nist-800-190': ['4.1.4'], 'nist-800-53': ['IA-5', 'IA-5(7)', 'SC-28'], 'mitre-attack': ['T1552', 'T1552.001', 'T1552.007'],
    'owasp-kubernetes': ['K03'], 'pci-dss': ['8.3.2', '8.6.2'], soc2: ['CC6.1', 'C1.1'],
  },
  evidence: ['api'],
  scope: eachExposedObject,
  check: judge,
  examples: {
    passes: [
      container('env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}, {name: MODE, value: fast}]'),
      container("env: [{name: DB_PASSWORD_FILE, value: /run/secrets/db}, {name: TOKEN_TTL, value: '3600'}, {name: DB_URL, value: 'postgres://app:$(DB_PASSWORD)@db/shop'}, {name: EXISTING_SECRET, value: shop-db}]"),
      container("env: [{name: API_TOKEN, value: ''}, {name: CLIENT_SECRET, value: '<your client secret>'}, {name: ALLOW_EMPTY_PASSWORD, value: 'yes'}, {name: GITHUB_CREDENTIALS, value: github-credentials}]"),
      container("args: [--token-file=/var/run/token, --password, $(DB_PASSWORD), --max-tokens=2048]"),
      configMap('  LOG_LEVEL: debug\n  application.yaml: |\n    spring.datasource.password: ${DB_PASSWORD}\n    # password: only an example\n    management.endpoint.token.ttl: 3600'),
    ],
    fails: [
      container("env: [{name: DB_PASSWORD, value: 'tr0ub4dor&3'}]"),
      container("env: [{name: DB_URL, value: 'postgres://app:tr0ub4dor-3@db.shop.svc/shop'}]"),
      container("args: [serve, '--admin-password=tr0ub4dor&3']"),
      container("command: [sh, -c, 'export PGPASSWORD=tr0ub4dor3; psql -h db']"),
      configMap("  AWS_SECRET_ACCESS_KEY: hV8sT2kQ9mXw4ZbN7cRj1LfYp6GdA3uE5oHi0KtW"),
      configMap('  deploy.sh: |\n    set -e\n    git clone https://deploy:tr0ub4dor-3@git.shop.example/web'),
      configMap('  application.properties: |\n    spring.datasource.username=shop\n    spring.datasource.password=tr0ub4dor3'),
      manifests(annotated, { title: 'an annotation that still has what the ConfigMap has no more' }),
      manifests('apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: db, namespace: shop}\nspec: {values: {auth: {username: shop, password: tr0ub4dor3}}}', { title: 'values of a chart' }),
    ],
    unknown: [unread('configmaps'), unread('deployments.apps')],
  },
});
