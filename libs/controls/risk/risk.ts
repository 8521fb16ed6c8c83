import type { Layer, Severity } from '../engine/control.js';

/**
 * How far away anybody may stand to reach the workload that a finding is about; whom a policy names does not count. `unknown`: policies or ways in could not
 * be read. Left out where a finding is about nothing that listens.
 */
export const exposures = ['internet', 'cluster', 'namespace', 'none', 'unknown'] as const;
export type ExposureFactor = (typeof exposures)[number];

/**
 * What falls with the workload: its `node` (it is privileged there, or holds its files or processes), the `cluster` (its
 * service account may do what gives more), `some` rights, or `none`.
 */
export const privileges = ['node', 'cluster', 'some', 'none', 'unknown'] as const;
export type PrivilegeFactor = (typeof privileges)[number];

/** What the risk of a finding is made of. */
export interface RiskFactors {
  readonly severity: Severity;
  readonly layer: Layer;
  readonly exposure?: ExposureFactor | undefined;
  readonly privilege?: PrivilegeFactor | undefined;
  /** Attackers are known to use what was found. */
  readonly isExploited?: boolean | undefined;
}

const ofSeverity: Readonly<Record<Severity, number>> = { critical: 50, high: 33, medium: 17, low: 7, info: 2 };
const ofExposure: Readonly<Record<ExposureFactor, number>> = { internet: 1.5, cluster: 1, namespace: 0.9, none: 0.75, unknown: 1 };
const ofPrivilege: Readonly<Record<PrivilegeFactor, number>> = { node: 1.3, cluster: 1.3, some: 1, none: 0.85, unknown: 1 };
const ofLayer: Readonly<Record<Layer, number>> = { 'control-plane': 1.15, workloads: 1, network: 1, 'supply-chain': 1, runtime: 0.9, governance: 0.85 };
const EXPLOITED = 1.4;

/** One step from a severity's points to the risk. */
export interface RiskStep {
  readonly factor: 'severity' | 'layer' | 'exposure' | 'privilege' | 'exploit';
  readonly value: string;
  /** Points for the severity, a multiplier for every other. */
  readonly weight: number;
}

/** The steps in their order: a severity's points, each multiplied by what surrounds the finding. */
export function riskSteps({ severity, layer, exposure, privilege, isExploited }: RiskFactors): readonly RiskStep[] {
  return [
    { factor: 'severity', value: severity, weight: ofSeverity[severity] },
    { factor: 'layer', value: layer, weight: ofLayer[layer] },
    ...(exposure === undefined ? [] : [{ factor: 'exposure', value: exposure, weight: ofExposure[exposure] } as const]),
    ...(privilege === undefined ? [] : [{ factor: 'privilege', value: privilege, weight: ofPrivilege[privilege] } as const]),
    ...(isExploited ? [{ factor: 'exploit', value: 'known', weight: EXPLOITED } as const] : []),
  ];
}

/** 0 to 100: how soon a finding is to be mended, against all others. */
export function riskOf({ severity, layer, exposure, privilege, isExploited }: RiskFactors): number {
  const points = ofSeverity[severity] * ofLayer[layer] * (exposure === undefined ? 1 : ofExposure[exposure]) * (privilege === undefined ? 1 : ofPrivilege[privilege]) * (isExploited ? EXPLOITED : 1);
  return Math.min(100, Math.round(points));
}

/** What a finding keeps of its factors, beside the severity and layer that it has. */
export const surroundingsText = ({ exposure, privilege, isExploited }: Omit<RiskFactors, 'severity' | 'layer'>): string =>
  `${exposure ?? ''}|${privilege ?? ''}|${isExploited ? 'exploited' : ''}`;

/** Reads that again; what is not known any more counts as not there. */
export function surroundingsOf(text: string): Omit<RiskFactors, 'severity' | 'layer'> {
  const [exposure, privilege, exploit] = text.split('|');
  return { exposure: exposures.find((factor) => factor === exposure), privilege: privileges.find((factor) => factor === privilege), isExploited: exploit === 'exploited' };
}
