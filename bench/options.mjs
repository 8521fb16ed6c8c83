import { parseArgs } from 'node:util';

/** An option that counts something. */
export const count = (text, name) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} is a whole number from 1 on`);
  return value;
};

/** The shapes to run: the standard set, `--quick` without the large ones, or `--pods N [--replicas R]` alone. */
export function readOptions(args = process.argv.slice(2)) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false }, pods: { type: 'string' }, replicas: { type: 'string', default: '12' }, seed: { type: 'string', default: '1' },
      'node-option': { type: 'string', multiple: true, default: [] },
    },
  });
  const seed = count(values.seed, 'seed');
  const sizes = values.pods === undefined ? [1_500, 15_000, ...(values.quick ? [] : [60_000])] : [count(values.pods, 'pods')];
  const replicas = values.pods === undefined ? [12, 1] : [count(values.replicas, 'replicas')];
  return { shapes: replicas.flatMap((each) => sizes.map((pods) => ({ pods, replicas: each, seed }))), nodeOptions: values['node-option'] };
}
