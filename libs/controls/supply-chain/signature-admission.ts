import type { MissingEvidence } from '#inventory/observed.js';
import type { ResourceKey } from '#inventory/resources.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { fail, implied, passPart, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import { MissingEvidenceError, type World } from '../engine/world.js';
import { wholeCluster } from '../scopes/whole-cluster.js';
import { connaisseurVerifiers } from './signature-engines/connaisseur.js';
import { kyvernoVerifiers } from './signature-engines/kyverno.js';
import { ratifyVerifiers } from './signature-engines/ratify.js';
import { sigstoreVerifiers } from './signature-engines/sigstore.js';
import { isAsked, isMissing, type JudgedNamespace, type Verifier } from './signature-engines/verifier.js';

/** Where every engine can be seen. */
const lists = [
  'clusterpolicies.kyverno.io', 'policies.kyverno.io', 'imagevalidatingpolicies.policies.kyverno.io', 'clusterimagepolicies.policy.sigstore.dev',
  'constrainttemplates.templates.gatekeeper.sh', 'ratifyverification.constraints.gatekeeper.sh',
  'validatingwebhookconfigurations.admissionregistration.k8s.io', 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
] as const satisfies readonly ResourceKey[];

/** Not asked for: what verifies images must itself be able to start, and a cluster must be able to mend itself. */
const exempt: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

/** What the verifier does with unsigned images of a namespace's new pods. */
function actionIn(verifier: Verifier, namespace: JudgedNamespace): 'denies' | 'lets through' | MissingEvidence {
  const { mode, webhooks, reach } = verifier;
  if (mode === 'audit' || reach(namespace) !== 'all') return 'lets through';
  if (isMissing(mode)) return mode;
  if (isMissing(webhooks)) return webhooks;
  const asked = isAsked(webhooks, namespace);
  if (asked === false) return 'lets through';
  return asked === true ? (verifier.conditions ?? 'denies') : asked;
}

function judgeMode(verifiers: readonly Verifier[]): Verdict {
  const part = 'mode';
  if (verifiers.some(({ mode, webhooks }) => mode === 'deny' && !isMissing(webhooks) && webhooks.length > 0)) return provenPassPart(part);
  for (const { mode, webhooks } of verifiers) {
    if (mode === 'audit') continue;
    if (isMissing(mode)) return unknown(mode, part);
    if (isMissing(webhooks)) return unknown(webhooks, part);
  }
  const reasons = verifiers.map(({ engine, policy, mode }) => (mode === 'audit' ? `${policy} of ${engine} only audits` : `${policy} denies, but no webhook of ${engine} is registered for pods`));
  return fail(`no image is refused for want of a signature: ${reasons.slice(0, 3).join('; ')}${reasons.length > 3 ? ' …' : ''}`, { part, detail: detailOf(verifiers) });
}

function judgeScope(verifiers: readonly Verifier[], world: World): Verdict {
  const part = 'scope';
  const labels = new Map(world.list('namespaces').map((namespace) => [namespace.name, namespace.labels]));
  const engines = new Set(verifiers.flatMap(({ webhooks }) => (isMissing(webhooks) ? [] : webhooks.map(({ service }) => service?.namespace))));
  const names = [...new Set(world.workloads().map(({ namespace }) => namespace))].filter((name) => !exempt.has(name) && !engines.has(name)).sort();
  let missing: MissingEvidence | undefined;
  const leftOut = names.filter((name) => {
    const namespace = { name, labels: { ...labels.get(name), 'kubernetes.io/metadata.name': name } };
    const actions = verifiers.map((verifier) => actionIn(verifier, namespace));
    if (actions.includes('denies')) return false;
    const lack = actions.find((action) => typeof action !== 'string');
    if (!lack) return true;
    missing ??= lack;
    return false;
  });
  const detail = detailOf(verifiers);
  if (leftOut.length > 0) {
    return fail(`unsigned images may run in ${leftOut.length} of ${names.length} namespaces with workloads: ${leftOut.slice(0, 5).join(', ')}${leftOut.length > 5 ? ' …' : ''}`, { part, detail: { ...detail, namespaces: leftOut.slice(0, 50), count: leftOut.length } });
  }
  return missing ? unknown(missing, part) : passPart(part);
}

const detailOf = (verifiers: readonly Verifier[]) => ({
  verifiers: verifiers.slice(0, 20).map(({ engine, policy, mode, images }) => ({ engine, policy, mode: isMissing(mode) ? 'unknown' : mode, images: images.slice(0, 10) })),
});

/** What fails for want of another engine cannot be told where one may hide: the engine sees the reads and answers `unknown`. */
function restOnEveryList(world: World): void {
  for (const key of lists) {
    try {
      world.list(key);
    } catch (error) {
      if (!(error instanceof MissingEvidenceError)) throw error;
    }
  }
}

const kyverno = (spec: string, selector = '{}') => `
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: verify}
spec:
${spec.replace(/^/gm, '  ')}
  rules:
  - name: signatures
    match: {any: [{resources: {kinds: [Pod]}}]}
    verifyImages: [{imageReferences: ['*'], attestors: [{entries: [{keys: {publicKeys: k8s://kyverno/key}}]}]}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: kyverno-resource-mutating-webhook-cfg}
webhooks:
- name: mutate.kyverno.svc-fail
  clientConfig: {service: {namespace: kyverno, name: kyverno-svc}}
  rules: [{operations: [CREATE, UPDATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]
  namespaceSelector: ${selector}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: app, image: registry.example/app:1}]}`;

const sigstore = (label: string) => `
apiVersion: policy.sigstore.dev/v1beta1
kind: ClusterImagePolicy
metadata: {name: ours}
spec: {images: [{glob: '**'}], authorities: [{keyless: {url: https://fulcio.sigstore.dev}}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: policy.sigstore.dev}
webhooks:
- name: policy.sigstore.dev
  clientConfig: {service: {namespace: cosign-system, name: webhook}}
  rules: [{operations: [CREATE, UPDATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]
  namespaceSelector: {matchExpressions: [{key: policy.sigstore.dev/include, operator: In, values: ['true']}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {${label}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: app, image: registry.example/app:1}]}`;

const ratify = (action: string) => `
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: ratifyverification}
spec:
  crd: {spec: {names: {kind: RatifyVerification}}}
  targets: [{target: admission.k8s.gatekeeper.sh, rego: 'response := external_data({"provider": "ratify-provider", "keys": images})'}]
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: RatifyVerification
metadata: {name: verify}
spec: {enforcementAction: ${action}, match: {kinds: [{apiGroups: [''], kinds: [Pod]}]}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: gatekeeper-validating-webhook-configuration}
webhooks:
- name: validation.gatekeeper.sh
  clientConfig: {service: {namespace: gatekeeper-system, name: gatekeeper-webhook-service}}
  rules: [{operations: [CREATE, UPDATE], apiGroups: ['*'], apiVersions: ['*'], resources: ['*']}]`;

const connaisseur = `
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: connaisseur-webhook}
webhooks:
- name: connaisseur-svc.connaisseur.svc
  clientConfig: {service: {namespace: connaisseur, name: connaisseur-svc}}
  rules: [{operations: [CREATE, UPDATE], apiGroups: ['*'], apiVersions: ['*'], resources: [pods]}]`;

export const signatureAdmission = defineControl({
  id: 'supply-chain/signature-admission',
  title: 'Admission refuses images without a valid signature',
  severity: 'high',
  why: 'Whoever can push to a registry, or sit in front of it, decides what the cluster runs, unless admission asks for a signature only your build can make.',
  remediation: 'Sign images where they are built (cosign or notation) and install one engine that checks them: a Kyverno ImageValidatingPolicy with validationActions [Deny], Sigstore\'s policy-controller with its include label on every namespace, Ratify with a denying constraint, or Connaisseur. Audit first, mend what is reported, then deny.',
  frameworks: {
    'cis-kubernetes': ['5.5.1'], 'nsa-cisa': ['pod-security/secure-images'], 'nist-800-190': ['4.1.5', '4.4.5'],
    'nist-800-53': ['CM-14', 'SI-7', 'SI-7(15)', 'SR-4', 'SR-11'], 'mitre-attack': ['T1204', 'T1204.003', 'T1525', 'T1610'], 'owasp-kubernetes': ['K04'],
    'pci-dss': ['2.2.1'], soc2: ['CC6.8', 'CC8.1'],
  },
  evidence: ['api'],
  parts: { engine: 'something verifies signatures', mode: 'it refuses instead of only reporting', scope: 'it leaves out no namespace with workloads' },
  scope: wholeCluster(),
  check(world) {
    const verifiers = [...kyvernoVerifiers(world), ...sigstoreVerifiers(world), ...ratifyVerifiers(world), ...connaisseurVerifiers(world)];
    if (verifiers.length === 0) {
      for (const key of lists) world.list(key);
      return [
        fail('nothing verifies signatures: no policy of Kyverno, Sigstore\'s policy-controller or Ratify that does, and no Connaisseur', { part: 'engine' }),
        // What is found of an engine that goes is not mended by its going.
        implied('mode'),
        implied('scope'),
      ];
    }
    const engine: Verdict = provenPassPart('engine');
    const mode = judgeMode(verifiers);
    if (mode.status !== 'pass') {
      restOnEveryList(world);
      return [engine, mode, mode.status === 'unknown' ? unknown(mode.missing, 'scope') : implied('scope')];
    }
    const scope = judgeScope(verifiers, world);
    if (scope.status === 'fail') restOnEveryList(world);
    return [engine, mode, scope];
  },
  examples: {
    passes: [
      manifests(kyverno('validationFailureAction: Enforce')),
      manifests(kyverno('validationFailureAction: Enforce', '{matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}]}')),
      manifests(sigstore("policy.sigstore.dev/include: 'true'")),
      manifests(ratify('deny')),
    ],
    fails: [
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}'),
      manifests(kyverno('validationFailureAction: Audit'), { title: 'it only audits' }),
      manifests(kyverno('validationFailureAction: Enforce').replace("imageReferences: ['*'],", "imageReferences: ['*'], failureAction: Audit,"), { title: 'the rule only audits' }),
      manifests(kyverno('validationFailureAction: Enforce\nvalidationFailureActionOverrides: [{action: Audit, namespaces: [sh*]}]'), { title: 'a namespace is only audited' }),
      manifests(kyverno('validationFailureAction: Enforce', '{matchExpressions: [{key: team, operator: DoesNotExist}]}'), { title: 'the webhook leaves a namespace out' }),
      manifests(kyverno('validationFailureAction: Enforce').replace('kyverno-resource-mutating-webhook-cfg', 'other').replace('mutate.kyverno.svc-fail', 'other.example').replace('kyverno-svc', 'other'), { title: 'no webhook: the engine is gone' }),
      manifests(kyverno('validationFailureAction: Enforce').replace('  namespaceSelector: {}', "  namespaceSelector: {}\n  objectSelector: {matchLabels: {verify: 'true'}}"), { title: 'the webhook sees only pods that ask for it' }),
      manifests(sigstore('team: web'), { title: 'the namespace did not opt in' }),
      manifests(ratify('dryrun')),
    ],
    unknown: [
      manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}', { missing: { 'clusterpolicies.kyverno.io': 'forbidden' } }),
      manifests(kyverno('validationFailureAction: Enforce'), { missing: { 'mutatingwebhookconfigurations.admissionregistration.k8s.io': 'forbidden' } }),
      manifests(kyverno('validationFailureAction: Enforce').replace('  namespaceSelector: {}', "  namespaceSelector: {}\n  matchConditions: [{name: some, expression: 'object.metadata.name != \"web\"'}]"), { title: 'conditions that only the API server evaluates' }),
      manifests(kyverno('validationFailureAction: Enforce').replace("    verifyImages:", "    preconditions: {all: [{key: '{{ request.object.spec.hostNetwork }}', operator: Equals, value: false}]}\n    verifyImages:"), { title: 'conditions that only the engine evaluates' }),
      manifests(connaisseur, { title: 'whether Connaisseur denies is not visible' }),
    ],
  },
});
