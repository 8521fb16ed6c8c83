import type { Control } from '../engine/control.js';
import { versionSupport } from './version-support.js';

export const governanceControls: readonly Control[] = [versionSupport];
