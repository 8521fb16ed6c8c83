import { like, type Row } from './extend.js';
import type { Assessment } from './benchmark.js';

/** The kubelet's items that EKS and AKS number alike. */
export const managedKubelet = (assessment: Assessment): readonly Row[] =>
  (['4.2.1', '4.2.2', '4.2.3', '4.2.4', '4.2.5', '4.2.6'] as const).map((base, at) => like(`3.2.${at + 1}`, base, assessment));
