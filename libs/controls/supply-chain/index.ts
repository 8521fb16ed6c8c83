import type { Control } from '../engine/control.js';
import { digestPinning } from './digest-pinning.js';

export const supplyChainControls: readonly Control[] = [digestPinning];
