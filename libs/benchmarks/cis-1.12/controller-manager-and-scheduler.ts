import type { Assessment } from '../benchmark.js';
import { byControls, flagsOf, of, type ItemSpec, type SectionSpec } from '../item-spec.js';
import type { Remedy } from '../remedies/remedy.js';
import { equal } from '../rules/value-test.js';
import type { Rule } from '../rules/rule.js';

type Flags = Omit<Extract<Remedy, { kind: 'flags' }>, 'kind' | 'component'>;

const item = (component: 'kube-controller-manager' | 'kube-scheduler') =>
  (id: string, title: string, part: string, flags: Flags, assessment: Assessment = 'automated', more: { readonly otherwise?: Rule; readonly caveat?: string } = {}): ItemSpec =>
    byControls(id, title, [of(component, `control-plane/controller-manager-and-scheduler#${part}`)], {
      assessment, target: 'control-plane', evidence: flagsOf(component), remedy: { kind: 'flags', component, ...flags }, ...more,
    });
const manager = item('kube-controller-manager');
const scheduler = item('kube-scheduler');

export const controllerManager: SectionSpec = {
  id: '1.3', title: 'kube-controller-manager',
  items: [
    manager('1.3.1', 'Terminated-pod garbage-collection threshold chosen', 'pod-collection', { set: { 'terminated-pod-gc-threshold': 1000 }, note: 'Any number above 0 that fits the cluster; unset means 12500.' }, 'manual'),
    manager('1.3.2', 'Controller-manager profiling off', 'profiling', { set: { profiling: false } }, 'automated', { caveat: 'It is on by default, and kubeadm leaves it so.' }),
    manager('1.3.3', 'Each controller uses its own service-account credential', 'own-credentials', { set: { 'use-service-account-credentials': true } }),
    manager('1.3.4', 'Service-account signing key file given to the controller-manager', 'account-key', { set: { 'service-account-private-key-file': '<file>' }, note: 'With an external signer on the API server (--service-account-signing-endpoint) there is no file to name.' }),
    manager('1.3.5', 'Root CA bundle for service accounts configured', 'root-ca', { set: { 'root-ca-file': '<file>' } }),
    manager('1.3.6', 'Kubelet serving-certificate rotation gate not turned off on the controller-manager', 'kubelet-rotation', { remove: ['feature-gates=RotateKubeletServerCertificate=false'] }),
    manager('1.3.7', 'Controller-manager listens on loopback only', 'bind-address', { set: { 'bind-address': '127.0.0.1' } }),
  ],
};

export const schedulerSection: SectionSpec = {
  id: '1.4', title: 'kube-scheduler',
  items: [
    scheduler('1.4.1', 'Scheduler profiling off', 'scheduler-profiling', { set: { profiling: false }, note: 'With --config the flag counts for nothing: set `enableProfiling: false` in the file it names.' }, 'automated', {
      otherwise: { kind: 'config-file', file: 'scheduler-config', path: ['enableProfiling'], is: equal(false), absent: true }, caveat: 'It is on by default, and kubeadm leaves it so.',
    }),
    scheduler('1.4.2', 'Scheduler listens on loopback only', 'scheduler-bind-address', { set: { 'bind-address': '127.0.0.1' } }),
  ],
};
