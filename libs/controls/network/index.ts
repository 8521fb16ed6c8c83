import type { Control } from '../engine/control.js';
import { defaultDenyIngress } from './default-deny-ingress.js';

export const networkControls: readonly Control[] = [defaultDenyIngress];
