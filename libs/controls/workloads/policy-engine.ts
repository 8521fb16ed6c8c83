import type { MissingEvidence } from '#inventory/observed.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { orUnknown } from '../engine/part.js';
import { fail, implied, passPart, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { wholeCluster } from '../scopes/whole-cluster.js';
import { isMissing } from '../supply-chain/signature-engines/verifier.js';
import { failsOpen, guardsIn, isAlive, lackOfPolicy, type AdmissionPolicy } from './policy-engines/admission-policy.js';
import { policyEngines, restOnEveryList, type PolicyEngines } from './policy-engines/engines.js';

/** Not asked for: an engine must itself be able to start, and a cluster must be able to mend itself. */
const exempt: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

const some = (items: readonly string[], most = 5): string => `${items.slice(0, most).join(', ')}${items.length > most ? ' …' : ''}`;
const detailOf = (policies: readonly AdmissionPolicy[]) => ({ policies: policies.slice(0, 20).map(({ engine, policy, mode }) => ({ engine, policy, mode: isMissing(mode) ? 'unknown' : mode })) });

/** Denying policies that somebody evaluates. */
const enforcing = (policies: readonly AdmissionPolicy[]): readonly AdmissionPolicy[] => policies.filter((policy) => policy.mode === 'deny' && isAlive(policy) === true);

function judgeEnforcing({ policies, installed }: PolicyEngines, world: World): Verdict {
  const part = 'enforcing';
  if (enforcing(policies).length > 0) return provenPassPart(part);
  const lack = policies.map(lackOfPolicy).find((each) => each !== undefined);
  if (lack) return unknown(lack, part);
  restOnEveryList(world);
  if (policies.length === 0) return fail(`${some(installed)} is installed and has no policy for pods or workloads`, { part });
  const denying = policies.filter(({ mode }) => mode === 'deny');
  const why = denying.length > 0 ? `no webhook of ${denying[0]!.engine} is registered for pods or workloads, so that ${denying[0]!.policy} is asked nothing` : `${some(policies.map(({ policy }) => policy), 3)} only report what they find`;
  return fail(`no policy refuses anything: ${why}`, { part, detail: detailOf(policies) });
}

function judgeFailure(policies: readonly AdmissionPolicy[]): Verdict {
  const part = 'fails-closed';
  const open = [...new Set(policies.map(({ engine }) => engine))].filter((engine) => policies.every((policy) => policy.engine !== engine || failsOpen(policy)));
  if (open.length === 0) return provenPassPart(part);
  return fail(`${some(open)} fails open: what it does not answer in time is let through, so that whoever keeps it busy or stops its pods passes every policy`, { part, detail: { engines: open } });
}

function judgeNamespaces(policies: readonly AdmissionPolicy[], world: World): Verdict {
  const part = 'namespaces';
  const labels = new Map(world.list('namespaces').map((namespace) => [namespace.name, namespace.labels]));
  const own = new Set(policies.flatMap(({ webhooks }) => (webhooks === 'server' || isMissing(webhooks) ? [] : webhooks.map(({ service }) => service?.namespace))));
  const names = [...new Set(world.workloads().map(({ namespace }) => namespace))].filter((name) => !exempt.has(name) && !own.has(name)).sort();
  let missing: MissingEvidence | undefined;
  let last: AdmissionPolicy | undefined;
  const leftOut = names.filter((name) => {
    const namespace = { name, labels: { ...labels.get(name), 'kubernetes.io/metadata.name': name } };
    // What guards one namespace mostly guards the next.
    if (last && guardsIn(last, namespace) === true) return false;
    let lack: MissingEvidence | undefined;
    for (const policy of policies) {
      const guards = guardsIn(policy, namespace);
      if (guards === true) {
        last = policy;
        return false;
      }
      if (guards !== false) lack ??= guards;
    }
    if (!lack) return true;
    missing ??= lack;
    return false;
  });
  if (leftOut.length > 0) {
    restOnEveryList(world);
    return fail(`no policy looks at workloads of ${leftOut.length} of ${names.length} namespaces: ${some(leftOut)}`, { part, detail: { namespaces: leftOut.slice(0, 50), count: leftOut.length } });
  }
  return missing ? unknown(missing, part) : passPart(part);
}

const later = ['enforcing', 'fails-closed', 'namespaces'] as const;

const namespaces = `---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: web}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: app, image: registry.example/app:1}]}
`;
const webhook = (name: string, service: string, fields = '') => `---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: ${name}}
webhooks:
- name: validate.${name}
  clientConfig: {service: {namespace: policies, name: ${service}}}
  rules: [{operations: [CREATE, UPDATE], apiGroups: ['*'], apiVersions: ['*'], resources: [pods, deployments]}]
${fields}
`;
const kyverno = (action: string, { rule = 'validate: {message: no, pattern: {spec: {hostNetwork: false}}}', fields = '', selector = '' } = {}) => `${namespaces}---
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: host-network}
spec:
  validationFailureAction: ${action}
  rules: [{name: all, match: {any: [{resources: {kinds: [Pod]${selector}}}]}, ${rule}}]
${webhook('kyverno-resource-validating-webhook-cfg', 'kyverno-svc', fields)}`;
const gatekeeper = (action: string, fields = '') => `${namespaces}---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: K8sAllowedRepos
metadata: {name: ours}
spec: {enforcementAction: ${action}, match: {kinds: [{apiGroups: [''], kinds: [Pod]}]}}
${webhook('gatekeeper-validating-webhook-configuration', 'gatekeeper-webhook-service', fields)}`;
const inServer = ({ actions = '[Deny]', policy = '', binding = '', resources = '[pods]' } = {}) => `${namespaces}---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: host-network}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: ${resources}}]}
  validations: [{expression: '!object.spec.hostNetwork'}]
${policy}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: host-network}
spec: {policyName: host-network, validationActions: ${actions}${binding}}
`;
const kubewarden = (mode: string) => `${namespaces}---
apiVersion: policies.kubewarden.io/v1
kind: ClusterAdmissionPolicy
metadata: {name: privileged}
spec: {module: 'registry://ghcr.io/kubewarden/policies/pod-privileged:v1.0.0', mode: ${mode}, rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
${webhook('clusterwide-privileged.kubewarden.admission', 'policy-server-default')}`;

export const policyEngine = defineControl({
  id: 'workloads/policy-engine',
  title: 'A policy engine refuses workloads that break the rules, everywhere and always',
  severity: 'medium',
  why: 'Pod Security knows three levels and nothing else. Rules of one\'s own (whose images, whose labels, which mounts) hold only if something refuses what breaks them: a report is read after the pod has run, and an engine that is passed by in one namespace, or while it is down, is passed by there and then.',
  remediation: 'Write rules as ValidatingAdmissionPolicies with bindings of `validationActions: [Deny]`, which the API server evaluates itself, or install one engine (Kyverno, Gatekeeper, Kubewarden). Start in audit, mend what is reported, then deny (`failureAction: Enforce`, `enforcementAction: deny`, `mode: protect`). Give its webhook `failurePolicy: Fail`, three replicas and no exemptions but kube-system and its own namespace.',
  frameworks: {
    'nsa-cisa': ['pod-security/enforcement'], 'nist-800-190': ['4.4.3', '4.4.5'], 'nist-800-53': ['CM-2', 'CM-6', 'CM-7', 'SC-24'], 'mitre-attack': ['T1610', 'T1611'],
    'owasp-kubernetes': ['K04'], 'pci-dss': ['2.2.1', '2.2.6'], soc2: ['CC6.8', 'CC8.1'],
  },
  evidence: ['api'],
  parts: { engine: 'there is a policy engine', enforcing: 'it refuses instead of only reporting', 'fails-closed': 'what it does not answer for is refused', namespaces: 'it leaves out no namespace with workloads' },
  scope: wholeCluster(),
  check(world) {
    const engines = world.use(policyEngines);
    if (engines.installed.length === 0) {
      const missing = restOnEveryList(world);
      const engine = missing ? unknown(missing, 'engine') : fail('no policy engine looks at workloads: no Kyverno, Gatekeeper or Kubewarden, and no ValidatingAdmissionPolicy for them', { part: 'engine' });
      return [engine, ...later.map((part) => (missing ? unknown(missing, part) : implied(part)))];
    }
    const engine: Verdict = provenPassPart('engine');
    const refusing = judgeEnforcing(engines, world);
    if (refusing.status !== 'pass') {
      return [engine, refusing, ...(['fails-closed', 'namespaces'] as const).map((part) => (refusing.status === 'unknown' ? unknown(refusing.missing, part) : implied(part)))];
    }
    return [engine, refusing, judgeFailure(enforcing(engines.policies)), orUnknown('namespaces', () => judgeNamespaces(engines.policies, world))];
  },
  examples: {
    passes: [
      manifests(kyverno('Enforce')),
      manifests(kyverno('Audit', { rule: 'validate: {failureAction: Enforce, message: no, pattern: {spec: {hostNetwork: false}}}' }), { title: 'The rule has an action of its own' }),
      manifests(gatekeeper('deny')),
      manifests(inServer()),
      manifests(inServer({ resources: '[deployments, cronjobs]' }), { title: 'What makes pods counts' }),
      manifests(kubewarden('protect')),
    ],
    fails: [
      manifests(namespaces),
      manifests(kyverno('Audit')),
      manifests(kyverno('Enforce', { fields: '  failurePolicy: Ignore' }), { title: 'It fails open' }),
      manifests(gatekeeper('deny', '  failurePolicy: Ignore'), { title: 'It fails open, as Gatekeeper\'s chart has it' }),
      manifests(gatekeeper('dryrun')),
      manifests(kyverno('Enforce', { fields: '  namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}' }), { title: 'Its webhook leaves a namespace out' }),
      manifests(kyverno('Enforce', { selector: ', namespaces: [other]' }), { title: 'Its only rule is for another namespace' }),
      manifests(webhook('kyverno-policy-validating-webhook-cfg', 'kyverno-svc').replace('pods, deployments', 'clusterpolicies') + namespaces, { title: 'Installed, and without policies' }),
      manifests(inServer({ actions: '[Audit, Warn]' })),
      manifests(inServer({ policy: '  failurePolicy: Ignore' })),
      manifests(inServer({ binding: ', matchResources: {namespaceSelector: {matchLabels: {team: api}}}' })),
      manifests(inServer({ resources: '[customresourcedefinitions]' }), { title: 'A policy about something else' }),
      manifests(kubewarden('monitor')),
    ],
    unknown: [
      manifests(namespaces, { missing: { 'clusterpolicies.kyverno.io': 'forbidden' } }),
      manifests(`${namespaces}---\napiVersion: templates.gatekeeper.sh/v1\nkind: ConstraintTemplate\nmetadata: {name: k8spspprivileged}\nspec: {crd: {spec: {names: {kind: K8sPSPPrivileged}}}}\n${webhook('gatekeeper-validating-webhook-configuration', 'gatekeeper-webhook-service')}`, { title: 'Constraints of a kind that is not read' }),
      manifests(kyverno('Enforce', { fields: "  matchConditions: [{name: some, expression: 'object.metadata.name != \"web\"'}]" }), { title: 'Conditions that only the API server evaluates' }),
      manifests(inServer(), { missing: { 'validatingadmissionpolicybindings.admissionregistration.k8s.io': 'forbidden' } }),
    ],
  },
});
