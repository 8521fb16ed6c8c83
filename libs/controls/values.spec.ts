import { describe, expect, it } from 'vitest';
import type { ComponentFacts, KubeletFacts } from '#inventory/facts.js';
import type { Inventory } from '#inventory/inventory.js';
import { kubeletKeyOf } from '#inventory/components/kubelet-facts.js';
import { inventoryOfExample, objectsOf } from '#test/support/example-inventory.js';
import { catalogue } from './catalogue.js';
import { settingName } from './control-plane/kubelet-config.js';
import type { Control } from './engine/control.js';
import { evaluate } from './engine/evaluate.js';

const TODAY = Date.parse('2026-11-24T12:00:00Z');

/** Read by checks, and no value that a pass or a failure rests on: they say that there is nothing to judge, what is not known, or how bad it is. */
const beside: Readonly<Record<string, readonly string[]>> = {
  'control-plane/api-server-anonymous-auth': ['authorization-config'],
  'control-plane/api-server-tls': ['etcd-servers'],
  'control-plane/controller-manager-and-scheduler': ['config', 'secure-port', 'service-account-signing-endpoint'],
  'control-plane/etcd-exposure': ['client-cert-auth'],
  'control-plane/etcd-mutual-tls': ['initial-cluster', 'peer-trusted-ca-file', 'trusted-ca-file'],
};

/** The same inventory, whose flags and kubelets' settings note who reads them. */
function noting(inventory: Inventory, read: (name: string) => void): Inventory {
  const flagsOf = (component: ComponentFacts): ComponentFacts => ({
    ...component,
    flags: new Proxy(component.flags, {
      get: (flags, name) => {
        if (typeof name === 'string') read(name);
        return Reflect.get(flags, name) as unknown;
      },
    }),
  });
  const kubeletOf = (facts: KubeletFacts): KubeletFacts => new Proxy(facts, {
    get: (of, name) => {
      if (typeof name === 'string' && Object.hasOwn(kubeletKeyOf, name)) read(settingName(name as keyof typeof kubeletKeyOf));
      return Reflect.get(of, name) as unknown;
    },
  });
  return {
    ...inventory, outcome: inventory.outcome, list: inventory.list.bind(inventory), components: inventory.components.map(flagsOf),
    kubelets: new Map([...inventory.kubelets].map(([node, kubelet]) => [node, kubelet.state === 'observed' ? { ...kubelet, value: kubeletOf(kubelet.value) } : kubelet])),
  };
}

const examplesOf = ({ examples: { passes, fails, unknown = [] } }: Control) => [...passes, ...fails, ...unknown];

describe.each(catalogue.filter(({ values }) => values).map((control) => [control.id, control] as const))('what %s says it rests on', (id, control) => {
  it('is every flag and setting that it reads, and none beside', () => {
    const [read, told] = [new Set<string>(), new Set<string>()];
    let isChecking = false;
    const watched: Control = {
      ...control,
      check: (subject, world) => {
        isChecking = true;
        try {
          return control.check(subject, world);
        } finally {
          isChecking = false;
        }
      },
    };
    for (const example of examplesOf(control)) {
      const inventory = noting(inventoryOfExample(example), (name) => {
        if (isChecking) read.add(name);
      });
      for (const { failures, seen = [] } of evaluate([watched], inventory, example.policy, TODAY)) {
        for (const values of [...failures.map((failure) => failure.values ?? {}), ...seen.map((one) => one.values)]) for (const name of Object.keys(values)) told.add(name.replace(/^--| of API servers$/g, ''));
      }
    }
    expect(told.size).toBeGreaterThan(0);
    expect([...read].filter((name) => !told.has(name)).sort()).toEqual(beside[id] ?? []);
  });
});

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const at = (object: unknown, path: readonly string[]): unknown => path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), object);

/** Pods' specs in an object, however deep its templates are. */
const podSpecs = (object: unknown): readonly Json[] => (isObject(object) ? Object.values(object).flatMap((inner) => (isObject(inner) && Array.isArray(inner['containers']) ? [inner] : podSpecs(inner))) : []);

/** What a field comes to in each container of an example, its pod's where it says nothing itself. */
const fieldsIn = (yaml: string, path: readonly string[]): readonly unknown[] => objectsOf(yaml).flatMap(podSpecs).flatMap((spec) =>
  ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) => (spec[list] ?? []) as readonly Json[]).map((container) => at(container, path) ?? at(spec, path)));

describe.each(catalogue.flatMap(({ id, fields = {}, examples }) => Object.entries(fields).map(([part, field]) => [`${id}#${part}`, part, field, examples] as const)))('the field that decides %s', (_id, part, { name, passes, fails }, examples) => {
  const isBad = (value: unknown): boolean => (fails.startsWith('not ') ? value !== (fails === 'not true') : value === (fails === 'true'));
  const bad = (yaml: string): boolean => name.split(' or ').some((one) => fieldsIn(yaml, one.split('.')).some(isBad));

  it('is as it says wherever the control passes, and not wherever it fails', () => {
    expect([passes, fails]).toContainEqual(expect.stringMatching(/^(true|false)$/));
    expect(isBad(passes === 'true')).toBe(false);
    expect(examples.passes.filter(({ manifests }) => bad(manifests)).map(({ manifests }) => manifests)).toEqual([]);
    const failing = examples.fails.filter(({ manifests }) => bad(manifests));
    // Others of its parts fail in examples of their own.
    if (part === '') expect(failing).toHaveLength(examples.fails.length);
    else expect(failing.length).toBeGreaterThan(0);
  });
});
