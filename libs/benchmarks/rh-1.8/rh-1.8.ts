import type { Benchmark } from '../benchmark.js';
import { cis112Sections } from '../cis-1.12/cis-1.12.js';
import { extend } from '../extend.js';
import { sectionsOn } from '../item-spec.js';
import { openshiftApiServer, openshiftAuthentication } from './api-server.js';
import { openshiftEtcd, openshiftManagers } from './control-plane.js';
import { openshiftControlPlaneFiles, openshiftNodeFiles } from './files.js';
import { openshiftKubelet } from './kubelet.js';
import { openshiftPolicies } from './policies.js';

const sections = [openshiftControlPlaneFiles, openshiftApiServer, ...openshiftManagers, openshiftEtcd, ...openshiftAuthentication, openshiftNodeFiles, openshiftKubelet, ...openshiftPolicies];

export const rh18: Benchmark = {
  id: 'rh-1.8', title: 'CIS Red Hat OpenShift Container Platform Benchmark 1.8', platform: 'openshift', kubernetes: undefined,
  sections: sectionsOn('openshift', extend('openshift', cis112Sections, sections)),
};
