import type { MissingReason, ReadOutcome } from '#inventory/observed.js';
import type { Policy } from '../organisations/policy.js';
import type { ScanResult } from '../ports/cluster-collector.js';
import type { MissingRead, ScanCoverage } from './scan.js';
import { decidedOf } from './score.js';

/** Standing conditions: the same scan would meet them again. Everything else was lost on the way. */
const standing: ReadonlySet<MissingReason> = new Set(['forbidden', 'not-requested', 'not-in-upload']);

/** Whether all that this cluster lets us read was read to its end. Wrong while anything was lost or only partly given. */
export function isCompleteScan(outcomes: ScanResult['outcomes']): boolean {
  const all = Object.values(outcomes);
  return all.some(({ state }) => state === 'observed') && all.every(isAsGoodAsItGets);
}

function isAsGoodAsItGets(outcome: ReadOutcome): boolean {
  if (outcome.state === 'missing') return standing.has(outcome.reason);
  return outcome.state === 'observed' || outcome.state === 'not-served';
}

export function coverageOf({ evaluations, outcomes, collectors }: ScanResult, { controls }: Pick<Policy, 'controls'>): ScanCoverage {
  const isOff = new Set(controls.flatMap((decision) => (decision.isOff ? decision.controlId : [])));
  return { ...decidedOf(evaluations), switchedOff: evaluations.flatMap(({ controlId }) => (isOff.has(controlId) ? controlId : [])), missing: [...Object.entries(outcomes).flatMap(([resource, outcome]) => missingRead(resource, outcome)), ...missingNodes(collectors)] };
}

function missingRead(resource: string, outcome: ReadOutcome): readonly MissingRead[] {
  switch (outcome.state) {
    case 'observed':
    case 'not-served':
      return [];
    case 'given':
      return [{ resource, state: 'given', reason: null, detail: 'Only the uploaded objects are known.' }];
    case 'partial':
    case 'missing':
      return [{ resource, state: outcome.state, reason: outcome.reason, detail: outcome.detail }];
  }
}

/** Nodes on which no collector ran lately. */
function missingNodes({ nodes, fresh, stale }: ScanResult['collectors']): readonly MissingRead[] {
  const lacking = nodes - fresh;
  if (lacking === 0) return [];
  const old = stale > 0 ? `; on ${stale} of them what it saw is too old` : '';
  return [{ resource: 'node-evidence', state: fresh > 0 ? 'partial' : 'missing', reason: 'not-requested', detail: `Run the node collector on ${lacking} of ${nodes} ${nodes === 1 ? 'node' : 'nodes'}${old}.` }];
}
