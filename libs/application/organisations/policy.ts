import type { Severity } from '#controls/engine/control.js';
import { defaultNodeEvidenceDays } from '#controls/engine/node-evidence.js';

/** What an organisation decided of one control, and why. */
export interface ControlDecision {
  readonly controlId: string;
  /** Of all its findings, whatever the control says of them; as the control says where null. */
  readonly severity: Severity | null;
  /** It is not judged: its results say so, and its findings stay as they were. */
  readonly isOff: boolean;
  readonly reason: string;
}

/** What an organisation decides for all its clusters. Lists that are null were never set. */
export interface Policy {
  /** Registries (host, or host/path prefix) images may come from. */
  readonly trustedRegistries: readonly string[] | null;
  /** `key`, or `key=pattern` with a regular expression for the whole value; see `valuePattern`. */
  readonly requiredLabels: readonly string[];
  /** The same for annotations. */
  readonly requiredAnnotations: readonly string[];
  /** Runtime sensors that count, by product or by the end of their image's name. */
  readonly approvedSensors: readonly string[] | null;
  /** How the OS image of every node may begin. */
  readonly approvedNodeImages: readonly string[] | null;
  /** Age in days from which a static credential is to have been replaced. */
  readonly secretMaxAgeDays: number | null;
  /** Days for which the evidence of scans is kept; that of a cluster's latest one always is. */
  readonly evidenceDays: number;
  /** Days for which what a collector saw on a node counts in judging it. */
  readonly nodeEvidenceMaxAgeDays: number;
  readonly controls: readonly ControlDecision[];
}

/** A policy as it was decided; never changed once written. Version 0 is what holds before anybody decided. */
export interface PolicyVersion extends Policy {
  readonly id: string;
  readonly version: number;
  /** Id of the API key; null for version 0. */
  readonly decidedBy: string | null;
  readonly createdAt: Date | null;
}

export const firstPolicy: PolicyVersion = {
  id: '00000000-0000-0000-0000-000000000000', version: 0, decidedBy: null, createdAt: null,
  trustedRegistries: null, requiredLabels: [], requiredAnnotations: [], approvedSensors: null, approvedNodeImages: null, secretMaxAgeDays: null, evidenceDays: 30,
  nodeEvidenceMaxAgeDays: defaultNodeEvidenceDays, controls: [],
};

export const policyFields = ['trustedRegistries', 'requiredLabels', 'requiredAnnotations', 'approvedSensors', 'approvedNodeImages', 'secretMaxAgeDays', 'evidenceDays', 'nodeEvidenceMaxAgeDays', 'controls'] as const satisfies readonly (keyof Policy)[];

export const decisionOf = ({ controls }: Pick<Policy, 'controls'>, controlId: string): ControlDecision | undefined => controls.find((decision) => decision.controlId === controlId);
