import type { ResourceRef } from '#inventory/resource-ref.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { orUnknown } from '../engine/part.js';
import type { ListScope } from '../engine/scope.js';
import { fail, implied, notApplicable, passPart, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { workloadsByNamespace } from '../indexes/by-namespace.js';
import { unreadablePolicy } from './undecided.js';
import { ciliumAuthentication, ciliumKeys } from './mesh/cilium-authentication.js';
import { isStrictItself, strictnessOf, weaknessOf } from './mesh/istio-mtls.js';
import { namespacePolicyOf, workloadPolicyOf, type LinkerdAnswer } from './mesh/linkerd-policy.js';
import { injectorKey, meshes, meshKeys, outsideByNature, type MeshNamespace, type MeshWorkload } from './mesh/meshes.js';

type Subject =
  | { readonly of: 'cluster' }
  | { readonly of: 'namespace'; readonly namespace: MeshNamespace }
  | { readonly of: 'workload'; readonly namespace: MeshNamespace; readonly workload: MeshWorkload }
  | { readonly of: 'cilium'; readonly namespace: string };

const namespaceRef = (name: string): ResourceRef => ({ group: '', kind: 'Namespace', namespace: '', name });

/** Namespaces with workloads and the workloads in them, where there is a mesh; the cluster where there is none. */
const eachMeshMember: ListScope<Subject> = {
  name: 'namespace or workload',
  family: 'list',
  needs: ['namespaces', ...meshKeys, ...ciliumKeys],
  *subjects(world) {
    const { installed, namespaces } = world.use(meshes);
    for (const namespace of namespaces) {
      yield { subject: { of: 'namespace', namespace }, resource: namespaceRef(namespace.name), part: '' };
      for (const workload of namespace.workloads) {
        const { group, kind, name } = workload.workload;
        yield { subject: { of: 'workload', namespace, workload }, resource: { group, kind, namespace: namespace.name, name }, part: '' };
      }
    }
    if (installed.size > 0) return;
    const { isUsed, doubtful } = world.use(ciliumAuthentication);
    if (!isUsed) yield { subject: { of: 'cluster' }, resource: { group: '', kind: 'Cluster', namespace: '', name: 'cluster' }, part: '' };
    if (isUsed || doubtful) for (const name of world.use(workloadsByNamespace).keys()) yield { subject: { of: 'cilium', namespace: name }, resource: namespaceRef(name), part: '' };
  },
};

const isIn = ({ state }: MeshWorkload): boolean => state === 'in';

function judgeMembers({ workloads }: MeshNamespace, world: World): Verdict {
  const part = 'member';
  if (workloads.some(isIn)) return provenPassPart(part);
  if (workloads.some(({ state }) => state === 'unknown')) world.list('namespaces');
  const outside = workloads.filter(({ state }) => state === 'out').length;
  if (outside === 0) return notApplicable('its pods are in the networks of their nodes, where no mesh reaches', part);
  world.workloads();
  return fail(`none of its ${outside} workloads is in the mesh: what they say to others is not encrypted by it, and nobody proves who they are`, { part, detail: { workloads: outside } });
}

/** How the mesh of most workloads decides for a namespace. */
function judgeNamespaceMtls(namespace: MeshNamespace, world: World): Verdict {
  const part = 'mtls';
  const members = namespace.workloads.filter(isIn);
  if (members.length === 0) return implied(part);
  const ofIstio = members.filter(({ mesh }) => mesh === 'istio');
  if (ofIstio.length > 0) {
    const { isStrict, because } = strictnessOf(world, namespace.name);
    if (!isStrict && !ofIstio.every((workload) => isStrictItself(world, workload))) return fail(`its pods take plain text beside mutual TLS: ${because}`, { part, detail: { mesh: 'istio', workloads: members.length } });
  }
  const ofLinkerd = members.filter(({ mesh }) => mesh === 'linkerd');
  if (ofLinkerd.length > 0) {
    const policy = namespacePolicyOf(namespace, world);
    const answers = policy.state === 'required' ? [] : ofLinkerd.map((workload) => workloadPolicyOf(world, workload, policy));
    const open = answers.find((answer) => answer.state === 'open');
    if (open) return fail(`its pods take requests from outside the mesh: ${open.because}`, { part, detail: { mesh: 'linkerd', workloads: members.length } });
    const untold = answers.find((answer) => answer.state === 'unknown');
    if (untold) return unknown(untold.missing, part);
  }
  return passPart(part);
}

function judgeWorkloadMtls(namespace: MeshNamespace, workload: MeshWorkload, world: World): Verdict {
  const part = 'mtls';
  if (workload.mesh === 'istio') {
    const weakness = weaknessOf(world, workload);
    if (!strictnessOf(world, namespace.name).isStrict) return isStrictItself(world, workload) ? passPart(part) : implied(part);
    return weakness === undefined ? passPart(part) : fail(`it takes plain text though its namespace does not: ${weakness}`, { part, detail: { mesh: 'istio' } });
  }
  const outer: LinkerdAnswer = namespacePolicyOf(namespace, world);
  const own = workloadPolicyOf(world, workload, outer);
  if (own.state === 'required') return passPart(part);
  if (own.state === 'unknown' || outer.state !== 'required') return implied(part);
  return fail(`it takes requests from outside the mesh though its namespace does not: ${own.because}`, { part, detail: { mesh: 'linkerd' } });
}

function judgeWorkload(namespace: MeshNamespace, workload: MeshWorkload, world: World): Verdict | readonly Verdict[] {
  switch (workload.state) {
    case 'host': return notApplicable('its pods are in the networks of their nodes, where no mesh reaches');
    case 'in': return [provenPassPart('member'), orUnknown('mtls', () => judgeWorkloadMtls(namespace, workload, world))];
    case 'unknown':
    case 'out': {
      if (!namespace.workloads.some(isIn)) return [implied('member'), implied('mtls')];
      if (workload.state === 'unknown') world.list('namespaces');
      return [fail('it is not in the mesh that others of its namespace are in: what it says to them is not encrypted by it', { part: 'member' }), implied('mtls')];
    }
  }
}

const cluster = (pods: string, rest = '') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec: {template: {spec: {containers: [{name: discovery, image: docker.io/istio/pilot:1.28.1}]}}}
---
${pods}${rest}`.replace(/---\n$/, '');
const namespace = (name: string, labels: string, annotations = '') => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {${labels}}, annotations: {${annotations}}}\n---\n`;
const pod = (name: string, { proxy = 'istio-proxy', metadata = '', spec = '' } = {}) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop, labels: {app: ${name}}${metadata}}\nspec: {${spec}containers: [{name: app, image: registry.example/app:1, ports: [{containerPort: 8080, name: http}]}${proxy === '' ? '' : `, {name: ${proxy}, image: registry.example/proxy:1}`}]}\nstatus: {phase: Running}\n---\n`;
const peerAuthentication = (where: string, spec: string, name = 'default') => `apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: ${name}, namespace: ${where}}\nspec: {${spec}}\n---\n`;
const strict = peerAuthentication('istio-system', 'mtls: {mode: STRICT}');
const shop = namespace('shop', 'istio-injection: enabled');
const linkerd = (pods: string) => `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: linkerd-destination, namespace: linkerd}\nspec: {template: {spec: {containers: [{name: destination, image: cr.l5d.io/linkerd/controller:edge-25.11.1}]}}}\n---\n${pods}`.replace(/---\n$/, '');
const inbound = (policy: string) => `linkerd.io/inject: enabled, config.linkerd.io/default-inbound-policy: ${policy}`;
const guarded = (authentication: string, labels = 'app: web') => `apiVersion: policy.linkerd.io/v1beta3\nkind: Server\nmetadata: {name: web, namespace: shop}\nspec: {podSelector: {matchLabels: {${labels}}}, port: http}\n---\napiVersion: policy.linkerd.io/v1alpha1\nkind: AuthorizationPolicy\nmetadata: {name: web, namespace: shop}\nspec: {targetRef: {group: policy.linkerd.io, kind: Server, name: web}, requiredAuthenticationRefs: [{group: policy.linkerd.io, kind: ${authentication}, name: web}]}\n---\n`;
const cilium = (rule: string, where = 'shop') => manifests(`${pod('web', { proxy: '' })}apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: proven, namespace: ${where}}\nspec: {endpointSelector: {}, ingress: [{fromEndpoints: [{}]${rule}}]}`);

export const meshMtls = defineControl({
  id: 'network/mesh-mtls',
  title: 'Pods speak mutual TLS with each other, and take nothing else',
  severity: 'medium',
  why: 'Without it whoever gets into the network reads and changes what pods say to each other, and any pod passes for any other. A mesh that still takes plain text, as it does when nobody tells it otherwise, protects only those who ask to be protected.',
  remediation: 'Istio: bring the namespace into the mesh (label istio-injection=enabled, or istio.io/dataplane-mode=ambient, then restart its pods) and make a PeerAuthentication named default with mtls.mode STRICT in istio-system; remove narrower ones that are PERMISSIVE or DISABLE. Linkerd: annotate the namespace with linkerd.io/inject: enabled and config.linkerd.io/default-inbound-policy: all-authenticated. Cilium: set authentication.mode: required in the ingress rules of a policy for all pods. Where no mesh is wanted, let applications speak TLS themselves, or encrypt between nodes with WireGuard.',
  frameworks: {
    'nsa-cisa': ['network/encryption', 'logging/service-meshes'], 'nist-800-190': ['4.3.3'], 'nist-800-53': ['IA-9', 'SC-8', 'SC-8(1)', 'SC-13', 'SC-23'],
    'owasp-kubernetes': ['K05', 'K09'], 'pci-dss': ['2.2.5'], soc2: ['CC6.1', 'CC6.7'],
  },
  evidence: ['api'],
  parts: { member: 'it is in the mesh', mtls: 'nothing but mutual TLS is taken' },
  scope: eachMeshMember,
  check(subject, world) {
    if (subject.of === 'cluster') {
      const { doubtful } = world.use(ciliumAuthentication);
      if (doubtful) return unknown(unreadablePolicy(doubtful));
      world.workloads();
      for (const key of [injectorKey, ...ciliumKeys] as const) world.list(key);
      return fail('no service mesh that is known here is installed: what pods say to each other is encrypted only where they do it themselves, or their network does', { severity: 'info' });
    }
    if (subject.of === 'cilium') {
      const { controlNamespaces } = world.use(meshes);
      const nature = outsideByNature(subject.namespace, controlNamespaces);
      if (nature !== undefined) return notApplicable(nature);
      const { everywhere, namespaces, doubtful } = world.use(ciliumAuthentication);
      if (everywhere || namespaces.has(subject.namespace)) return passPart('mtls');
      for (const key of ciliumKeys) world.list(key);
      if (doubtful) return unknown(unreadablePolicy(doubtful), 'mtls');
      return fail('no policy of Cilium asks everybody who calls its pods to prove who they are: authentication.mode is not required', { part: 'mtls', detail: { mesh: 'cilium' } });
    }
    const nature = outsideByNature(subject.namespace.name, world.use(meshes).controlNamespaces);
    if (nature !== undefined) return notApplicable(nature);
    return subject.of === 'namespace' ? [orUnknown('member', () => judgeMembers(subject.namespace, world)), orUnknown('mtls', () => judgeNamespaceMtls(subject.namespace, world))] : judgeWorkload(subject.namespace, subject.workload, world);
  },
  examples: {
    passes: [
      manifests(cluster(shop + pod('web') + strict)),
      manifests(cluster(namespace('shop', 'istio.io/dataplane-mode: ambient') + pod('web', { proxy: '' }) + strict), { title: 'Ambient: no proxy in the pod' }),
      manifests(cluster(shop + pod('web') + peerAuthentication('shop', 'mtls: {mode: STRICT}') + peerAuthentication('istio-system', 'mtls: {mode: PERMISSIVE}')), { title: 'The namespace is stricter than the mesh' }),
      manifests(cluster(shop + pod('web') + peerAuthentication('shop', 'mtls: {mode: UNSET}') + strict)),
      manifests(cluster(shop + pod('web') + peerAuthentication('shop', 'selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}')), { title: 'The only workload is strict by itself' }),
      manifests(linkerd(namespace('shop', '', inbound('all-authenticated')) + pod('web', { proxy: 'linkerd-proxy' }))),
      manifests(linkerd(namespace('shop', '', 'linkerd.io/inject: enabled') + pod('web', { proxy: 'linkerd-proxy' }) + guarded('MeshTLSAuthentication')), { title: 'Each of its ports has a Server for the mesh alone' }),
      cilium(', authentication: {mode: required}'),
    ],
    fails: [
      manifests(`${shop}${pod('web', { proxy: '' })}`.slice(0, -4), { title: 'No mesh, which is worth knowing' }),
      manifests(cluster(shop + pod('web')), { title: 'Without a PeerAuthentication plain text is taken' }),
      manifests(cluster(shop + pod('web') + peerAuthentication('istio-system', 'mtls: {mode: PERMISSIVE}'))),
      manifests(cluster(shop + pod('web') + strict + peerAuthentication('shop', 'mtls: {mode: DISABLE}'))),
      manifests(cluster(shop + pod('web') + strict + peerAuthentication('shop', 'selector: {matchLabels: {app: web}}, mtls: {mode: STRICT}, portLevelMtls: {8080: {mode: PERMISSIVE}}', 'web')), { title: 'One port takes plain text' }),
      manifests(cluster(shop + pod('web', { metadata: ', annotations: {traffic.sidecar.istio.io/excludeInboundPorts: "8080"}' }) + strict)),
      manifests(cluster(shop + pod('web') + pod('job', { proxy: '' }) + strict), { title: 'A pod without the proxy' }),
      manifests(cluster(namespace('shop', '') + pod('web', { proxy: '' }) + strict), { title: 'A namespace outside the mesh' }),
      manifests(linkerd(namespace('shop', '', inbound('all-unauthenticated')) + pod('web', { proxy: 'linkerd-proxy' }))),
      manifests(linkerd(namespace('shop', '', inbound('deny')) + pod('web', { proxy: 'linkerd-proxy', metadata: ', annotations: {config.linkerd.io/skip-inbound-ports: "8080"}' }))),
      cilium(', authentication: {mode: required}', 'blog'),
    ],
    unknown: [
      manifests(linkerd(namespace('shop', '', 'linkerd.io/inject: enabled') + pod('web', { proxy: 'linkerd-proxy' }) + guarded('MeshTLSAuthentication', 'app: null')), { title: 'A Server whose selector nobody understands' }),
      manifests(linkerd(namespace('shop', '', 'linkerd.io/inject: enabled') + pod('web', { proxy: 'linkerd-proxy' })), { title: 'The default of the installation is not read' }),
      manifests(cluster(shop + pod('web')), { missing: { 'peerauthentications.security.istio.io': 'forbidden' } }),
    ],
    notApplicable: [manifests(cluster('').replace(/\n---\n$/, ''), { title: 'Nothing but the mesh' })],
  },
});
