import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import type { ListScope } from '../engine/scope.js';
import { fail, notApplicable, pass, unknown } from '../engine/verdict.js';
import { authorizationOf } from './mesh/istio-authorization.js';
import { namespacePolicyOf, workloadPolicyOf } from './mesh/linkerd-policy.js';
import { meshes, meshKeys, outsideByNature, type MeshNamespace } from './mesh/meshes.js';

/** Namespaces that have workloads in a mesh. */
const eachMeshNamespace: ListScope<MeshNamespace> = {
  name: 'namespace in a mesh',
  family: 'list',
  needs: ['namespaces', ...meshKeys],
  *subjects(world) {
    for (const namespace of world.use(meshes).namespaces) yield { subject: namespace, resource: { group: '', kind: 'Namespace', namespace: '', name: namespace.name }, part: '' };
  },
};

const istio = (rest: string) => `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: registry.example/app:1}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec: {template: {spec: {containers: [{name: discovery, image: docker.io/istio/pilot:1.28.1}]}}}
---
${rest}`.replace(/---\n$/, '');
const policy = (namespace: string, spec: string, name = 'allow-nothing') => `apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {${spec}}\n---\n`;
const linkerd = (annotation: string) => manifests(`apiVersion: v1
kind: Namespace
metadata: {name: shop, annotations: {linkerd.io/inject: enabled${annotation}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: registry.example/app:1}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: linkerd-destination, namespace: linkerd}
spec: {template: {spec: {containers: [{name: destination, image: cr.l5d.io/linkerd/controller:edge-25.11.1}]}}}`);

export const meshAuthorization = defineControl({
  id: 'network/mesh-authorization',
  title: 'In a mesh, pods refuse what no policy allows',
  severity: 'low',
  why: 'A mesh proves who calls, and lets every caller in all the same unless somebody says otherwise: one pod that is taken over then calls every other in its own name.',
  remediation: 'Istio: make an AuthorizationPolicy with an empty spec in istio-system, which allows nothing, and one a workload that allows the service accounts that call it; remove policies whose rule is empty, for those allow everything. Linkerd: annotate the namespace with config.linkerd.io/default-inbound-policy: deny, and allow callers by AuthorizationPolicies. Try it in one namespace first.',
  frameworks: {
    'nsa-cisa': ['logging/service-meshes'], 'nist-800-190': ['4.3.3'], 'nist-800-53': ['AC-3', 'AC-4', 'IA-9', 'SC-7(5)'], 'mitre-attack': ['T1046'],
    'owasp-kubernetes': ['K05'], 'pci-dss': ['7.3.3'], soc2: ['CC6.1', 'CC6.6'],
  },
  evidence: ['api'],
  scope: eachMeshNamespace,
  check(judged, world) {
    const nature = outsideByNature(judged.name, world.use(meshes).controlNamespaces);
    if (nature !== undefined) return notApplicable(nature);
    const members = judged.workloads.filter(({ state }) => state === 'in');
    if (members.length === 0) {
      if (judged.workloads.some(({ state }) => state === 'unknown')) world.list('namespaces');
      return notApplicable('none of its workloads is in the mesh');
    }
    if (members.some(({ mesh }) => mesh === 'istio')) {
      const { isDenying, allowing } = authorizationOf(world, judged.name);
      if (!isDenying) return fail(allowing === undefined ? 'no AuthorizationPolicy for all of its pods denies what is not allowed: every caller is let in' : `${allowing} allows everything to everyone`, { detail: { mesh: 'istio', workloads: members.length } });
    }
    const ofLinkerd = members.filter(({ mesh }) => mesh === 'linkerd');
    if (ofLinkerd.length === 0) return pass;
    const outer = namespacePolicyOf(judged, world);
    if (outer.state === 'required') return pass;
    const answers = ofLinkerd.map((workload) => workloadPolicyOf(world, workload, outer));
    const open = answers.find((answer) => answer.state === 'open');
    if (open) return fail(`every caller is let in: ${open.because}`, { detail: { mesh: 'linkerd', workloads: members.length } });
    const untold = answers.find((answer) => answer.state === 'unknown');
    return untold ? unknown(untold.missing) : pass;
  },
  examples: {
    passes: [
      manifests(istio(policy('istio-system', ''))),
      manifests(istio(policy('shop', ''))),
      manifests(istio(policy('shop', 'action: ALLOW, rules: [{from: [{source: {namespaces: [shop]}}]}]')), { title: 'What it does not allow is denied' }),
      linkerd(', config.linkerd.io/default-inbound-policy: deny'),
      linkerd(', config.linkerd.io/default-inbound-policy: all-authenticated'),
    ],
    fails: [
      manifests(istio('')),
      manifests(istio(policy('shop', 'selector: {matchLabels: {app: web}}')), { title: 'For some of its pods alone' }),
      manifests(istio(policy('blog', '')), { title: 'In another namespace' }),
      manifests(istio(policy('istio-system', '') + policy('shop', 'rules: [{}]', 'allow-all')), { title: 'Another one allows everything' }),
      manifests(istio(policy('shop', 'action: DENY, rules: [{from: [{source: {namespaces: [blog]}}]}]')), { title: 'It denies a few, not the rest' }),
      linkerd(', config.linkerd.io/default-inbound-policy: all-unauthenticated'),
    ],
    unknown: [
      linkerd(''),
      manifests(istio(''), { missing: { 'authorizationpolicies.security.istio.io': 'forbidden' } }),
    ],
    notApplicable: [
      manifests('apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: app, image: registry.example/app:1}]}', { title: 'No mesh' }),
      manifests(istio('').replace('istio-injection: enabled', 'team: web')),
    ],
  },
});
