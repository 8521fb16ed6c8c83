import { componentFlags } from '../components/component-flags.js';
import { flagDefinitions, newestMinor, oldestMinor } from '../components/flag-definitions.js';
import { flagsOfFiles } from '../components/kubelet-settings.js';
import type { KubeletFlags } from '../facts.js';
import type { Observed } from '../observed.js';
import { minorOf, type MinorVersion } from '../readers/minor-version.js';
import { toldFlags, toldValue } from './flagz-answer.js';

/**
 * Reads what a kubelet answers at /flagz. Its flags are bound to settings from before any file was read (cmd/kubelet/app/server.go),
 * so that of one that files may set too, only a value that is not the default was given, and is in force.
 */
export function projectKubeletFlags(answer: string, kubeletVersion: string): Observed<KubeletFlags> {
  const told = toldFlags(answer, ['kubelet']);
  if (!told) return { state: 'missing', reason: 'invalid', detail: 'what the kubelet answered at /flagz is no list of its flags' };
  const version = minorOf(kubeletVersion);
  const values = new Map<string, string>();
  const unread: string[] = [];
  for (const [name, { type }] of Object.entries(flagDefinitions.kubelet)) {
    const value = toldValue(told.get(name), type);
    if (value === undefined || (flagsOfFiles.has(name) && !hasKnownDefaults(version))) unread.push(name);
    else values.set(name, value);
  }
  const [given, bare] = [[...values].map(([name, value]) => `--${name}=${value}`), []].map((args) => componentFlags('kubelet', args, version));
  const flags = Object.fromEntries([...values].filter(([name]) => {
    const [ours, theirs] = [bare!.setting(name), given!.setting(name)];
    return ours.state !== 'read' || theirs.state !== 'read' || JSON.stringify(ours.value) !== JSON.stringify(theirs.value);
  }));
  return { state: 'observed', value: { flags, ...(unread.length > 0 && { unread }) } };
}

/** A default that nobody looked up would be taken for a value that was given. */
const hasKnownDefaults = (version: MinorVersion | undefined): boolean => version?.major === 1 && version.minor >= oldestMinor && version.minor <= newestMinor;
