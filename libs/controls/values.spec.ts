import { describe, expect, it } from 'vitest';
import type { ComponentFacts, KubeletFacts } from '#inventory/facts.js';
import type { Inventory } from '#inventory/inventory.js';
import { kubeletKeyOf } from '#inventory/components/kubelet-settings.js';
import { inventoryOfExample } from '#test/support/example-inventory.js';
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
