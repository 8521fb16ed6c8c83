import { deploymentFields, podFields } from './managed-fields.mjs';
import { podSpec, templateLabels, templateSpec } from './pod-spec.mjs';
import { hole, TextTemplate } from './text-template.mjs';

const conditions = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];
const templateAnnotations = { 'prometheus.io/port': '9080', 'prometheus.io/scrape': 'true' };
const podLabels = { ...templateLabels, 'pod-template-hash': hole('hash') };
const controller = (apiVersion, kind, name, uid) => [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }];

/** A Deployment, its ReplicaSet's metadata and a pod of one variant, with holes for the values of a workload and of a pod. */
export function workloadObjects(variant, replicas, time) {
  const spec = templateSpec(variant);
  return {
    deployment: TextTemplate.of({
      metadata: {
        name: hole('app'), namespace: hole('namespace'), uid: hole('deploymentUid'), resourceVersion: hole('resourceVersion'), generation: 4, creationTimestamp: time,
        labels: templateLabels, annotations: { 'deployment.kubernetes.io/revision': '4' }, managedFields: deploymentFields(spec, templateLabels, time),
      },
      spec: {
        replicas, selector: { matchLabels: { app: hole('app') } }, template: { metadata: { labels: templateLabels, annotations: templateAnnotations }, spec },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } }, revisionHistoryLimit: 10, progressDeadlineSeconds: 600,
      },
      status: { observedGeneration: 4, replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas },
    }),
    replicaSetMetadata: TextTemplate.of({
      name: hole('replicaSet'), namespace: hole('namespace'), uid: hole('replicaSetUid'), resourceVersion: hole('resourceVersion'), generation: 1, creationTimestamp: time,
      labels: podLabels, annotations: { 'deployment.kubernetes.io/desired-replicas': String(replicas), 'deployment.kubernetes.io/revision': '4' },
      ownerReferences: controller('apps/v1', 'Deployment', hole('app'), hole('deploymentUid')),
      managedFields: deploymentFields(spec, templateLabels, time),
    }),
    pod: TextTemplate.of(podOf(spec)),
  };
}

function podOf(spec) {
  const token = `kube-api-access-${hole('token')}`;
  return {
    metadata: {
      name: `${hole('replicaSet')}-${hole('suffix')}`,
      generateName: `${hole('replicaSet')}-`,
      namespace: hole('namespace'),
      uid: hole('uid'),
      resourceVersion: hole('resourceVersion'),
      generation: 1,
      creationTimestamp: hole('time'),
      labels: podLabels,
      annotations: { ...templateAnnotations, 'cni.example.com/podIP': `${hole('ip')}/32`, 'cni.example.com/podIPs': `${hole('ip')}/32` },
      ownerReferences: controller('apps/v1', 'ReplicaSet', hole('replicaSet'), hole('replicaSetUid')),
      managedFields: podFields(spec, podLabels, hole('replicaSetUid'), hole('ip'), hole('time')),
    },
    spec: podSpec(spec, hole('node'), token),
    status: {
      observedGeneration: 1,
      phase: 'Running',
      conditions: conditions.map((type) => ({ type, observedGeneration: 1, status: 'True', lastProbeTime: null, lastTransitionTime: hole('time') })),
      hostIP: hole('hostIP'),
      hostIPs: [{ ip: hole('hostIP') }],
      podIP: hole('ip'),
      podIPs: [{ ip: hole('ip') }],
      startTime: hole('time'),
      containerStatuses: spec.containers.map(({ name, image, volumeMounts }) => ({
        name, state: { running: { startedAt: hole('time') } }, lastState: {}, ready: true, restartCount: 0, image: image.split('@')[0],
        imageID: `${image.split(':')[0]}@sha256:${hole('imageId')}`, containerID: `containerd://${hole(`${name}Container`)}`, started: true,
        volumeMounts: [...volumeMounts, { name: token, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }].map((mount) => ({ ...mount, ...(mount.readOnly && { recursiveReadOnly: 'Disabled' }) })),
      })),
      qosClass: spec.containers[0].resources.limits ? 'Burstable' : 'BestEffort',
    },
  };
}
