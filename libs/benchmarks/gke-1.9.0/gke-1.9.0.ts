import type { Benchmark } from '../benchmark.js';
import { cis112Sections } from '../cis-1.12/cis-1.12.js';
import { extend } from '../extend.js';
import { sectionsOn } from '../item-spec.js';
import { gkeNetworkAndSettings } from './network-and-settings.js';
import { gkeNodes, gkePolicies } from './nodes-and-policies.js';
import { gkeServices } from './services.js';

export const gke190: Benchmark = {
  id: 'gke-1.9.0', title: 'CIS Google Kubernetes Engine Benchmark 1.9.0', platform: 'gke', kubernetes: undefined,
  sections: sectionsOn('gke', extend('gke', cis112Sections, [gkeNodes, ...gkePolicies, ...gkeServices, ...gkeNetworkAndSettings])),
};
