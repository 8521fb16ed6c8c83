import { like, type RowSection } from '../extend.js';
import { byRule } from '../item-spec.js';
import { all, any, kubelet, undecidable } from '../rules/rule.js';
import { atLeast, equal, isSet, notEqual } from '../rules/value-test.js';
import { allSet, apiServerArgument, apiServerItem } from './operator-config.js';

export const openshiftKubelet: RowSection = {
  id: '4.2', title: 'kubelet',
  rows: [
    byRule('4.2.1', 'Node garbage collection thresholds set', any(all(kubelet(['evictionHard'], isSet), kubelet(['imageGCHighThresholdPercent'], isSet)), undecidable('Whether the thresholds at which the node throws out pods and images fit its disks.', 'evictionHard and imageGC settings of each node')), {
      assessment: 'manual', target: 'node', remedy: { kind: 'kubelet', set: { 'evictionHard.memory.available': '500Mi', imageGCHighThresholdPercent: 80 }, note: 'Choose thresholds that fit the nodes.' },
    }),
    like('4.2.2', '4.2.1', 'automated'), like('4.2.3', '4.2.2', 'automated'), like('4.2.4', '4.2.3', 'automated', { title: 'Kubelet client CA set' }),
    like('4.2.5', '4.2.4', 'automated'), like('4.2.6', '4.2.5', 'automated'), like('4.2.7', '4.2.6', 'manual'),
    like('4.2.8', '4.2.8', 'manual', { title: 'Kubelet API/event rate sane', rule: all(kubelet(['kubeAPIQPS'], atLeast(0)), kubelet(['eventRecordQPS'], atLeast(0))), remedy: { kind: 'kubelet', set: { kubeAPIQPS: 50, eventRecordQPS: 50 } } }),
    apiServerItem('4.2.9', 'Kubelet client certificate pair set on the API server', allSet(apiServerArgument, 'kubelet-client-certificate', 'kubelet-client-key'), '4.2.9'),
    like('4.2.10', '4.2.10', 'manual'),
    like('4.2.11', '4.2.11', 'manual', {
      title: 'Kubelet serving-certificate rotation on', rule: all(kubelet(['featureGates', 'RotateKubeletServerCertificate'], notEqual(false)), kubelet(['serverTLSBootstrap'], equal(true))),
      remedy: { kind: 'kubelet', set: { serverTLSBootstrap: true } },
    }),
    like('4.2.13', '4.2.12', 'manual', { title: 'Strong kubelet and ingress ciphers' }),
  ],
};
