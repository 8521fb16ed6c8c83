import { evaluate } from '../dist/libs/controls/engine/evaluate.js';
import { World } from '../dist/libs/controls/engine/world.js';
import { SurroundingsFinder } from '../dist/libs/controls/risk/surroundings.js';
import { CostMeter } from './cost-meter.mjs';

/**
 * Milliseconds that judging an inventory takes, by control, by view of the whole inventory that controls share and for reading
 * templates; the rest is the engine's, which expands templates, settles verdicts and names results.
 */
export function costsOf(controls, inventory, policy) {
  const meter = new CostMeter();
  const use = World.prototype.use;
  World.prototype.use = function (index) {
    // Built once, by the first that asks, for all that do.
    return this.indexes.has(index) ? use.call(this, index) : meter.run(`a view of ${index.reads.join(', ') || 'what was seen'}`, () => use.call(this, index));
  };
  const reachability = Object.getOwnPropertyDescriptor(World.prototype, 'seenReachability');
  Object.defineProperty(World.prototype, 'seenReachability', {
    ...reachability,
    get() {
      return this.builtReachability === undefined ? meter.run('what reaches what', () => reachability.get.call(this)) : this.builtReachability;
    },
  });
  // Found once for each workload, by whatever asks first: a control, or the risk of the first finding of it.
  const judge = SurroundingsFinder.prototype.judge;
  SurroundingsFinder.prototype.judge = function (workload) {
    return meter.run('exposure and privilege of workloads', () => judge.call(this, workload));
  };
  try {
    const { templates } = inventory;
    const read = { ...inventory, templates: { size: templates.size, get: (id) => meter.run('reading of templates', () => templates.get(id)), text: (id) => templates.text(id), network: (id) => meter.run('reading of templates', () => templates.network(id)), networkText: (id) => templates.networkText(id), told: templates.told } };
    const scopes = new Map();
    meter.run('the engine', () => evaluate(controls.map((control) => metered(control, scopes, meter)), read, policy, Date.now(), () => undefined));
  } finally {
    World.prototype.use = use;
    SurroundingsFinder.prototype.judge = judge;
    Object.defineProperty(World.prototype, 'seenReachability', reachability);
  }
  return meter.spent;
}

function metered(control, scopes, meter) {
  const { id, scope, check } = control;
  // Scopes are told apart by identity, for one walk serves all controls that share one.
  if (!scopes.has(scope)) scopes.set(scope, scope.family === 'template' ? scope : { ...scope, subjects: (world) => meteredItems(() => scope.subjects(world), 'the engine', meter) });
  return { ...control, check: (subject, world) => meter.run(id, () => check.call(control, subject, world)), scope: scopes.get(scope) };
}

function* meteredItems(items, name, meter) {
  const iterator = meter.run(name, () => items()[Symbol.iterator]());
  for (;;) {
    const { done, value } = meter.run(name, () => iterator.next());
    if (done) return;
    yield value;
  }
}
