import { defineControl } from '../engine/control.js';
import { manifests, podSpec } from '../engine/example.js';
import { fail, notApplicable, pass } from '../engine/verdict.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';

const staticPod = notApplicable('a kubelet starts static pods from files and restarts them itself');

const ofReplicaSet = `
apiVersion: v1
kind: Pod
metadata:
  name: web-6d4b9c7f5-x2x9z
  namespace: shop
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-6d4b9c7f5, uid: a, controller: true}]
spec: {containers: [{name: app, image: registry.example/app:1}]}`;

export const barePods = defineControl({
  id: 'workloads/bare-pods',
  title: 'Every pod has a controller that makes it again',
  severity: 'low',
  why: 'A pod without a controller is gone with its node, and comes back neither by itself nor with a fix: almost nothing of it can be changed in place. It is also how debugging sessions, and what an intruder started by hand, stay behind unnoticed.',
  remediation: 'Delete the pod if nobody needs it. Otherwise make its spec the template of a Deployment, StatefulSet or DaemonSet, or of a Job if it is to end, apply that, and delete the pod.',
  frameworks: { 'nist-800-190': ['4.4.5'], 'nist-800-53': ['CM-2', 'CP-10'], soc2: ['A1.2', 'CC8.1'] },
  evidence: ['api'],
  scope: eachPodTemplate,
  check({ workload }) {
    if (workload.kind !== 'Pod' || workload.group !== '') return pass;
    return workload.isMirror ? staticPod : fail('no controller owns this pod, so nothing makes it again when it or its node is gone');
  },
  examples: {
    passes: [
      manifests(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {spec: {containers: [{name: app, image: registry.example/app:1}]}}}`),
      manifests('apiVersion: v1\nkind: Pod\nmetadata: {name: db-1, namespace: shop, ownerReferences: [{apiVersion: db.example/v1, kind: Database, name: db, uid: a, controller: true}]}\nspec: {containers: [{name: db, image: registry.example/db:1}]}', { title: 'a controller that is somebody\'s own' }),
    ],
    fails: [
      podSpec(''),
      manifests('apiVersion: v1\nkind: Pod\nmetadata: {name: debug, namespace: shop, ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: session, uid: a}]}\nspec: {containers: [{name: sh, image: registry.example/sh:1}]}', { title: 'an owner that is no controller only cleans up' }),
    ],
    unknown: [manifests(ofReplicaSet, { missing: { 'replicasets.apps': 'forbidden' }, title: 'who owns the pod could not be read' })],
    notApplicable: [
      manifests('apiVersion: v1\nkind: Pod\nmetadata: {name: kube-scheduler-a, namespace: kube-system, annotations: {kubernetes.io/config.mirror: abc}}\nspec: {containers: [{name: kube-scheduler, image: registry.k8s.io/kube-scheduler:v1.36.0}]}'),
    ],
  },
});
