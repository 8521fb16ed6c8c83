import type { Benchmark } from '../benchmark.js';
import { cis112Sections } from '../cis-1.12/cis-1.12.js';
import { extend } from '../extend.js';
import { sectionsOn } from '../item-spec.js';
import { eksNodes } from './nodes.js';
import { eksPolicies } from './policies.js';
import { eksControlPlane, eksServices } from './services.js';

export const eks180: Benchmark = {
  id: 'eks-1.8.0', title: 'CIS Amazon EKS Benchmark 1.8.0', platform: 'eks', kubernetes: undefined,
  sections: sectionsOn('eks', extend('eks', cis112Sections, [eksControlPlane, ...eksNodes, ...eksPolicies, ...eksServices])),
};
