import { parseImage } from '#inventory/image-reference.js';
import { isWorkloadKey, workloadKeys, type ListedKey } from '#inventory/inventory.js';
import { isBefore, minorOf, type MinorVersion } from '#inventory/readers/minor-version.js';
import { removalOf, removedVersionOf, removedVersions } from '#inventory/removed-api-versions.js';
import type { ResourceRef } from '#inventory/resource-ref.js';
import { resourceKeys, resourceType } from '#inventory/resources.js';
import { defineControl } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import type { ScopedSubject, TemplateScope } from '../engine/scope.js';
import { provenFail, provenPass, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { oldestSupported } from './support-windows.js';

type Judged = { readonly of: 'written'; readonly kind: string; readonly apiVersion: string } | { readonly of: 'tiller'; readonly container: string };

/** Lists of kinds that had another version once. */
const listed: readonly ListedKey[] = resourceKeys.filter((key): key is ListedKey => {
  const { group, kind } = resourceType(key);
  return !isWorkloadKey(key) && removedVersions.some(({ kinds, instead }) => kinds.includes(kind) && instead.startsWith(`${group}/`));
});

const isTiller = (image: string): boolean => image.includes('tiller') && parseImage(image)?.repository.split('/').at(-1) === 'tiller';

function* written(world: World): Iterable<ResourceRef & { readonly writtenAs?: string }> {
  for (const workload of world.seenWorkloads()) if (workload.writtenAs !== undefined) yield workload;
  for (const key of listed) {
    const { group, kind } = resourceType(key);
    for (const { namespace, name, writtenAs } of world.seen(key)) if (writtenAs !== undefined) yield { group, kind, namespace, name, writtenAs };
  }
}

/** Objects that say by which version they were written, where it is one that goes; what does not say so is none. */
const eachOutdated: TemplateScope<Judged> = {
  name: 'object written by an outgoing API version',
  family: 'template',
  needs: [...workloadKeys, ...listed],
  expand({ template }, visit) {
    for (const { name, image } of template.containers) if (isTiller(image)) visit({ of: 'tiller', container: name }, 'tiller');
  },
  *beside(world): Iterable<ScopedSubject<Judged>> {
    for (const { group, kind, namespace, name, writtenAs } of written(world)) {
      yield { subject: { of: 'written', kind, apiVersion: writtenAs! }, resource: { group, kind, namespace, name }, part: '' };
    }
  },
};

const textOf = ({ major, minor }: MinorVersion): string => `${major}.${minor}`;

function judge(kind: string, apiVersion: string, world: World): Verdict {
  const entry = removedVersionOf(apiVersion, kind)!;
  const removal = removalOf(entry);
  const detail = { apiVersion, removedIn: entry.removedIn, instead: entry.instead };
  const server = minorOf(world.cluster.version ?? '');
  if (!server) {
    const oldest = oldestSupported(world.now);
    if (!oldest || isBefore(oldest, removal)) return unknown({ fact: 'server-version', reason: 'not-in-upload', detail: 'the version of the API server is not known, so neither is which API versions its next one serves' });
    return provenFail(`it is written as ${apiVersion}, which no server since ${entry.removedIn} takes: write it as ${entry.instead}`, { detail });
  }
  const next = { major: server.major, minor: server.minor + 1 };
  if (isBefore(next, removal)) return provenPass;
  const when = isBefore(server, removal) ? `${textOf(next)}, the next minor version, no longer takes` : `servers since ${entry.removedIn} no longer take`;
  return provenFail(`it was written as ${apiVersion}, which ${when}: its next apply fails unless it is written as ${entry.instead}`, { detail });
}

const applied = (apiVersion: string, version?: string): Example =>
  manifests(`apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n  namespace: shop\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '{"apiVersion":"${apiVersion}","kind":"Ingress","metadata":{"name":"web"}}'\nspec: {}`, version === undefined ? {} : { version });
const policy = (version: string): Example => manifests('apiVersion: admissionregistration.k8s.io/v1beta1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: labels}\nspec: {}', { version });
const tiller = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: tiller-deploy, namespace: kube-system}\nspec: {template: {spec: {containers: [{name: tiller, image: "ghcr.io/helm/tiller:v2.17.0"}]}}}';

export const deprecatedApis = defineControl({
  id: 'governance/deprecated-apis',
  title: 'Objects are written by API versions that the next server still takes',
  severity: 'low',
  why: 'A server goes on converting what it once stored, and refuses the manifest it came from: after the upgrade, the next roll-out, or the restore on the worst day, fails. Fear of that is what keeps clusters on versions without security fixes. Helm 2\'s Tiller is the same in the large: it speaks only what is gone, and does whatever anybody in the cluster asks of it.',
  remediation: 'Write the manifest or chart by the version that the message names (`kubectl convert -f FILE --output-version …` rewrites it) and apply it again before the upgrade. Where the object is no longer anybody\'s, delete it. Move releases of Helm 2 to Helm 3 and delete Tiller.',
  frameworks: { 'nsa-cisa': ['upgrades/patches'], 'nist-800-53': ['CM-2', 'SA-22', 'SI-2'], 'owasp-kubernetes': ['K07'], soc2: ['CC8.1', 'A1.2'] },
  evidence: ['api'],
  parts: { tiller: 'the server part of Helm 2' },
  scope: eachOutdated,
  check(subject, world) {
    if (subject.of === 'written') return judge(subject.kind, subject.apiVersion, world);
    return provenFail(`container ${subject.container} is Tiller, the server of Helm 2, which does what any pod asks of it and gets no fixes since 2020`);
  },
  examples: {
    passes: [
      { ...policy('v1.32.4'), title: 'Gone in 1.34, which is not the next version yet' },
      { ...applied('networking.k8s.io/v1beta1', 'v1.20.4'), title: 'Gone in 1.22, which is not the next version yet' },
    ],
    fails: [
      applied('extensions/v1beta1', 'v1.36.1'),
      { ...policy('v1.33.1'), title: 'The next version no longer takes it' },
      manifests('apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: web, namespace: shop}\nspec: {maxUnavailable: 1}', { title: 'Sent in, for a server that is not known' }),
      manifests('apiVersion: apps/v1beta2\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {template: {spec: {containers: [{name: app, image: registry.example/app:1}]}}}', { version: 'v1.15.4' }),
      manifests(tiller),
    ],
    notApplicable: [
      applied('networking.k8s.io/v1', 'v1.36.1'),
      manifests('apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {template: {spec: {containers: [{name: app, image: registry.example/app:1}]}}}', { version: 'v1.36.1' }),
    ],
  },
});
