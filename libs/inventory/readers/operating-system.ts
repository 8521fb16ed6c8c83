import type { PodTemplate } from '../facts.js';

/** Whether pods of the template run on Windows, by what they say of themselves or by the only nodes they may go to. */
export const runsOnWindows = (template: PodTemplate): boolean =>
  (template.os ?? template.nodeSelector['kubernetes.io/os']) === 'windows';
