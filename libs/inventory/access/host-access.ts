import type { Container, PodTemplate } from '../facts.js';
import { contains, normalHostPath } from '../readers/host-path.js';

/** Sockets through which a container runtime starts any container; a read-only mount does not stop one from connecting. */
const sockets = ['/run/docker.sock', '/run/containerd/containerd.sock', '/run/crio/crio.sock', '/run/cri-dockerd.sock', '/run/k3s/containerd/containerd.sock'];
/** Tokens of all pods of the node, and the kubelet's own key. */
const kubeletSecrets = ['/var/lib/kubelet/pods', '/var/lib/kubelet/pki'];
/** Keys and kubeconfigs, of the control plane too where it runs there. */
const clusterSecrets = '/etc/kubernetes';

/** Capabilities that undo the container, by themselves or with the host's processes in sight. */
const breaking = new Set(['ALL', 'SYS_ADMIN', 'SYS_MODULE', 'DAC_READ_SEARCH', 'BPF']);

/**
 * Whether somebody in a pod of the template is as good as root on its node. The host's network or IPC alone is not that:
 * it shows traffic and memory segments, and neither files nor processes.
 */
export function reachesHost(template: PodTemplate): boolean {
  if (template.hostPID) return true;
  if (template.securityContext?.hostProcess === true) return true;
  const paths = new Map(template.volumes.filter(({ source }) => source === 'hostPath').map(({ name, of }) => [name, normalHostPath(of ?? '/')]));
  return template.containers.some((container) => isUnconfined(container) || container.mounts.some(({ volume, readOnly }) => {
    const path = paths.get(volume);
    return path !== undefined && (!readOnly || holdsCredentials(path));
  }));
}

function isUnconfined({ securityContext }: Container): boolean {
  if (securityContext?.privileged === true || securityContext?.hostProcess === true) return true;
  return securityContext?.capabilities?.add.some((name) => breaking.has(name.toUpperCase().replace(/^CAP_/, ''))) === true;
}

const holdsCredentials = (path: string): boolean =>
  contains(path, clusterSecrets) || contains(clusterSecrets, path) || [...sockets, ...kubeletSecrets].some((known) => contains(path, known));
