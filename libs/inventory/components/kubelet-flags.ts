import type { KubeletFacts, KubeletFlags } from '../facts.js';
import type { Observed } from '../observed.js';
import type { MinorVersion } from '../readers/minor-version.js';
import { componentFlags, type ComponentFlags } from './component-flags.js';
import { effectiveKubelet } from './effective-kubelet.js';
import { kubeletFacts } from './kubelet-facts.js';
import { unreadable } from './readable.js';

/** What a kubelet tells of its flags, as its command line. */
export function toldCommandLine({ flags, unread = [] }: KubeletFlags, version: MinorVersion | undefined): ComponentFlags {
  const told = componentFlags('kubelet', Object.entries(flags).map(([name, value]) => `--${name}=${value}`), version);
  const open = (name: string) => (unread.includes(name) ? unreadable('not-read', `/flagz of the kubelet does not tell what --${name} is`) : undefined);
  return { ...told, given: (name) => open(name) ?? told.given(name), setting: (name) => open(name) ?? told.setting(name) };
}

/**
 * What a kubelet goes by, with what it tells of its flags: configz counts, flags included, but for the one switch that only
 * the flag has. Without configz flags are all there is, and what a file may say is open.
 */
export function withFlags(node: string, configz: Observed<KubeletFacts> | undefined, told: KubeletFlags, version: MinorVersion | undefined): Observed<KubeletFacts> {
  const flags = toldCommandLine(told, version);
  if (configz?.state !== 'observed') return { state: 'observed', value: { ...kubeletFacts(node, effectiveKubelet({ flags })), shownBy: 'flagz' } };
  const seccomp = flags.given('seccomp-default');
  return seccomp?.state === 'read' && seccomp.value === true ? { state: 'observed', value: { ...configz.value, seccompDefault: true } } : configz;
}
