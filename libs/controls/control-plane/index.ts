import type { Control } from '../engine/control.js';
import { clusterAdminBindings } from './cluster-admin-bindings.js';

export const controlPlaneControls: readonly Control[] = [clusterAdminBindings];
