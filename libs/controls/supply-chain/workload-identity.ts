import type { ExposureFacts } from '#inventory/credentials/exposed-credential.js';
import type { Workload } from '#inventory/facts.js';
import { workloadKeys } from '#inventory/inventory.js';
import { refOf } from '#inventory/resource-ref.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import type { ListScope } from '../engine/scope.js';
import { orUnknown } from '../engine/part.js';
import { fail, notApplicable, passPart, provenFail, provenPassPart, type Verdict } from '../engine/verdict.js';
import { defineIndex, type World } from '../engine/world.js';
import { cloudOf, hasIdentity, isGivenIdentity, staticKeysIn, type Cloud, type StaticKeys } from './cloud-identities.js';

const staticKey = 'static-key';
const setup = 'setup';

/** What pods show of the cloud that the cluster is in. */
const ofPods = defineIndex(['nodes', ...workloadKeys], (world) => {
  const cloud = cloudOf(world, world.list('nodes'));
  const keys = new Map<Workload, StaticKeys>();
  let isUsed = false;
  if (cloud) {
    for (const workload of world.workloads()) {
      isUsed ||= cloud.agents.includes(workload.name);
      for (const id of workload.templates) {
        const template = world.template(id);
        isUsed ||= isGivenIdentity(cloud, template);
        const found = staticKeysIn(cloud, template);
        if (found.variables.length + found.secrets.length > 0 && !keys.has(workload)) keys.set(workload, found);
      }
    }
  }
  return { cloud, keys, isUsed };
});

const exposedKeys = (cloud: Cloud, { found }: ExposureFacts): readonly string[] =>
  found.filter(({ path, detector }) => cloud.detectors.has(detector) || cloud.keys.has(path.slice(path.lastIndexOf('.') + 1))).map(({ path }) => path);

type Subject = { readonly workload: Workload; readonly keys: StaticKeys; readonly cloud: Cloud } | { readonly exposure: ExposureFacts; readonly paths: readonly string[]; readonly cloud: Cloud } | { readonly cluster: true };

/** What holds a static key of the cluster's cloud, and the cluster. */
const eachHolder: ListScope<Subject> = {
  name: 'holder of a cloud\'s key',
  family: 'list',
  needs: [...workloadKeys, 'nodes', 'serviceaccounts', 'configmaps'],
  *subjects(world) {
    yield { subject: { cluster: true }, resource: { group: '', kind: 'Cluster', namespace: '', name: 'cluster' }, part: '' };
    const { cloud, keys } = world.use(ofPods);
    if (!cloud) return;
    for (const [workload, found] of keys) yield { subject: { workload, keys: found, cloud }, resource: refOf(workload), part: '', workload };
    for (const exposure of world.exposures) {
      const paths = exposure.key === 'configmaps' ? exposedKeys(cloud, exposure) : [];
      if (paths.length > 0) yield { subject: { exposure, paths, cloud }, resource: refOf(exposure), part: '' };
    }
  },
};

function judgeCluster(world: World): readonly Verdict[] {
  const { cloud, keys, isUsed } = world.use(ofPods);
  if (!cloud) return ['the nodes are in no cloud that gives pods identities of its own'].flatMap((reason) => [notApplicable(reason, setup), notApplicable(reason, staticKey)]);
  const isSetUp = isUsed || world.list('serviceaccounts').some((account) => hasIdentity(cloud, account)) || world.list('nodes').some(({ labels }) => cloud.nodeLabel !== undefined && labels[cloud.nodeLabel] === 'true');
  const judged = isSetUp
    ? provenPassPart(setup)
    : fail(`nothing in this cluster on ${cloud.name} uses ${cloud.identity}: what pods do in the cloud they do with static keys, or with the rights of their node`, { part: setup, detail: { cloud: cloud.name } });
  const hasKeys = keys.size > 0 || world.exposures.some((exposure) => exposure.key === 'configmaps' && exposedKeys(cloud, exposure).length > 0);
  if (hasKeys) return [judged];
  return [judged, orUnknown(staticKey, () => {
    // That no ConfigMap holds a key rests on all of them.
    world.list('configmaps');
    return passPart(staticKey);
  })];
}

function judge(subject: Subject, world: World): Verdict | readonly Verdict[] {
  if ('cluster' in subject) return judgeCluster(world);
  const { cloud } = subject;
  if ('exposure' in subject) {
    const { paths } = subject;
    return provenFail(`${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ' …' : ''} holds a static key of ${cloud.name}, where ${cloud.identity} makes it needless`, { part: staticKey, detail: { cloud: cloud.name, paths: paths.slice(0, 20) } });
  }
  const { variables, secrets } = subject.keys;
  const detail = { cloud: cloud.name, variables, secrets };
  if (variables.length > 0) return provenFail(`its containers get a static key of ${cloud.name} by ${variables.join(', ')}, where ${cloud.identity} makes it needless`, { part: staticKey, detail });
  return provenFail(`it uses Secret ${secrets.slice(0, 3).join(', ')}, by its name a static key of ${cloud.name}, where ${cloud.identity} makes it needless`, { part: staticKey, severity: 'medium', detail });
}

const node = (providerId: string, more = '') => `apiVersion: v1\nkind: Node\nmetadata: {name: a, labels: {${more}}}\nspec: {providerID: "${providerId}"}\n`;
const aws = node('aws:///eu-west-1a/i-0123', 'eks.amazonaws.com/nodegroup: workers');
const account = (annotation: string) => `---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: shop, annotations: {${annotation}}}\n`;
const pod = (container: string, spec = '', labels = '') => `---\napiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop, labels: {${labels}}}\nspec: {serviceAccountName: web, ${spec}containers: [{name: app, image: "registry.example/app:1"${container}}]}\n`;
const role = account('eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/web"');

export const workloadIdentity = defineControl({
  id: 'supply-chain/workload-identity',
  title: 'Pods act in the cloud with an identity of their own, not with static keys',
  severity: 'high',
  why: 'A static key of a cloud works from anywhere until somebody withdraws it, and whoever read it once in a variable, a Secret or a log has it. Without an identity of its own a pod uses such a key, or the rights of its whole node.',
  remediation: 'Give the service account of each workload a role or identity of the cloud: EKS Pod Identity or IAM roles for service accounts, Workload Identity Federation on GKE, Microsoft Entra Workload ID on AKS. Let the pod run as that account, take the key out of its variables and volumes (a key that is set is used before the identity), then withdraw the key.',
  frameworks: {
    'nsa-cisa': ['network/cloud-infrastructure', 'network/secrets'], 'nist-800-190': ['4.1.4'], 'nist-800-53': ['AC-6', 'IA-5', 'IA-5(7)', 'IA-9'],
    'mitre-attack': ['T1552', 'T1552.001', 'T1552.007'], 'owasp-kubernetes': ['K03', 'K08'], 'pci-dss': ['7.2.5', '8.6.2', '8.6.3'], soc2: ['CC6.1', 'CC6.3'],
  },
  evidence: ['api'],
  parts: { [staticKey]: 'no workload or ConfigMap holds a static key of the cluster\'s own cloud', [setup]: 'something uses identities of the cloud' },
  scope: eachHolder,
  check: judge,
  examples: {
    passes: [
      manifests(aws + role + pod('')),
      manifests(`${aws}---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: eks-pod-identity-agent, namespace: kube-system}\nspec: {template: {spec: {containers: [{name: agent, image: "eks/eks-pod-identity-agent:0.1"}]}}}`),
      manifests(node('gce://shop/europe-west1-b/a', 'cloud.google.com/gke-nodepool: a, iam.gke.io/gke-metadata-server-enabled: "true"')),
      manifests(node('azure:///subscriptions/a', 'kubernetes.azure.com/cluster: a') + pod('', '', 'azure.workload.identity/use: "true"')),
      manifests(aws + role + pod(', env: [{name: AWS_REGION, value: eu-west-1}, {name: AZURE_CLIENT_SECRET, value: x}]'), { title: 'A key of another cloud, which this one cannot replace' }),
    ],
    fails: [
      manifests(aws, { title: 'None is set up' }),
      manifests(aws + role + pod(', env: [{name: AWS_ACCESS_KEY_ID, value: x}, {name: AWS_SECRET_ACCESS_KEY, valueFrom: {secretKeyRef: {name: s3, key: secret}}}]')),
      manifests(aws + role + pod(', envFrom: [{secretRef: {name: aws-credentials}}]'), { title: 'By the name of the Secret' }),
      manifests(`${aws}${role}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {AWS_SECRET_ACCESS_KEY: hV8sT2kQ9mXw4ZbN7cRj1LfYp6GdA3uE5oHi0KtW}`),
      manifests(node('gce://shop/europe-west1-b/a', 'cloud.google.com/gke-nodepool: a, iam.gke.io/gke-metadata-server-enabled: "true"') + pod(', env: [{name: GOOGLE_APPLICATION_CREDENTIALS, value: /key/key.json}], volumeMounts: [{name: key, mountPath: /key}]', 'volumes: [{name: key, secret: {secretName: robot}}], ')),
    ],
    unknown: [
      manifests(aws, { missing: { serviceaccounts: 'forbidden' } }),
      manifests(aws + role, { missing: { configmaps: 'forbidden' } }),
      manifests(role.slice(4), { missing: { nodes: 'forbidden' } }),
    ],
    notApplicable: [manifests(node('kind://docker/a/b') + pod(', env: [{name: AWS_SECRET_ACCESS_KEY, value: x}]'), { title: 'Nodes of no cloud: the key may be for anything that speaks S3' })],
  },
});
