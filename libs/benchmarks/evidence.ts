import type { ConfigurationKey } from '#inventory/projection/configuration.js';
import type { BenchmarkPlatform } from './benchmark.js';
import type { Component } from './component.js';
import { placesOf } from './paths/path-tables.js';
import { textOf, type PathRef } from './paths/path-ref.js';
import { rulesWithin, type CloudProvider, type Rule } from './rules/rule.js';

/** One kind of evidence that can decide an item. */
export type Evidence =
  | { readonly class: 'flags'; readonly component: Component }
  | { readonly class: 'file'; readonly paths: readonly PathRef[] }
  | { readonly class: 'configz' }
  | { readonly class: 'api'; readonly resources: readonly string[] }
  | { readonly class: 'probe' }
  | { readonly class: 'cloud'; readonly provider: CloudProvider };

/** The command whose JSON is the provider's description of a cluster. */
export const describeCommands = {
  eks: 'aws eks describe-cluster --name NAME --output json',
  aks: 'az aks show --resource-group GROUP --name NAME --output json',
  gke: 'gcloud container clusters describe NAME --location LOCATION --format json',
} as const satisfies Record<CloudProvider, string>;

/** OpenShift Logging from 6 on has them in a group of their own. */
export const logForwarders = ['clusterlogforwarders.observability.openshift.io', 'clusterlogforwarders.logging.openshift.io'] as const satisfies readonly ConfigurationKey[];

/** What a rule is decided from. */
export const evidenceOf = (rule: Rule): readonly Evidence[] => distinct(rulesWithin(rule).flatMap(ownEvidence));

/** Each kind once, in order. */
export function distinct(evidence: readonly Evidence[]): readonly Evidence[] {
  const byText = new Map(evidence.map((one) => [JSON.stringify(one), one]));
  return [...byText.values()];
}

function ownEvidence(rule: Rule): readonly Evidence[] {
  switch (rule.kind) {
    case 'file-mode':
    case 'file-owner': return [{ class: 'file', paths: rule.paths }];
    case 'config-file':
    case 'authorizers':
    case 'encryption-provider':
    case 'audit-policy': return [{ class: 'file', paths: [rule.file] }];
    case 'authorities-differ': return [{ class: 'file', paths: [rule.one, rule.other] }];
    case 'flag': return [{ class: 'flags', component: rule.component }];
    case 'kubelet': return [{ class: 'configz' }, { class: 'file', paths: ['kubelet-config'] }];
    case 'kube-proxy': return [{ class: 'api', resources: ['configmaps', 'pods'] }, { class: 'flags', component: 'kube-proxy' }];
    case 'operator-config': return [{ class: 'api', resources: [`configmaps of ${rule.namespace}`] }];
    case 'tls-profile':
    case 'object':
    case 'condition': return [{ class: 'api', resources: [rule.object.resource] }];
    case 'objects-named':
    case 'namespaces-have': return [{ class: 'api', resources: rule.resources }];
    case 'no-binding': return [{ class: 'api', resources: ['clusterrolebindings.rbac.authorization.k8s.io', 'rolebindings.rbac.authorization.k8s.io'] }];
    case 'capability-dropped': return [{ class: 'api', resources: ['pods'] }];
    case 'constraints': return [{ class: 'api', resources: ['securitycontextconstraints.security.openshift.io', 'clusterrolebindings.rbac.authorization.k8s.io', 'rolebindings.rbac.authorization.k8s.io'] }];
    case 'nodes-are-private': return [{ class: 'api', resources: ['nodes'] }];
    case 'routes-have-certificates': return [{ class: 'api', resources: ['ingresses.networking.k8s.io', 'services', ...(rule.naming ? [rule.naming.resource] : [])] }];
    case 'audit-log-forwarded': return [{ class: 'api', resources: logForwarders }];
    case 'joined-without-aws-auth': return [{ class: 'api', resources: ['configmaps of kube-system', 'nodes'] }];
    case 'cloud': return [{ class: 'cloud', provider: rule.provider }];
    case 'control-plane-logs': return [{ class: 'cloud', provider: 'eks' }];
    case 'before':
    case 'all':
    case 'any':
    case 'first-known':
    case 'not-applicable':
    case 'undecidable': return [];
  }
}

/** Where evidence is to be had on a platform, completing "it is read from …". */
export function whereToGet(evidence: Evidence, platform: BenchmarkPlatform): string {
  switch (evidence.class) {
    case 'flags': return flagsOf(evidence.component, platform);
    case 'file': return `the node collector, which reads ${evidence.paths.flatMap((ref) => placesOf(ref, platform)).map(textOf).join(', ') || 'what the running process names'}`;
    case 'configz': return 'the kubelet\'s configz (the right to get nodes/proxy, or the collector on the node asking its own kubelet)';
    case 'api': return `the Kubernetes API (the right to list ${evidence.resources.join(', ')})`;
    case 'probe': return 'requests to the API server without a credential';
    case 'cloud': return `the provider's description of the cluster: upload what \`${describeCommands[evidence.provider]}\` prints`;
  }
}

const namespaces: Partial<Record<Component, string>> = { 'kube-apiserver': 'openshift-kube-apiserver', 'kube-controller-manager': 'openshift-kube-controller-manager', 'kube-scheduler': 'openshift-kube-scheduler', etcd: 'openshift-etcd' };

function flagsOf(component: Component, platform: BenchmarkPlatform): string {
  const collector = 'the node collector, which reads its command line';
  if (component === 'kubelet') return `the kubelet's /flagz, which kubelets serve by default from 1.36 on (the right to get nodes/proxy), or ${collector}`;
  if (component === 'kube-proxy') return collector;
  if (platform === 'k3s') return component === 'etcd' ? collector : `the annotation k3s.io/node-args of server nodes with the defaults of k3s, or ${collector} of k3s`;
  const namespace = platform === 'openshift' ? namespaces[component] : 'kube-system';
  return `the mirror pods of ${component} in ${namespace}${component === 'kube-apiserver' ? ', its /flagz from 1.36 on' : ''}, or ${collector}`;
}
