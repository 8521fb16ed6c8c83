import type { Benchmark } from '../benchmark.js';
import { cis112Sections } from '../cis-1.12/cis-1.12.js';
import { extend } from '../extend.js';
import { sectionsOn } from '../item-spec.js';
import { aksNodes } from './nodes.js';
import { aksPolicies } from './policies.js';
import { aksControlPlane, aksServices } from './services.js';

export const aks18: Benchmark = {
  id: 'aks-1.8', title: 'CIS Azure Kubernetes Service Benchmark 1.8', platform: 'aks', kubernetes: undefined,
  sections: sectionsOn('aks', extend('aks', cis112Sections, [aksControlPlane, ...aksNodes, ...aksPolicies, ...aksServices])),
};
