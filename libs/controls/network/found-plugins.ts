import type { Container, PodTemplate, Workload } from '#inventory/facts.js';
import { parseImage } from '#inventory/image-reference.js';
import { isComplete } from '#inventory/observed.js';
import { defineIndex } from '../engine/world.js';
import { signatureOf } from '../runtime/signature.js';
import { networkPlugins, type Enforcement, type NetworkPlugin } from './network-plugins.js';

/** A network plugin that runs here, and whether it holds policies. */
export interface FoundPlugin {
  readonly plugin: NetworkPlugin;
  readonly enforcement: Enforcement;
  /** Whether a pod of it was seen. */
  readonly runs: boolean;
}

const enforcementOf = ({ enforces }: NetworkPlugin, container: Container): Enforcement => (typeof enforces === 'function' ? enforces(container, parseImage(container.image)) : enforces);

function* pluginsIn(workload: Workload, template: PodTemplate): Iterable<Omit<FoundPlugin, 'runs'>> {
  const place = `${workload.namespace}/${workload.name}`;
  for (const plugin of networkPlugins) if (plugin.daemonSets?.includes(place)) yield { plugin, enforcement: enforcementOf(plugin, template.containers[0] ?? nothing) };
  const names = [workload.name, template.labels['app.kubernetes.io/name'] ?? '', template.labels['k8s-app'] ?? '', template.labels['app'] ?? ''].map((name) => name.toLowerCase());
  for (const container of template.containers) {
    // What only installs the plugin is gone when it runs.
    if (container.type !== 'container' && !container.sidecar) continue;
    const image = parseImage(container.image);
    const plugin = image && (signatureOf(image, names, networkPlugins) as NetworkPlugin | undefined);
    if (plugin) yield { plugin, enforcement: enforcementOf(plugin, container) };
  }
}

const nothing: Container = { name: '', type: 'container', image: '', ports: [], env: [], mounts: [], limits: {}, requests: {} };

/** In the order of the list of plugins, which says the most telling reason first. As far as workloads were read: a DaemonSet without a pod holds nothing; where pods were not all read, whether it has one is left to whoever asks. */
export const foundPlugins = defineIndex([], (world): readonly FoundPlugin[] => {
  const areAllRead = isComplete(world.outcome('pods'));
  return world.seenWorkloads().flatMap((workload) => {
    const runs = workload.pods > 0;
    if (workload.kind !== 'DaemonSet' || (!runs && areAllRead)) return [];
    return workload.templates.flatMap((id) => [...pluginsIn(workload, world.template(id))].map((found) => ({ ...found, runs })));
  }).toSorted((a, b) => networkPlugins.indexOf(a.plugin) - networkPlugins.indexOf(b.plugin));
});
