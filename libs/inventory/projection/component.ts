import { switches } from '../components/switches.js';
import type { ComponentFacts } from '../facts.js';

const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'] as const;

/** The Kubernetes component that a command line starts, also behind a shell, `/usr/local/bin` or hyperkube. */
export function componentOf(command: readonly string[]): ComponentFacts['component'] | undefined {
  for (const word of command.slice(0, 4)) {
    const program = word.slice(word.lastIndexOf('/') + 1);
    const found = components.find((name) => name === program);
    if (found) return found;
  }
  return undefined;
}

/** Namespaces of the control plane's own pods. Elsewhere the same programs make clusters for tenants (vcluster, Kamaji, HyperShift) or databases, and say nothing of this one. */
const controlPlaneNamespaces = new Set(['kube-system', 'openshift-etcd', 'openshift-kube-apiserver', 'openshift-kube-controller-manager', 'openshift-kube-scheduler']);

export const isControlPlaneNamespace = (namespace: string): boolean => controlPlaneNamespaces.has(namespace);

/** Boolean flags take a value only after `=`: in `--profiling false` the flag is true and `false` is a stray word. */
const booleanFlags: ReadonlySet<string> = new Set(components.flatMap((component) => [...switches[component]]));

/**
 * Flags of a command line: `--name=value`, `--name value` and `--name` alone. Go's flag parsing lets the last
 * one win for scalars and joins repeated lists, so all are kept in order. `_` and `-` mean the same in names.
 */
export function flagsOf(command: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const flags = new Map<string, string[]>();
  const words = command.flatMap((word) => (word.includes('\n') || / --/.test(word) ? word.split(/\s+/) : [word]));
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (!/^--?[a-zA-Z]/.test(word)) continue;
    const body = word.replace(/^--?/, '');
    const equals = body.indexOf('=');
    const name = (equals < 0 ? body : body.slice(0, equals)).replaceAll('_', '-');
    let value = 'true';
    if (equals >= 0) value = unquoted(body.slice(equals + 1));
    else if (!booleanFlags.has(name) && i + 1 < words.length && !/^-./.test(words[i + 1]!)) value = unquoted(words[++i]!);
    const list = flags.get(name);
    if (list) list.push(value);
    else flags.set(name, [value]);
  }
  return Object.fromEntries(flags);
}

const unquoted = (value: string): string => value.replace(/^(["'])(.*)\1$/s, '$2');
