import type { Control } from '../engine/control.js';
import { privileged } from './privileged.js';

export const workloadsControls: readonly Control[] = [privileged];
