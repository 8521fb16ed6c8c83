import { defineControl } from '../engine/control.js';
import { manifests, podSpec } from '../engine/example.js';
import { fail, pass } from '../engine/verdict.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';

const deployment = (namespace: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web${namespace}}
spec: {template: {spec: {containers: [{name: app, image: registry.example/app:1}]}}}`;

export const defaultNamespace = defineControl({
  id: 'workloads/default-namespace',
  title: 'Workloads live in namespaces made for them, not in `default`',
  severity: 'low',
  why: 'What nobody gave a namespace ends up in `default`, beside everything else that nobody gave one. Rights, quotas, network policies and Pod Security levels are set by namespace, so all of them either share one or have none.',
  remediation: 'Make a namespace for the application and apply its manifests there with `metadata.namespace` set; objects cannot be moved, so bring the new ones up, point clients to them and delete the old ones. Set a namespace in each kubeconfig context and pipeline, so that a forgotten one does not mean `default`.',
  frameworks: {
    'cis-kubernetes': ['5.6.4'], 'nsa-cisa': ['network/namespaces'], 'nist-800-190': ['4.3.4'], 'nist-800-53': ['CM-6', 'SC-7(21)'], 'owasp-kubernetes': ['K05'],
    'pci-dss': ['2.2.3'], soc2: ['CC6.1'],
  },
  evidence: ['api'],
  scope: eachPodTemplate,
  check: ({ workload }) => (workload.namespace === 'default' ? fail(`this ${workload.kind} is in namespace default`) : pass),
  examples: {
    passes: [podSpec(''), manifests(deployment(', namespace: shop'))],
    fails: [
      manifests(deployment(', namespace: default')),
      manifests(deployment(''), { title: 'no namespace means default' }),
    ],
    unknown: [
      manifests(`
apiVersion: v1
kind: Pod
metadata:
  name: web-6d4b9c7f5-x2x9z
  namespace: default
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-6d4b9c7f5, uid: a, controller: true}]
spec: {containers: [{name: app, image: registry.example/app:1}]}`, { missing: { 'replicasets.apps': 'forbidden' }, title: 'under whose name the pod runs could not be read' }),
    ],
  },
});
