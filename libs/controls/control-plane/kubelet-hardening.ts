import { goDuration } from '#inventory/components/go-values.js';
import type { KubeletFacts, KubeletField, NodeFacts } from '#inventory/facts.js';
import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import { defineControl, type Severity } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import { notApplicable, passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { eachNode } from '../scopes/each-object.js';
import { isPartial, kubeletConfig, leftOut, resting, kubeletValues } from './kubelet-config.js';
import { kubeletOnNode, kubeletWith, staleKubelet, unaskedKubelet } from './kubelet-example.js';
import { isOldMinimum, strongSuites, weakMinimum, weakSuites } from './tls-suites.js';

const parts = {
  'kernel-defaults': 'it stops where the kernel is not set as it expects', 'client-rotation': 'it renews the certificate it signs in with', 'serving-certificate': 'it serves with a certificate that can be checked',
  'serving-rotation': 'it renews that one', 'min-version': 'the minimum version is TLS 1.2 or later', 'cipher-suites': 'only strong cipher suites are offered', 'event-rate': 'events are limited', 'event-capture': 'no event is lost to a low limit',
  'streaming-timeout': 'idle streams are closed', iptables: 'it keeps its firewall rules', 'seccomp-default': 'containers get a seccomp profile by default', 'pids-limit': 'a pod may not take all processes of its node',
} as const;

type Part = keyof typeof parts;

/** What Linux alone has. */
const linuxParts: ReadonlySet<Part> = new Set(['kernel-defaults', 'iptables', 'seccomp-default', 'pids-limit']);

/** Settings that each part rests on. */
const restsOn: Readonly<Record<Part, readonly KubeletField[]>> = {
  'kernel-defaults': ['protectKernelDefaults'], 'client-rotation': ['rotateCertificates'], 'serving-certificate': ['serverTLSBootstrap', 'tlsCertFile'], 'serving-rotation': ['rotateServerCertificate'],
  'min-version': ['tlsMinVersion', 'tlsCipherSuites'], 'cipher-suites': ['tlsCipherSuites', 'tlsMinVersion'], 'event-rate': ['eventRecordQPS'], 'event-capture': ['eventRecordQPS'], 'streaming-timeout': ['streamingConnectionIdleTimeout'],
  iptables: ['makeIPTablesUtilChains'], 'seccomp-default': ['seccompDefault'], 'pids-limit': ['podPidsLimit'],
};

/** Those that a verdict of this kubelet rests on. */
const decidingFor = (part: Part, { tlsMinVersion }: KubeletFacts): readonly KubeletField[] => (part === 'min-version' && !isOldMinimum(tlsMinVersion) ? ['tlsMinVersion'] : restsOn[part]);

/** Events a second from which on a limit is the default's or above (1.27); the benchmark accepts none as well. */
const enoughEvents = 50;

const judge = (part: Part, isRight: boolean, message: string, severity?: Severity): Verdict => (isRight ? passPart(part) : provenFail(message, { part, ...(severity && { severity }) }));

/** At start a kubelet without a certificate makes one for itself, and from then on says that this is its file. */
const isSelfSigned = (file: string): boolean => file === '' || /(^|\/)pki\/kubelet\.crt$/.test(file);

/** The setting does nothing from here on. */
const withoutStreamingTimeout = { major: 1, minor: 34 };

function judgeStreaming(who: string, { streamingConnectionIdleTimeout }: KubeletFacts, { kubeletVersion }: NodeFacts): Verdict {
  const part = 'streaming-timeout';
  const version = minorOf(kubeletVersion);
  if (version && !isBefore(version, withoutStreamingTimeout)) return notApplicable('kubelets from 1.34 on leave streams to the container runtime', part);
  if (streamingConnectionIdleTimeout === undefined) return unknown(leftOut, part);
  return judge(part, goDuration(streamingConnectionIdleTimeout) !== 0, `${who} never closes streams that are idle: a forgotten shell stays open for whoever finds it`, 'low');
}

function judgeSuites(who: string, { tlsCipherSuites = [], tlsMinVersion }: KubeletFacts, { kubeletVersion }: NodeFacts): Verdict {
  const part = 'cipher-suites';
  const weak = weakSuites(who, tlsCipherSuites, tlsMinVersion, minorOf(kubeletVersion));
  if (!weak) return passPart(part);
  return 'fact' in weak ? unknown(weak, part) : judge(part, false, weak.message, weak.severity);
}

function judgeClient(who: string, { rotateCertificates = false }: KubeletFacts, { cluster }: World): Verdict {
  const part = 'client-rotation';
  if (!rotateCertificates && cluster.platform === 'eks') return notApplicable('kubelets of EKS sign in with IAM, not with a certificate', part);
  return judge(part, rotateCertificates, `${who} does not renew the certificate it signs in with: the node drops out when that ends, or somebody makes one that never does`);
}

/** configz leaves out what is false, empty or 0 where Go cannot tell that from not set. */
function judgeAll(config: KubeletFacts, node: NodeFacts, world: World): readonly Verdict[] {
  const who = `the kubelet of ${node.name}`;
  const { protectKernelDefaults = false, serverTLSBootstrap = false, rotateServerCertificate = true, tlsCertFile = '', makeIPTablesUtilChains = true, seccompDefault = false, podPidsLimit, eventRecordQPS } = config;
  const minimum = weakMinimum(who, config.tlsMinVersion, () => config.tlsCipherSuites ?? []);
  return [
    judge('kernel-defaults', protectKernelDefaults, `${who} changes kernel settings that are not as it expects, instead of stopping there`),
    judgeClient(who, config, world),
    judge('serving-certificate', serverTLSBootstrap || !isSelfSigned(tlsCertFile), `${who} serves with a certificate that it signed itself: nobody can check that it is this node to which commands and credentials go`),
    judge('serving-rotation', rotateServerCertificate, `${who} has its gate RotateKubeletServerCertificate switched off: its serving certificate runs out`),
    judge('min-version', minimum === undefined, minimum ?? ''),
    judgeSuites(who, config, node),
    judge('event-rate', eventRecordQPS !== 0, `${who} has no limit for events: a pod that fails fast enough floods the API server with them`, 'low'),
    judge('event-capture', eventRecordQPS === 0 || (eventRecordQPS ?? 0) >= enoughEvents, `${who} records ${eventRecordQPS ?? 0} events a second, fewer than by default: what happens on a busy node is lost`, 'info'),
    judgeStreaming(who, config, node),
    judge('iptables', makeIPTablesUtilChains, `${who} does not keep the firewall chains that others rely on`, 'low'),
    judge('seccomp-default', seccompDefault, `${who} runs containers without a seccomp profile unless they ask for one`),
    podPidsLimit === undefined ? unknown(leftOut, 'pids-limit') : judge('pids-limit', podPidsLimit > 0, `${who} lets one pod take all processes of its node`),
  ];
}

const hardened = {
  protectKernelDefaults: true, rotateCertificates: true, serverTLSBootstrap: true, tlsMinVersion: 'VersionTLS12', tlsCipherSuites: strongSuites,
  eventRecordQPS: 50, streamingConnectionIdleTimeout: '4h0m0s', makeIPTablesUtilChains: true, seccompDefault: true, podPidsLimit: 4096,
};
const kubelet = (settings: Readonly<Record<string, unknown>>, version = 'v1.33.4', options: Omit<Example, 'manifests' | 'kubelets'> = {}): Example => ({
  ...kubeletWith({ ...hardened, ...settings }, options),
  manifests: manifests(`apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {nodeInfo: {kubeletVersion: ${version}, operatingSystem: linux}}`).manifests,
});

export const kubeletHardening = defineControl({
  id: 'control-plane/kubelet-hardening',
  title: 'Kubelets are set as strictly as their pods bear',
  severity: 'medium',
  why: 'A kubelet runs as root on its node and speaks with the whole cluster. Certificates that nobody can check or renew, weak TLS, kernel settings that drift and pods without a limit of processes each make one bad pod or one listener in the network into the loss of a node.',
  remediation: 'In the kubelet\'s configuration file set protectKernelDefaults: true (with vm.overcommit_memory=1, vm.panic_on_oom=0, kernel.panic=10, kernel.panic_on_oops=1 and kernel.keys.root_maxkeys=1000000 set on the node first), rotateCertificates: true, serverTLSBootstrap: true (and approve the requests for serving certificates), tlsMinVersion: VersionTLS12 with tlsCipherSuites naming only ECDHE suites with GCM or CHACHA20, eventRecordQPS: 50, seccompDefault: true and podPidsLimit: 4096; leave makeIPTablesUtilChains on, and streamingConnectionIdleTimeout above 0 before 1.34. Then restart the kubelet, one node at a time.',
  frameworks: {
    'cis-kubernetes': [
      '4.2.5#streaming-timeout', '4.2.6#iptables', '4.2.8#event-capture', '4.2.9#serving-certificate', '4.2.10#client-rotation', '4.2.11#serving-rotation',
      '4.2.12#cipher-suites', '4.2.13#pids-limit', '4.2.14#seccomp-default',
    ],
    'nsa-cisa': ['network/worker-nodes'], 'nist-800-190': ['4.3.5', '4.5.5'],
    'nist-800-53': ['CM-6', 'CM-7', 'SC-5#pids-limit', 'SC-8(1)#serving-certificate', 'SC-13#cipher-suites', 'SC-17#serving-certificate'],
    'mitre-attack': ['T1068#seccomp-default', 'T1499#pids-limit'], 'owasp-kubernetes': ['K07'], 'pci-dss': ['2.2.1', '2.2.6'], soc2: ['CC6.1', 'CC7.1'],
  },
  evidence: ['configz', 'node'],
  parts,
  scope: eachNode,
  check(node, world) {
    const config = kubeletConfig(node.name, world);
    const all = Object.keys(parts) as readonly Part[];
    if (config.state === 'missing') return all.map((part) => unknown(config.missing, part));
    // Every whole answer has it, so that in one without it nothing that is left out means anything.
    if (isPartial(config.value)) return all.map((part) => unknown(leftOut, part));
    const verdicts = judgeAll(config.value, node, world).map((verdict) => resting(config.value, decidingFor(verdict.part as Part, config.value), verdict));
    if (node.operatingSystem !== 'windows') return verdicts;
    return verdicts.map((verdict) => (linuxParts.has(verdict.part as Part) ? notApplicable('the node runs Windows, which has no such thing', verdict.part) : verdict));
  },
  values: kubeletValues(restsOn),
  examples: {
    passes: [
      kubelet({}),
      kubelet({ tlsMinVersion: 'VersionTLS13', tlsCipherSuites: [], serverTLSBootstrap: false, tlsCertFile: '/etc/kubernetes/certs/kubeletserver.crt' }, 'v1.36.1', { title: 'A certificate from elsewhere' }),
      kubelet({ tlsMinVersion: 'VersionTLS11' }, 'v1.36.1', { title: 'Suites that TLS 1.1 has not' }),
      kubelet({ streamingConnectionIdleTimeout: '0s' }, 'v1.35.2', { title: 'A setting that does nothing from 1.34 on' }),
      kubelet({ rotateCertificates: false }, 'v1.35.2-eks-1234567', { title: 'A kubelet that signs in with IAM' }),
    ],
    fails: [
      kubelet({ protectKernelDefaults: false }),
      kubelet({ rotateCertificates: false }),
      kubelet({ serverTLSBootstrap: false, tlsCertFile: '/var/lib/kubelet/pki/kubelet.crt' }),
      kubelet({ featureGates: { RotateKubeletServerCertificate: false } }),
      kubelet({ tlsMinVersion: 'VersionTLS10', tlsCipherSuites: [] }),
      kubelet({ tlsCipherSuites: ['TLS_RSA_WITH_AES_128_CBC_SHA'] }),
      kubelet({ tlsCipherSuites: [] }, 'v1.36.1', { title: 'Default suites' }),
      kubelet({ eventRecordQPS: 0 }),
      kubelet({ eventRecordQPS: 5 }),
      kubeletOnNode('protectKernelDefaults: true', { title: 'Defaults of a file' }),
      kubelet({ streamingConnectionIdleTimeout: '0s' }),
      kubelet({ makeIPTablesUtilChains: false }),
      kubelet({ seccompDefault: false }),
      kubelet({ podPidsLimit: -1 }),
      kubeletWith({ eventRecordQPS: 50, podPidsLimit: -1, streamingConnectionIdleTimeout: '4h0m0s' }, { title: 'What is false is left out' }),
    ],
    unknown: [unaskedKubelet, staleKubelet, kubeletWith({ seccompDefault: true }, { title: 'An answer that is not whole' })],
  },
});
