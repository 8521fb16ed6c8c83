import { defaultK3sData } from '#inventory/components/k3s-components.js';
import { optionsOf, type RancherProduct } from '#inventory/components/rancher-options.js';
import type { NodePath } from '../file-fact.js';
import { normalPath } from '../host-path.js';
import type { NodeEvidence } from '../node-evidence.js';
import { unreadText } from './document.js';

export const usualData: Readonly<Record<RancherProduct, NodePath>> = { k3s: defaultK3sData, rke2: '/var/lib/rancher/rke2' };

/** Where k3s and RKE2 may keep their data beside the usual place. */
export interface DataDirectories {
  readonly elsewhere: Readonly<Record<RancherProduct, readonly NodePath[]>>;
  /** Why it may be anywhere. */
  readonly unseen?: string;
}

/** Every other place that their arguments, environment, units and files of configuration name, whichever of them counts. */
export function dataDirectories({ processes, units, configs }: NodeEvidence): DataDirectories {
  const elsewhere: Record<RancherProduct, Set<NodePath>> = { k3s: new Set(), rke2: new Set() };
  let unseen: string | undefined;
  for (const product of ['k3s', 'rke2'] as const) {
    const running = processes.items.filter(({ component, container }) => component.startsWith(`${product}-`) && !container);
    if (running.length === 0 && !processes.truncated) continue;
    const told = (values: readonly string[] | undefined): void => {
      for (const value of values ?? []) if (value.startsWith('/') && normalPath(value) !== usualData[product]) elsewhere[product].add(normalPath(value));
    };
    const toldBy = (words: readonly string[]): void => told(optionsOf(words).get('data-dir'));
    for (const { argv, environment } of running) {
      toldBy(argv.slice(1));
      if (environment.state === 'read') told(environment.value.filter(({ name }) => name === `${product.toUpperCase()}_DATA_DIR`).map(({ value }) => value));
    }
    for (const { name, files } of units.items) {
      if (name.startsWith(product)) for (const { content } of files) if (content.state === 'read') for (const words of content.value.execStart) toldBy(words.slice(1));
    }
    for (const config of configs.items) {
      if (config.kind !== 'rancher' || !config.path.includes(`/${product}/`)) continue;
      if (config.content.state === 'read') told(config.content.value.options.filter(({ name }) => name === 'data-dir').flatMap(({ values }) => values.map(String)));
      else if (config.content.state !== 'absent') unseen ??= `${config.path}, which tells ${product} where to keep its data, could not be read: ${unreadText(config.content)}`;
    }
  }
  return { elsewhere: { k3s: [...elsewhere.k3s], rke2: [...elsewhere.rke2] }, ...(unseen !== undefined && { unseen }) };
}

export const isBelowData = (path: NodePath): boolean => Object.values(usualData).some((data) => path.startsWith(`${data}/`));

/** The same path below every other place of the product whose usual one it is below; none for one that is below neither. */
export function elsewhereOf(path: NodePath, { elsewhere }: DataDirectories): readonly NodePath[] {
  for (const product of ['k3s', 'rke2'] as const) {
    if (path.startsWith(`${usualData[product]}/`)) return elsewhere[product].map((data) => `${data}${path.slice(usualData[product].length)}`);
  }
  return [];
}
