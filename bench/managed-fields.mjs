/** Field managers as the API server writes them: half of a pod's bytes, with keys that no two pods share. */
const leaf = (...names) => Object.fromEntries(names.map((name) => [`f:${name}`, {}]));
const withSelf = (...names) => ({ '.': {}, ...leaf(...names) });
const keyed = (entries) => Object.fromEntries(entries.map(([key, fields]) => [`k:${JSON.stringify(key)}`, { '.': {}, ...fields }]));
const entry = (manager, apiVersion, time, fieldsV1, subresource) => ({ manager, operation: 'Update', apiVersion, time, fieldsType: 'FieldsV1', fieldsV1, ...(subresource && { subresource }) });

const probeFields = { ...withSelf('failureThreshold', 'initialDelaySeconds', 'periodSeconds', 'successThreshold', 'timeoutSeconds'), 'f:httpGet': withSelf('path', 'port', 'scheme') };

function containerFields(container) {
  return {
    ...leaf('args', 'image', 'imagePullPolicy', 'name', 'terminationMessagePath', 'terminationMessagePolicy'),
    'f:env': { '.': {}, ...keyed(container.env.map(({ name, valueFrom }) => [{ name }, valueFrom ? { 'f:name': {}, 'f:valueFrom': withSelf(...Object.keys(valueFrom)) } : leaf('name', 'value')])) },
    'f:livenessProbe': probeFields,
    'f:readinessProbe': probeFields,
    'f:ports': { '.': {}, ...keyed(container.ports.map(({ containerPort, protocol }) => [{ containerPort, protocol }, leaf('containerPort', 'name', 'protocol')])) },
    'f:resources': { '.': {}, 'f:limits': withSelf('cpu', 'memory'), 'f:requests': withSelf('cpu', 'memory') },
    'f:securityContext': { ...withSelf('allowPrivilegeEscalation', 'privileged', 'readOnlyRootFilesystem', 'runAsNonRoot', 'runAsUser'), 'f:capabilities': withSelf('drop'), 'f:seccompProfile': withSelf('type') },
    'f:volumeMounts': { '.': {}, ...keyed(container.volumeMounts.map(({ mountPath }) => [{ mountPath }, leaf('mountPath', 'name')])) },
  };
}

function templateFields({ containers, volumes }) {
  return {
    ...leaf('dnsPolicy', 'enableServiceLinks', 'restartPolicy', 'schedulerName', 'serviceAccount', 'serviceAccountName', 'terminationGracePeriodSeconds'),
    'f:containers': keyed(containers.map((container) => [{ name: container.name }, containerFields(container)])),
    'f:securityContext': withSelf('fsGroup', 'runAsNonRoot'),
    'f:volumes': { '.': {}, ...keyed(volumes.map(({ name, ...source }) => [{ name }, { 'f:name': {}, ...leaf(...Object.keys(source)) }])) },
  };
}

const conditionTypes = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady'];

export const podFields = (spec, labels, ownerUid, podIP, time) => [
  entry('kube-controller-manager', 'v1', time, {
    'f:metadata': { 'f:annotations': withSelf('prometheus.io/port', 'prometheus.io/scrape'), 'f:generateName': {}, 'f:labels': withSelf(...Object.keys(labels)), 'f:ownerReferences': { '.': {}, ...keyed([[{ uid: ownerUid }, {}]]) } },
    'f:spec': templateFields(spec),
  }),
  entry('kubelet', 'v1', time, {
    'f:status': {
      'f:conditions': { '.': {}, ...keyed(conditionTypes.map((type) => [{ type }, leaf('lastProbeTime', 'lastTransitionTime', 'observedGeneration', 'status', 'type')])) },
      ...leaf('containerStatuses', 'hostIP', 'hostIPs', 'phase', 'podIP', 'startTime'),
      'f:podIPs': { '.': {}, ...keyed([[{ ip: podIP }, leaf('ip')]]) },
    },
  }, 'status'),
];

export const deploymentFields = (spec, labels, time) => [
  entry('helm', 'apps/v1', time, { 'f:metadata': { 'f:labels': withSelf(...Object.keys(labels)) }, 'f:spec': { ...leaf('progressDeadlineSeconds', 'replicas', 'revisionHistoryLimit', 'selector'), 'f:template': { 'f:metadata': { 'f:labels': withSelf(...Object.keys(labels)) }, 'f:spec': templateFields(spec) } } }),
  entry('kube-controller-manager', 'apps/v1', time, { 'f:status': { ...leaf('availableReplicas', 'observedGeneration', 'readyReplicas', 'replicas', 'updatedReplicas'), 'f:conditions': { '.': {}, ...keyed(['Available', 'Progressing'].map((type) => [{ type }, leaf('lastTransitionTime', 'lastUpdateTime', 'message', 'reason', 'status', 'type')])) } } }, 'status'),
];

export const otherFields = (manager, apiVersion, time, ...names) => [entry(manager, apiVersion, time, { 'f:metadata': { 'f:labels': withSelf('app.kubernetes.io/part-of') }, 'f:spec': leaf(...names) })];
