import type { PathTable } from './path-ref.js';

const kubeletConfig = { component: 'kubelet', flag: 'config' } as const;
const kubeconfig = (source: string) => ({ places: [{ at: '/var/lib/kubelet/kubeconfig' }], named: { component: 'kubelet', flag: 'kubeconfig' }, source }) as const;
const clientCa = { component: 'kubelet', path: ['authentication', 'x509', 'clientCAFile'] } as const;

const eksAmi = 'https://github.com/awslabs/amazon-eks-ami/tree/main/nodeadm/internal/kubelet';

/** Amazon Linux 2023 has the file and its drop-ins, Amazon Linux 2 the older name. Whoever brings nodes of another image names the file to the kubelet. */
export const eksPaths = {
  'kubelet-kubeconfig': kubeconfig(eksAmi),
  'kubelet-client-ca': { places: [{ at: '/etc/kubernetes/pki/ca.crt' }], named: clientCa, source: eksAmi },
  'kubelet-config': {
    places: [{ at: '/etc/kubernetes/kubelet/config.json' }, { below: '/etc/kubernetes/kubelet/config.json.d', named: '*.conf' }, { at: '/etc/kubernetes/kubelet/kubelet-config.json' }],
    named: kubeletConfig, source: eksAmi,
  },
} as const satisfies PathTable;

const agentBaker = 'https://github.com/Azure/AgentBaker/blob/master/parts/linux/cloud-init/artifacts/cse_config.sh';

export const aksPaths = {
  'kubelet-kubeconfig': kubeconfig(agentBaker),
  'kubelet-client-ca': { places: [{ at: '/etc/kubernetes/certs/ca.crt' }], named: clientCa, source: agentBaker },
  'kubelet-config': { places: [{ at: '/etc/default/kubeletconfig.json' }], named: kubeletConfig, source: agentBaker },
  'cloud-credentials': { places: [{ at: '/etc/kubernetes/azure.json' }], source: agentBaker },
} as const satisfies PathTable;

const gkeNodes = 'https://github.com/aquasecurity/kube-bench/blob/main/cfg/config.yaml';

export const gkePaths = {
  'kubelet-kubeconfig': kubeconfig(gkeNodes),
  'kubelet-client-ca': { places: [{ at: '/etc/srv/kubernetes/pki/ca-certificates.crt' }], named: clientCa, source: gkeNodes },
  'kubelet-config': { places: [{ at: '/home/kubernetes/kubelet-config.yaml' }], named: kubeletConfig, source: gkeNodes },
} as const satisfies PathTable;
