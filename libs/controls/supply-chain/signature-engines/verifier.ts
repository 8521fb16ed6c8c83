import type { Labels, WebhookFacts } from '#inventory/facts.js';
import type { MissingEvidence } from '#inventory/observed.js';
import { selects, selectsAll } from '#inventory/readers/label-selector.js';
import { lackOf, type World } from '../../engine/world.js';

export interface JudgedNamespace {
  readonly name: string;
  /** With the name label that the API server gives every namespace. */
  readonly labels: Labels;
}

/** Which of a namespace's new pods a policy looks at. */
export type Reach = 'all' | 'some' | 'none';

/** One policy that has admission verify signatures. */
export interface Verifier {
  readonly engine: string;
  /** Kind and name. */
  readonly policy: string;
  readonly mode: 'deny' | 'audit' | MissingEvidence;
  /** Patterns of the images it verifies. */
  readonly images: readonly string[];
  readonly reach: (namespace: JudgedNamespace) => Reach;
  /** Conditions of its own that only the engine evaluates, and by which it may leave pods out. */
  readonly conditions?: MissingEvidence;
  /** The engine's webhooks for pods; without one the policy is a sheet of paper. */
  readonly webhooks: readonly WebhookFacts[] | MissingEvidence;
}

const webhookKeys = ['validatingwebhookconfigurations.admissionregistration.k8s.io', 'mutatingwebhookconfigurations.admissionregistration.k8s.io'] as const;

/** Whether a webhook is asked about new objects of one of the resources. */
export const seesNew = ({ rules }: WebhookFacts, wanted: ReadonlySet<string>): boolean =>
  rules.some(({ operations, resources }) => (operations.includes('*') || operations.includes('CREATE')) && resources.some((resource) => resource === '*' || resource === '*/*' || wanted.has(resource)));

const pods: ReadonlySet<string> = new Set(['pods']);

/** Webhooks for new pods, or for other resources, of the configurations whose name or service tells the engine; what is missing where none was seen and some may be unseen. */
export function webhooksOf(world: World, engine: RegExp, wanted: ReadonlySet<string> = pods): readonly WebhookFacts[] | MissingEvidence {
  const found = webhookKeys.flatMap((key) => world.seen(key)).flatMap(({ name, webhooks }) =>
    webhooks.filter((webhook) => seesNew(webhook, wanted) && (engine.test(name) || engine.test(webhook.name) || engine.test(webhook.service?.name ?? ''))));
  if (found.length > 0) return found;
  return webhookKeys.map((key) => lackOf(world, key)).find((lack) => lack !== undefined) ?? [];
}

export const isMissing = <T extends object | string>(value: T | MissingEvidence): value is MissingEvidence => typeof value === 'object' && 'reason' in value && 'fact' in value;

/** Whether the API server asks one of the webhooks about every new pod of a namespace; what is missing where that hangs on conditions. */
export function isAsked(webhooks: readonly WebhookFacts[], { labels }: JudgedNamespace): boolean | MissingEvidence {
  // With an object selector whoever makes a pod chooses by its labels whether it is looked at.
  const asked = webhooks.filter(({ namespaceSelector, objectSelector }) => selects(namespaceSelector, labels) && selectsAll(objectSelector));
  if (asked.some(({ matchConditions }) => matchConditions === 0)) return true;
  const [conditional] = asked;
  return conditional === undefined ? false : {
    fact: webhookKeys[0], reason: 'not-requested', detail: `whether webhook ${conditional.name} is asked hangs on its matchConditions, which only the API server evaluates`,
  };
}
