import type { ComponentFacts } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { manifests } from '../engine/example.js';
import { orUnknown } from '../engine/part.js';
import { notApplicable, passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import { eachComponent, flagOf, isSet, quoted, switchOf, withSource } from '../scopes/each-component.js';
import { flagValues } from '../scopes/flag-values.js';
import { managedCluster } from './api-server-example.js';
import { etcdOnHost, staticPods } from './component-example.js';
import { inEnvironment, isLocal, urlsOf, valuesOf } from './etcd-settings.js';

/** A verdict that rests on these flags alone. */
function from(etcd: ComponentFacts, part: string, flags: readonly string[], judge: () => string | undefined, mildly?: () => boolean): Verdict {
  return orUnknown(part, () => {
    const hidden = inEnvironment(etcd, flags);
    if (hidden) return unknown(hidden, part);
    const message = judge();
    if (message === undefined) return passPart(part);
    return provenFail(message, { part, ...(mildly?.() && { severity: 'medium' }) });
  });
}

const isPlain = (url: string): boolean => /^http:/i.test(url);

/**
 * Whether there is certainly no peer: one member is named, and none could reach it. The name alone does not
 * tell, for the flag counts at the first start only and members may have joined since.
 */
function isAlone(etcd: ComponentFacts): boolean {
  const names = ['listen-peer-urls', 'initial-cluster'] as const;
  if (etcd.unseenFlags !== undefined || names.some((name) => etcd.unreadFlags?.[name] !== undefined) || inEnvironment(etcd, names) !== undefined) return false;
  const members = new Set(valuesOf(flagOf(etcd, 'initial-cluster') ?? '').map((member) => member.split('=')[0]));
  return members.size === 1 && urlsOf(etcd, 'listen-peer-urls').every(isLocal);
}

/** What holds for clients and for peers, whose flags differ by a prefix. */
function judgeSide(etcd: ComponentFacts, side: 'client' | 'peer'): readonly Verdict[] {
  const peer = side === 'peer' ? 'peer-' : '';
  const auth = `${peer}client-cert-auth`;
  const auto = `${peer}auto-tls`;
  const [cert, key, ca] = [`${peer}cert-file`, `${peer}key-file`, `${peer}trusted-ca-file`];
  return [
    from(etcd, `${peer}client-auth`, [auth], () => (switchOf(etcd, auth) === true ? undefined : `--${auth} is not true: nothing says that a ${side} must show a certificate`),
      // With a CA it asks for certificates all the same, which its documentation does not promise.
      () => isSet(etcd, ca) && isSet(etcd, cert)),
    from(etcd, `${peer}auto-tls`, [auto], () => (switchOf(etcd, auto) === true ? `--${auto} is true: etcd makes a certificate for itself that no ${side} can check` : undefined)),
    from(etcd, `${peer}certificate`, [cert, key], () => {
      const missing = [cert, key].filter((flag) => !isSet(etcd, flag)).map((flag) => `--${flag}`);
      return missing.length === 0 ? undefined : `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set: etcd has no certificate of its own for ${side}s`;
    }),
  ];
}

function judgeUrls(etcd: ComponentFacts, alone: boolean): Verdict {
  const flags = ['listen-client-urls', 'listen-client-http-urls', ...(alone ? [] : ['listen-peer-urls' as const])] as const;
  return from(etcd, 'plain-http', [...flags, 'listen-metrics-urls'], () => {
    for (const flag of flags) {
      const url = urlsOf(etcd, flag).find(isPlain);
      if (url !== undefined) return `etcd listens on ${quoted(url)} (--${flag}${flagOf(etcd, flag) === undefined ? ', by default' : ''}): no certificate is asked for there, and nothing is encrypted`;
    }
    const metrics = urlsOf(etcd, 'listen-metrics-urls').find((url) => isPlain(url) && !isLocal(url));
    return metrics === undefined ? undefined : `etcd serves metrics and its health on ${quoted(metrics)} to everybody who reaches its node`;
  }, () => !flags.some((flag) => urlsOf(etcd, flag).some(isPlain)));
}

/** Flags that each part rests on. */
const flagsOf: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(['', 'peer-'].flatMap((side) => [
    [`${side}client-auth`, [`${side}client-cert-auth`]], [`${side}auto-tls`, [`${side}auto-tls`]], [`${side}certificate`, [`${side}cert-file`, `${side}key-file`]],
  ] as const)),
  'plain-http': ['listen-client-urls', 'listen-client-http-urls', 'listen-peer-urls', 'listen-metrics-urls'],
};

const certificates = ['--cert-file=/etc/kubernetes/pki/etcd/server.crt', '--key-file=/etc/kubernetes/pki/etcd/server.key', '--client-cert-auth=true', '--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt'];
const peerCertificates = ['--peer-cert-file=/etc/kubernetes/pki/etcd/peer.crt', '--peer-key-file=/etc/kubernetes/pki/etcd/peer.key', '--peer-client-cert-auth=true', '--peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt'];
const urls = ['--listen-client-urls=https://127.0.0.1:2379,https://192.0.2.10:2379', '--listen-peer-urls=https://192.0.2.10:2380', '--listen-metrics-urls=http://127.0.0.1:2381'];
const whole = [...certificates, ...peerCertificates, ...urls];
const wholeFile = `
listen-client-urls: https://127.0.0.1:2379,https://192.0.2.10:2379
listen-peer-urls: https://192.0.2.10:2380
client-transport-security: {cert-file: /etc/etcd/server.crt, key-file: /etc/etcd/server.key, client-cert-auth: true, trusted-ca-file: /etc/etcd/ca.crt}
peer-transport-security: {cert-file: /etc/etcd/peer.crt, key-file: /etc/etcd/peer.key, client-cert-auth: true, trusted-ca-file: /etc/etcd/ca.crt}
`;
const etcd = (flags: readonly string[], title?: string) => staticPods({ etcd: flags }, title === undefined ? {} : { title });

export const etcdMutualTls = defineControl({
  id: 'control-plane/etcd-mutual-tls',
  title: 'Whoever speaks to etcd shows a certificate and is shown one',
  severity: 'critical',
  why: 'etcd holds every Secret and every role, and asks no API server who may read them. Whoever reaches its ports without having to show a certificate owns the cluster; whoever joins as a peer gets a copy of all of it.',
  remediation: 'In the manifest of etcd set `--cert-file`, `--key-file`, `--trusted-ca-file` and `--client-cert-auth=true`, and the same four with `--peer-` before them, with certificates of a CA for etcd alone. Take `--auto-tls` and `--peer-auto-tls` out, and use https:// in `--listen-client-urls` and `--listen-peer-urls`; metrics may stay on http://127.0.0.1:2381. Give the API server a client certificate first. Do one member at a time and wait until the cluster is healthy.',
  frameworks: {
    'cis-kubernetes': ['2.1#certificate', '2.2#client-auth', '2.3#auto-tls', '2.4#peer-certificate', '2.5#peer-client-auth', '2.6#peer-auto-tls'],
    'nsa-cisa': ['network/etcd', 'network/encryption'], 'nist-800-190': ['4.3.2', '4.3.5'], 'nist-800-53': ['IA-3', 'IA-9', 'SC-8', 'SC-8(1)', 'SC-13', 'SC-23'],
    'mitre-attack': ['T1552'], 'owasp-kubernetes': ['K07', 'K09'], 'pci-dss': ['2.2.7', '8.3.1', '8.3.2'], soc2: ['CC6.1', 'CC6.7'],
  },
  evidence: ['flags', 'node'],
  parts: {
    'client-auth': 'clients must show a certificate', 'auto-tls': 'the certificate for clients is not made by etcd itself', certificate: 'etcd has a certificate for clients',
    'peer-client-auth': 'peers must show a certificate', 'peer-auto-tls': 'the certificate for peers is not made by etcd itself', 'peer-certificate': 'etcd has a certificate for peers',
    'plain-http': 'nothing but metrics on loopback is served without TLS',
  },
  scope: eachComponent('etcd'),
  check(component) {
    const alone = isAlone(component);
    const peers = alone
      ? ['peer-client-auth', 'peer-auto-tls', 'peer-certificate'].map((part) => notApplicable('etcd has one member, which listens for peers on loopback alone', part))
      : judgeSide(component, 'peer');
    return withSource(component, [...judgeSide(component, 'client'), ...peers, judgeUrls(component, alone)]);
  },
  values: flagValues(flagsOf),
  examples: {
    passes: [
      etcd(whole),
      etcd([...certificates, urls[0]!, '--initial-cluster=a=http://localhost:2380'], 'One member that no peer could reach'),
      etcdOnHost({ argv: ['/usr/local/bin/etcd', ...whole] }, { title: 'etcd that systemd runs on a machine of its own' }),
      etcdOnHost({ argv: ['/usr/local/bin/etcd', '--config-file=/etc/etcd/etcd.yaml'], file: wholeFile }, { title: 'A file in whose place flags mean nothing' }),
    ],
    fails: [
      etcd([], 'None of it is the default'),
      etcd([...whole, '--client-cert-auth=false']),
      etcdOnHost({ argv: ['/usr/local/bin/etcd', ...whole, '--config-file=/etc/etcd/etcd.yaml'], file: '{listen-client-urls: "https://192.0.2.10:2379"}' }, { title: 'Flags beside a file count for nothing' }),
      etcdOnHost({ argv: ['/usr/local/bin/etcd', ...whole.slice(0, 2), ...whole.slice(3)], environment: { ETCD_CLIENT_CERT_AUTH: 'false' } }, { title: 'A variable of its environment' }),
      etcd([...whole, '--auto-tls=true', '--peer-auto-tls']),
      etcd([...certificates, ...urls], 'Nothing is set for peers'),
      etcd([...certificates, ...urls, '--initial-cluster=a=https://192.0.2.10:2380'], 'One member at its start, which others may have joined since'),
      etcd([...whole, '--listen-client-urls=https://192.0.2.10:2379,http://127.0.0.1:2379']),
      etcd([...whole, '--listen-metrics-urls=http://0.0.0.0:2381']),
    ],
    unknown: [
      etcd(['--config-file=/etc/etcd/etcd.yaml'], 'A file in whose place flags mean nothing'),
      etcdOnHost({ argv: ['/usr/local/bin/etcd', ...whole, '--config-file=/etc/etcd/etcd.yaml'] }, { title: 'Flags beside a file that could not be read' }),
      manifests(`
apiVersion: v1
kind: Pod
metadata: {name: etcd-a, namespace: kube-system, annotations: {kubernetes.io/config.mirror: abc}}
spec:
  containers:
  - name: etcd
    image: registry.k8s.io/etcd:3.6.6-0
    command: ${JSON.stringify(['etcd', ...certificates.slice(1), ...peerCertificates, ...urls])}
    env: [{name: ETCD_CERT_FILE, value: /etc/etcd/server.crt}]`, { title: 'Set in the environment' }),
      managedCluster,
    ],
  },
});
