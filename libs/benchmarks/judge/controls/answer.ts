import type { ControlAnswer } from '../../benchmark.js';

/** What an answer is kept under: a part of a control, of one component where it judges several. */
export const answerKey = ({ controlId, part, component }: ControlAnswer): string => `${controlId}#${part ?? ''}@${component ?? ''}`;

/** Under which its rule for nodes is filed. */
export const partName = ({ controlId, part }: ControlAnswer): string => (part === undefined ? controlId : `${controlId}#${part}`);
