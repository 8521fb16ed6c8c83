import { api, byControls, byRule, type ControlName, type ItemSpec, type SectionSpec } from '../item-spec.js';
import { text, type Remedy } from '../remedies/remedy.js';

const manual = { assessment: 'manual', target: 'cluster' } as const;
const note = 'Judged by what is there to run: that such a pod would be refused is what 5.2.1 says.';
const baseline = 'enforce the level baseline in its namespace (`kubectl label namespace NAME pod-security.kubernetes.io/enforce=baseline`)';
const restricted = 'enforce the level restricted in its namespace (`kubectl label namespace NAME pod-security.kubernetes.io/enforce=restricted`)';
const fix = (change: string, level: string): Remedy => text(`${change}, and ${level}.`);

const item = (id: string, title: string, answers: readonly ControlName[], remedy: Remedy): ItemSpec =>
  byControls(id, title, answers, { ...manual, evidence: api('pods', 'namespaces'), remedy, note });

export const pods: SectionSpec = {
  id: '5.2', title: 'Pod security',
  items: [
    byControls('5.2.1', 'Every user namespace has an active pod-admission control', ['workloads/psa-enforce#enforce', 'workloads/psa-exemptions', 'workloads/pod-security-policy'], {
      ...manual, evidence: [...api('namespaces', 'validatingwebhookconfigurations.admissionregistration.k8s.io', 'validatingadmissionpolicybindings.admissionregistration.k8s.io'), { class: 'flags', component: 'kube-apiserver' }],
      remedy: text('Label each namespace with `pod-security.kubernetes.io/enforce=restricted`, or baseline where its pods need it; `kubectl label --dry-run=server` names pods that would be refused.'),
    }),
    item('5.2.2', 'Privileged containers not admitted', ['workloads/privileged'], fix('Take `privileged: true` out of the container\'s securityContext', baseline)),
    item('5.2.3', 'hostPID not admitted', ['workloads/host-namespaces#hostPID'], fix('Take `hostPID: true` out of the pod', baseline)),
    item('5.2.4', 'hostIPC not admitted', ['workloads/host-namespaces#hostIPC'], fix('Take `hostIPC: true` out of the pod', baseline)),
    item('5.2.5', 'hostNetwork not admitted', ['workloads/host-namespaces#hostNetwork'], fix('Take `hostNetwork: true` out of the pod', baseline)),
    item('5.2.6', 'Privilege escalation not admitted', ['workloads/privilege-escalation'], fix('Set `allowPrivilegeEscalation: false` in the container\'s securityContext; unset, it is allowed', restricted)),
    item('5.2.7', 'Containers running as root not admitted', ['workloads/run-as-non-root'], fix('Set `runAsNonRoot: true`, or a `runAsUser` above 0, in the securityContext', restricted)),
    // The controls on capabilities want ALL dropped and almost none added, which is more than this asks.
    byRule('5.2.8', 'NET_RAW not available to containers', { kind: 'capability-dropped', capability: 'NET_RAW' }, { ...manual, covers: ['workloads/capabilities-drop-all', 'workloads/capabilities-added', 'workloads/privileged'], note, remedy: fix('Set `capabilities: {drop: [NET_RAW]}`, or `[ALL]`, in the container\'s securityContext', restricted) }),
    item('5.2.9', 'Containers drop all capabilities unless needed', ['workloads/capabilities-drop-all'], fix('Set `capabilities: {drop: [ALL]}` in the container\'s securityContext and add back only what it needs', restricted)),
    item('5.2.10', 'Windows HostProcess containers not admitted', ['workloads/pss-baseline#windowsHostProcess'], fix('Take `windowsOptions.hostProcess: true` out of the securityContext', baseline)),
    item('5.2.11', 'hostPath volumes not admitted', ['workloads/host-path', 'workloads/runtime-socket'], fix('Replace hostPath volumes with claims, ConfigMaps or emptyDir', baseline)),
    item('5.2.12', 'hostPort not admitted', ['workloads/host-ports'], fix('Take `hostPort` out of the container\'s ports and use a Service', baseline)),
  ],
};
