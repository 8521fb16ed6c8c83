import type { ComponentFacts } from '../facts.js';
import { flagsOf } from '../projection/component.js';
import { isBefore, type MinorVersion } from '../readers/minor-version.js';
import { oldestMinor } from './flag-definitions.js';
import { isDisabled, k3sComponent } from './k3s-components.js';
import { keptFlags } from './kept-flags.js';
import type { RancherOptions } from './rancher-options.js';

/** What a k3s server was told, all of it; or why nobody knows that. */
export type ToldServer = { readonly state: 'read'; readonly options: RancherOptions; readonly hasEtcd: boolean | undefined } | { readonly state: 'unknown'; readonly detail: string };

const embedded = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/**
 * The components that a k3s server runs within its own process, as its options and what k3s gives them by itself come to. What it
 * was told counts only where all of it was read, and at versions whose own settings are known.
 */
export function k3sComponentFacts(node: string, told: ToldServer, version: MinorVersion | undefined): readonly ComponentFacts[] {
  const own = { group: '', kind: 'Node', namespace: '', pod: node, container: 'k3s' } as const;
  const isKnown = version !== undefined && !isBefore(version, { major: 1, minor: oldestMinor });
  return embedded.flatMap((component): readonly ComponentFacts[] => {
    if (told.state === 'unknown') return [{ ...own, component, flags: {}, unseenFlags: told.detail }];
    if (isDisabled(component, told.options)) return [];
    const { args, unread } = k3sComponent(component, told.options, told.hasEtcd)!;
    const flags = keptFlags(component, flagsOf(args));
    return [{
      ...own, component, flags,
      ...(Object.keys(unread).length > 0 && { unreadFlags: unread }),
      ...(!isKnown && { unseenFlags: `k3s gives ${component} most of its flags by itself, and which ones at this version is not known` }),
    }];
  });
}
