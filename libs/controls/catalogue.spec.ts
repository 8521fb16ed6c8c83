import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resourceKeys } from '#inventory/resources.js';
import { inventoryOfExample, inventoryOf, objectsOf } from '#test/support/example-inventory.js';
import { catalogue } from './catalogue.js';
import { layers, type Control } from './engine/control.js';
import { evaluate } from './engine/evaluate.js';
import type { Example } from './engine/example.js';
import { answered } from './frameworks/answers.js';
import { frameworks } from './frameworks/frameworks.js';

/** Examples are judged as of this day, so that support windows do not age them. */
const TODAY = Date.parse('2026-11-24T12:00:00Z');

const judge = (control: Control, example: Example) => evaluate([control], inventoryOfExample(example), example.policy, TODAY)[0]!;

/** Files of a layer that are one control each: those that define one. */
const filesOf = (layer: string): readonly string[] =>
  readdirSync(join(import.meta.dirname, layer)).filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && file !== 'index.ts').map((file) => file.slice(0, -3));

describe('the catalogue', () => {
  it('has an entry for every control file, named like its id', async () => {
    for (const layer of layers) {
      for (const file of filesOf(layer)) {
        const exported = Object.values((await import(`./${layer}/${file}.ts`)) as Record<string, unknown>);
        const controls = exported.filter((value): value is Control => typeof value === 'object' && value !== null && 'check' in value && 'scope' in value);
        if (controls.length === 0) continue;
        expect(controls.map((control) => control.id), `${layer}/${file}.ts`).toEqual([`${layer}/${file}`]);
        expect(catalogue, `${layer}/${file} is missing in ${layer}/index.ts`).toContain(controls[0]);
      }
    }
  });

  it('orders controls by layer', () => {
    const positions = catalogue.map((control) => layers.findIndex((layer) => control.id.startsWith(`${layer}/`)));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
  });
});

describe.each(catalogue.map((control) => [control.id, control] as const))('%s', (_, control) => {
  it('explains itself in sentences', () => {
    expect(control.title).toMatch(/^[A-Z].*[^.]$/);
    expect(control.why).toMatch(/\.$/);
    expect(control.remediation).toMatch(/\.$/);
  });

  it('names framework items that exist, each once, and parts of its own that pass somewhere', () => {
    const passing = new Set(control.examples.passes.flatMap((example) => Object.entries(judge(control, example).parts ?? {}).filter(([, { outcome }]) => outcome === 'pass').map(([part]) => part)));
    for (const [framework, items] of Object.entries(control.frameworks)) {
      expect(new Set(items).size, framework).toBe(items.length);
      for (const item of items) {
        const { number, part } = answered(item);
        expect(Object.keys(frameworks[framework as keyof typeof frameworks].items)).toContain(number);
        if (part === undefined) continue;
        expect([...Object.keys(control.parts ?? {}), ...(control.rules ?? [])]).toContain(part);
        // One that no example passes would never let its item pass.
        expect([...passing], `${framework} ${item}`).toContain(part);
        expect(items, 'the whole control answers it already').not.toContain(number);
      }
    }
  });

  it('has examples that pass and fail', () => {
    expect(control.examples.passes.length).toBeGreaterThan(0);
    expect(control.examples.fails.length).toBeGreaterThan(0);
  });

  it.each(control.examples.passes.map((example, i) => [i, example] as const))('passes example %i', (_i, example) => {
    const evaluation = judge(control, example);
    expect(evaluation).toMatchObject({ outcome: 'pass', failures: [], unknowns: [] });
    expect(evaluation.passed).toBeGreaterThan(0);
  });

  it.each(control.examples.fails.map((example, i) => [i, example] as const))('fails example %i', (_i, example) => {
    const evaluation = judge(control, example);
    expect(evaluation.error).toBeUndefined();
    expect(evaluation.outcome).toBe('fail');
    for (const failure of evaluation.failures) expect(failure.message.length).toBeGreaterThan(10);
  });

  it.each((control.examples.unknown ?? []).map((example, i) => [i, example] as const))('cannot tell in example %i', (_i, example) => {
    const evaluation = judge(control, example);
    expect(evaluation.outcome).toBe('unknown');
    // Either nothing of the control may resolve, or at least not what could not be judged.
    expect(!evaluation.complete || evaluation.heldKeys.length > 0).toBe(true);
  });

  it.each((control.examples.notApplicable ?? []).map((example, i) => [i, example] as const))('does not apply to example %i', (_i, example) => {
    expect(judge(control, example).outcome).toBe('not-applicable');
  });

  it('never passes or resolves where a list it rests on could not be read', () => {
    for (const example of [...control.examples.passes, ...control.examples.fails]) {
      const whole = judge(control, example);
      for (const key of resourceKeys) {
        const evaluation = judge(control, { ...example, missing: { ...example.missing, [key]: 'forbidden' } });
        expect(evaluation.error).toBeUndefined();
        // A failure that is left was there before; a pass may rest on what is still seen, but never on what is gone.
        const before = new Set(whole.failures.map((failure) => failure.key));
        for (const failure of evaluation.failures) expect(before, `${failure.key} without ${key}`).toContain(failure.key);
        if (control.scope.needs.includes(key)) expect(evaluation.complete, `complete without ${key}`).toBe(false);
        if (control.scope.needs.includes(key)) expect(evaluation.outcome, `passes without ${key}`).not.toBe('pass');
        if (evaluation.outcome === 'pass') expect(whole.outcome, `passes only without ${key}`).toBe('pass');
      }
    }
  });

  it('knows nothing more, and only unknown for what it knew, where a node was not collected', () => {
    for (const example of [...control.examples.passes, ...control.examples.fails]) {
      const whole = judge(control, example);
      for (const node of Object.keys(example.nodes ?? {})) {
        const { [node]: lost, ...nodes } = example.nodes!;
        for (const others of [nodes, { ...nodes, [node]: { ...lost!, collectedAt: '2026-10-01T00:00:00.000Z' } }]) {
          const evaluation = judge(control, { ...example, nodes: others });
          expect(evaluation.error).toBeUndefined();
          const before = new Set(whole.failures.map(({ key }) => key));
          for (const { key } of evaluation.failures) expect(before, key).toContain(key);
          if (evaluation.outcome === 'pass') expect(whole.outcome).toBe('pass');
          const after = new Set(evaluation.failures.map(({ key }) => key));
          // What failed and does no longer must be held, or nothing of the control may resolve.
          if (whole.failures.some(({ key }) => !after.has(key))) expect(evaluation.complete && evaluation.heldKeys.length === 0).toBe(false);
        }
      }
    }
  });

  it('passes nothing by absence where only the given objects are known', () => {
    for (const example of control.examples.fails) {
      const inventory = inventoryOf(objectsOf(example.manifests), {
        otherwise: (_key, count) => ({ state: 'given', count }),
        ...(example.version !== undefined && { version: example.version }),
        ...(example.kubelets && { kubelets: example.kubelets }),
        ...(example.probe && { probe: example.probe }),
        ...(example.nodes && { nodes: example.nodes }),
      });
      const evaluation = evaluate([control], inventory, example.policy, TODAY)[0]!;
      // What the probe or memory alone tells rests on no list.
      expect(evaluation.complete).toBe(control.evidence.every((kind) => kind === 'probe' || kind === 'history'));
      expect(evaluation.outcome).not.toBe('error');
    }
  });
});
