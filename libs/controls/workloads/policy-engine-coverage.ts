import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { fail, notApplicable, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { wholeCluster } from '../scopes/whole-cluster.js';
import { connaisseurVerifiers } from '../supply-chain/signature-engines/connaisseur.js';
import { sigstoreVerifiers } from '../supply-chain/signature-engines/sigstore.js';
import type { Verifier } from '../supply-chain/signature-engines/verifier.js';
import { isAlive, lackOfPolicy, type AdmissionPolicy, type Topic } from './policy-engines/admission-policy.js';
import { policyEngines, policyLists, restOnEveryList } from './policy-engines/engines.js';

const topics: Readonly<Record<Topic, string>> = { labels: 'asks for labels', registries: 'allows only some registries', signatures: 'asks for signatures of images' };

const ofVerifier = (verifier: Verifier): AdmissionPolicy => ({ ...verifier, about: new Set(['signatures']), isIgnoring: false });

function judge(topic: Topic, policies: readonly AdmissionPolicy[], world: World): Verdict {
  const about = policies.filter((policy) => policy.about.has(topic));
  if (about.some((policy) => policy.mode === 'deny' && isAlive(policy) === true)) return provenPassPart(topic);
  const lack = about.map(lackOfPolicy).find((each) => each !== undefined) ?? restOnEveryList(world, [...policyLists, 'clusterimagepolicies.policy.sigstore.dev']);
  if (lack) return unknown(lack, topic);
  const [first] = about;
  return fail(first ? `no policy that refuses ${topics[topic]}: ${first.policy} of ${first.engine} only reports, or is asked nothing` : `no policy that is known here ${topics[topic]}`, { part: topic });
}

const webhook = `---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: kyverno-resource-validating-webhook-cfg}
webhooks:
- name: validate.kyverno.svc-fail
  clientConfig: {service: {namespace: kyverno, name: kyverno-svc}}
  rules: [{operations: [CREATE, UPDATE], apiGroups: ['*'], apiVersions: ['*'], resources: [pods]}]
`;
const rule = (name: string, body: string) => `  - {name: ${name}, match: {any: [{resources: {kinds: [Pod]}}]}, ${body}}\n`;
const labels = rule('labels', 'validate: {message: no, pattern: {metadata: {labels: {owner: "?*"}}}}');
const registries = rule('registries', 'validate: {message: no, pattern: {spec: {containers: [{image: "registry.example/*"}]}}}');
const noLatest = rule('latest', 'validate: {message: no, pattern: {spec: {containers: [{image: "!*:latest"}]}}}');
const signatures = rule('signatures', "verifyImages: [{imageReferences: ['*'], attestors: [{entries: [{keys: {publicKeys: k8s://kyverno/key}}]}]}]");
const kyverno = (rules: string, action = 'Enforce') => `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: ours}\nspec:\n  validationFailureAction: ${action}\n  rules:\n${rules}${webhook}`;
const inServer = (name: string, expression: string) => `---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: ${name}}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations: [{expression: "${expression}"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: ${name}}
spec: {policyName: ${name}, validationActions: [Deny]}
`;

export const policyEngineCoverage = defineControl({
  id: 'workloads/policy-engine-coverage',
  title: 'The policy engine asks for labels, registries and signatures',
  severity: 'medium',
  why: 'Three rules pay for an engine: who owns it, where its image may come from, and who built that. Without the first an incident has nobody to call, without the others whoever can name an image in a manifest decides what the cluster runs.',
  remediation: 'Add the missing rule to the engine that you have: Kyverno\'s require-labels, restrict-image-registries and an ImageValidatingPolicy; K8sRequiredLabels and K8sAllowedRepos of the Gatekeeper library, with Ratify; Kubewarden\'s safe-labels, trusted-repos and verify-image-signatures; or ValidatingAdmissionPolicies on `object.metadata.labels` and `container.image`. Set each to refuse once its reports are clean.',
  frameworks: {
    'nsa-cisa': ['pod-security/enforcement', 'pod-security/secure-images#registries', 'pod-security/secure-images#signatures'],
    'nist-800-190': ['4.1.5#registries', '4.1.5#signatures', '4.4.5'], 'nist-800-53': ['CM-6', 'CM-7(5)#registries', 'SI-7(15)#signatures'],
    'mitre-attack': ['T1204.003', 'T1610'], 'owasp-kubernetes': ['K04'], 'pci-dss': ['2.2.1'], soc2: ['CC6.8', 'CC8.1'],
  },
  evidence: ['api'],
  parts: { labels: 'a rule for required labels', registries: 'a rule for allowed registries', signatures: 'a rule for image signatures' },
  scope: wholeCluster(),
  check(world) {
    const { installed, policies } = world.use(policyEngines);
    const names = Object.keys(topics) as readonly Topic[];
    if (installed.length === 0) {
      const missing = restOnEveryList(world);
      return names.map((topic) => (missing ? unknown(missing, topic) : notApplicable('there is no policy engine: workloads/policy-engine says so', topic)));
    }
    const all = [...policies, ...[...sigstoreVerifiers(world), ...connaisseurVerifiers(world)].map(ofVerifier)];
    return names.map((topic) => judge(topic, all, world));
  },
  examples: {
    passes: [
      manifests(kyverno(labels + registries + signatures).replace('kind: ValidatingWebhookConfiguration', 'kind: MutatingWebhookConfiguration')),
      manifests(`${inServer('labels', "'owner' in object.metadata.labels")}${inServer('registries', "object.spec.containers.all(c, c.image.startsWith('registry.example/'))")}${kyverno(signatures).replace(/^/, '---\n')}`, { title: 'By two engines' }),
      manifests(`apiVersion: constraints.gatekeeper.sh/v1beta1
kind: K8sRequiredLabels
metadata: {name: owner}
spec: {match: {kinds: [{apiGroups: [''], kinds: [Pod]}]}}
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: K8sAllowedRepos
metadata: {name: ours}
spec: {enforcementAction: deny}
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: RatifyVerification
metadata: {name: signed}
spec: {enforcementAction: deny}
---
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: ratifyverification}
spec: {crd: {spec: {names: {kind: RatifyVerification}}}}
${webhook.replace('kyverno-resource-validating-webhook-cfg', 'gatekeeper-validating-webhook-configuration').replace('validate.kyverno.svc-fail', 'validation.gatekeeper.sh').replace('kyverno-svc', 'gatekeeper-webhook-service')}`),
    ],
    fails: [
      manifests(kyverno(labels + registries)),
      manifests(kyverno(labels + registries + signatures, 'Audit'), { title: 'They only report' }),
      manifests(kyverno(labels + noLatest + signatures), { title: 'A rule about tags allows every registry' }),
      manifests(inServer('labels', "'owner' in object.metadata.labels").replace(/^---\n/, '')),
    ],
    unknown: [
      manifests(kyverno(labels + registries), { missing: { 'clusterimagepolicies.policy.sigstore.dev': 'forbidden' } }),
      manifests(kyverno(labels + registries + signatures), { missing: { 'mutatingwebhookconfigurations.admissionregistration.k8s.io': 'forbidden', 'validatingwebhookconfigurations.admissionregistration.k8s.io': 'forbidden' } }),
    ],
    notApplicable: [manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}')],
  },
});
