import type { Benchmark } from '../benchmark.js';
import { sectionsOn, type SectionSpec } from '../item-spec.js';
import { apiServer } from './api-server.js';
import { audit, authentication } from './authentication-and-audit.js';
import { controllerManager, schedulerSection } from './controller-manager-and-scheduler.js';
import { controlPlaneFiles } from './control-plane-files.js';
import { etcd } from './etcd.js';
import { kubeletSection, proxySection } from './kubelet.js';
import { admission, general, network, secrets } from './network-secrets-admission.js';
import { pods } from './pods.js';
import { rights } from './rights.js';
import { workerFiles } from './worker-files.js';

/** What the tables of other platforms build on. */
export const cis112Sections: readonly SectionSpec[] = [
  controlPlaneFiles, apiServer, controllerManager, schedulerSection, etcd, authentication, audit, workerFiles, kubeletSection, proxySection, rights, pods, network, secrets, admission, general,
];

export const cis112: Benchmark = {
  id: 'cis-1.12', title: 'CIS Kubernetes Benchmark 1.12', platform: 'kubeadm', kubernetes: { from: '1.32', to: '1.33' }, sections: sectionsOn('kubeadm', cis112Sections),
};
