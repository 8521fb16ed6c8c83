import type { Control } from '../engine/control.js';
import { layeredDefence } from './layered-defence.js';
import { logShipping } from './log-shipping.js';
import { monitoring } from './monitoring.js';
import { responseReadiness } from './response-readiness.js';
import { sensorCoverage } from './sensor-coverage.js';

export const runtimeControls: readonly Control[] = [sensorCoverage, logShipping, monitoring, responseReadiness, layeredDefence];
