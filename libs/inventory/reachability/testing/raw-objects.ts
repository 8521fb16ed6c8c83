import type { NetworkPolicyFacts } from '../../facts.js';
import { identityOf, projectNetworkPolicy } from '../../projection/objects.js';
import { projectPodTemplate } from '../../projection/pod-template.js';
import { asObject, flagAt, mapAt, objectAt, objectsAt, textAt } from '../../projection/raw.js';
import type { Endpoint, NamespaceLabels } from '../input.js';

/** A Pod as the API server gives it, as an endpoint with its name, all of its labels and its addresses. Throws InvalidObject. */
export function podOf(value: unknown): Endpoint {
  const raw = asObject(value, 'object');
  const { namespace, name } = identityOf(raw, true);
  const spec = objectAt(raw, 'spec');
  const status = objectAt(raw, 'status');
  const metadata = objectAt(raw, 'metadata');
  const template = projectPodTemplate(metadata, spec, true);
  const owner = objectsAt(metadata, 'ownerReferences').find((reference) => flagAt(reference, 'controller') === true);
  const addresses = new Set([textAt(status, 'podIP') ?? '', ...objectsAt(status, 'podIPs').map((item) => textAt(item, 'ip') ?? '')]);
  addresses.delete('');
  const node = textAt(spec, 'nodeName');
  return {
    kind: 'Pod', namespace, name, labels: mapAt(metadata, 'labels'), hostNetwork: template.hostNetwork, addresses: [...addresses], serviceAccount: template.serviceAccount,
    ports: template.containers.filter(({ type, sidecar }) => type === 'container' || sidecar === true).flatMap(({ ports }) => ports),
    ...(node !== undefined && { node }),
    ...(owner !== undefined && { workload: { kind: textAt(owner, 'kind') ?? '', name: textAt(owner, 'name') ?? '' } }),
  };
}

export function networkPolicyOf(value: unknown): NetworkPolicyFacts {
  const raw = asObject(value, 'object');
  return projectNetworkPolicy(raw, identityOf(raw, true));
}

export function namespaceOf(value: unknown): NamespaceLabels {
  const raw = asObject(value, 'object');
  return { name: identityOf(raw, false).name, labels: mapAt(objectAt(raw, 'metadata'), 'labels') };
}
