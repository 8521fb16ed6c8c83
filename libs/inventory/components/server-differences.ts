import type { ComponentFacts } from '../facts.js';
import type { MinorVersion } from '../readers/minor-version.js';
import { componentFlags } from './component-flags.js';
import { flagDefinitions } from './flag-definitions.js';

/**
 * Flags in which two accounts of an API server differ, defaults taken for what neither gives: with any, they are not of the same
 * server, or one is not true. What either leaves open is no difference.
 */
export function serverDifferences(one: ComponentFacts, other: ComponentFacts, version: MinorVersion | undefined): readonly string[] {
  const [a, b] = [one, other].map((facts) => ({ facts, settings: componentFlags('kube-apiserver', argumentsOf(facts), version) }));
  const isOpen = ({ flags, unreadFlags, unseenFlags }: ComponentFacts, name: string): boolean => flags[name] === undefined && (unseenFlags !== undefined || unreadFlags?.[name] !== undefined);
  return Object.keys(flagDefinitions['kube-apiserver']).filter((name) => {
    if (isOpen(one, name) || isOpen(other, name)) return false;
    const [x, y] = [a!.settings.setting(name), b!.settings.setting(name)];
    return x.state === 'read' && y.state === 'read' && JSON.stringify(x.value) !== JSON.stringify(y.value);
  });
}

const argumentsOf = ({ flags }: ComponentFacts): readonly string[] => Object.entries(flags).flatMap(([name, values]) => values.map((value) => `--${name}=${value}`));
