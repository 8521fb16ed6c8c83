import type { Control } from '../engine/control.js';
import { unusedRbac } from './unused-rbac.js';
import { versionSupport } from './version-support.js';

export const governanceControls: readonly Control[] = [unusedRbac, versionSupport];
