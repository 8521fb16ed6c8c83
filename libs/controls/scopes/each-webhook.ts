import type { WebhookConfigurationFacts, WebhookFacts } from '#inventory/facts.js';
import type { ListScope } from '../engine/scope.js';

const group = 'admissionregistration.k8s.io';
const needs = ['validatingwebhookconfigurations.admissionregistration.k8s.io', 'mutatingwebhookconfigurations.admissionregistration.k8s.io'] as const;

/** Every admission webhook: the result names its configuration, its part the webhook. */
export const eachWebhook: ListScope<{ readonly configuration: WebhookConfigurationFacts; readonly webhook: WebhookFacts }> = {
  name: 'admission webhook',
  family: 'list',
  needs,
  *subjects(world) {
    for (const key of needs) {
      for (const configuration of world.seen(key)) {
        const resource = { group, kind: configuration.kind, namespace: '', name: configuration.name };
        for (const webhook of configuration.webhooks) yield { subject: { configuration, webhook }, resource, part: webhook.name };
      }
    }
  },
};
