import type { Control } from '../engine/control.js';
import { sensorCoverage } from './sensor-coverage.js';

export const runtimeControls: readonly Control[] = [sensorCoverage];
