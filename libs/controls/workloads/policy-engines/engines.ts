import type { MissingEvidence } from '#inventory/observed.js';
import type { ListedKey } from '#inventory/inventory.js';
import { defineIndex, MissingEvidenceError, type World } from '../../engine/world.js';
import type { AdmissionPolicy } from './admission-policy.js';
import { gatekeeperPolicies, gatekeeperWebhooks } from './gatekeeper.js';
import { kubewardenPolicies, kubewardenWebhooks } from './kubewarden.js';
import { kyvernoPolicies, kyvernoWebhooks } from './kyverno.js';
import { validatingAdmissionPolicies } from './validating-admission-policy.js';

/** Where every engine and policy can be seen. */
export const policyLists = [
  'clusterpolicies.kyverno.io', 'policies.kyverno.io', 'validatingpolicies.policies.kyverno.io', 'imagevalidatingpolicies.policies.kyverno.io',
  'constrainttemplates.templates.gatekeeper.sh', 'k8srequiredlabels.constraints.gatekeeper.sh', 'k8sallowedrepos.constraints.gatekeeper.sh', 'ratifyverification.constraints.gatekeeper.sh',
  'clusteradmissionpolicies.policies.kubewarden.io', 'admissionpolicies.policies.kubewarden.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io', 'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io', 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
] as const satisfies readonly ListedKey[];

const engines = [['Kyverno', kyvernoWebhooks], ['Gatekeeper', gatekeeperWebhooks], ['Kubewarden', kubewardenWebhooks]] as const;

export interface PolicyEngines {
  readonly policies: readonly AdmissionPolicy[];
  /** Engines that are there by a policy or by any webhook of theirs. */
  readonly installed: readonly string[];
}

/** Engines and policies as far as they could be read. */
export const policyEngines = defineIndex([], (world): PolicyEngines => {
  const policies = [...kyvernoPolicies(world), ...gatekeeperPolicies(world), ...kubewardenPolicies(world), ...validatingAdmissionPolicies(world)];
  const configurations = [...world.seen('validatingwebhookconfigurations.admissionregistration.k8s.io'), ...world.seen('mutatingwebhookconfigurations.admissionregistration.k8s.io')];
  const byWebhook = engines.filter(([, pattern]) => configurations.some(({ name, webhooks }) => webhooks.length > 0 && (pattern.test(name) || webhooks.some((webhook) => pattern.test(webhook.name) || pattern.test(webhook.service?.name ?? ''))))).map(([engine]) => engine);
  return { policies, installed: [...new Set([...policies.map(({ engine }) => engine), ...byWebhook])] };
});

/** What fails for want of a policy cannot be told where one may hide: the engine of controls sees the reads and answers `unknown`. */
export function restOnEveryList(world: World, lists: readonly ListedKey[] = policyLists): MissingEvidence | undefined {
  let missing: MissingEvidence | undefined;
  for (const key of lists) {
    try {
      world.list(key);
    } catch (error) {
      if (!(error instanceof MissingEvidenceError)) throw error;
      missing ??= error.missing;
    }
  }
  return missing;
}
