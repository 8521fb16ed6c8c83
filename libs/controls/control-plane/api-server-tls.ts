import { goDuration } from '#inventory/components/go-values.js';
import type { ComponentFacts } from '#inventory/facts.js';
import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import { defineControl, type Severity } from '../engine/control.js';
import { orUnknown } from '../engine/part.js';
import { notApplicable, passPart, provenFail, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { eachApiServer, probed } from '../scopes/api-server-endpoint.js';
import { flagOf, isSet, listFlagOf, quoted, switchOf } from '../scopes/each-component.js';
import { flagValues, SERVER_VERSION } from '../scopes/flag-values.js';
import { apiServer, managedCluster } from './api-server-example.js';
import { isLoopback } from './loopback.js';
import { goodProbe } from './probe-example.js';
import { strongSuites, weakMinimum, weakSuites } from './tls-suites.js';

const fails = (part: string, message: string, severity?: Severity): Verdict => provenFail(message, { part, ...(severity && { severity }) });

/** Files that only do something together. */
function judgeFiles(server: ComponentFacts, part: string, flags: readonly string[], harm: string): Verdict {
  const missing = flags.filter((flag) => !isSet(server, flag)).map((flag) => `--${flag}`);
  if (missing.length === 0) return passPart(part);
  return fails(part, `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set: ${harm}`);
}

/** A store behind a socket of its own node is reached without TLS, by nobody else. */
function judgeStore(server: ComponentFacts, part: string, flags: readonly string[], harm: string): Verdict {
  const stores = listFlagOf(server, 'etcd-servers');
  if (stores.length > 0 && stores.every((url) => /^unix(s)?:/i.test(url))) return notApplicable('the store is reached through a socket of the server\'s own node', part);
  return judgeFiles(server, part, flags, harm);
}

function judgeSuites(server: ComponentFacts, world: World): Verdict {
  const part = 'cipher-suites';
  const weak = weakSuites('the API server', listFlagOf(server, 'tls-cipher-suites'), flagOf(server, 'tls-min-version'), minorOf(world.cluster.version ?? ''));
  if (!weak) return passPart(part);
  return 'fact' in weak ? unknown(weak, part) : fails(part, weak.message, weak.severity);
}

function judgeMinimum(server: ComponentFacts): Verdict {
  const weak = weakMinimum('the API server', flagOf(server, 'tls-min-version'), () => listFlagOf(server, 'tls-cipher-suites'));
  return weak === undefined ? passPart('min-version') : fails('min-version', `--tls-min-version: ${weak}`);
}

function judgeProfiling(server: ComponentFacts): Verdict {
  const isOn = switchOf(server, 'profiling');
  if (isOn === false) return passPart('profiling');
  // Only an administrator gets the profiles, who may then slow the server down and read what it holds in memory.
  return fails('profiling', `${isOn ? '--profiling is true' : '--profiling is not set, and on by default'}: the API server serves profiles of what it does`, 'low');
}

/** The last minor that had a port which asks nobody who he is; it was on by default, for the node itself. */
const withoutInsecurePort = { major: 1, minor: 20 };

function judgeInsecurePort(server: ComponentFacts, world: World): Verdict {
  const part = 'insecure-port';
  const port = flagOf(server, 'insecure-port');
  const version = minorOf(world.cluster.version ?? '');
  if (port === '0' || (version && !isBefore(version, withoutInsecurePort))) return passPart(part);
  const address = flagOf(server, 'insecure-bind-address') ?? '127.0.0.1';
  if (port === undefined && !version) {
    return unknown({ fact: 'server-version', reason: 'not-in-upload', detail: 'servers before 1.20 open a port without TLS by default, and the version of this one is not known' }, part);
  }
  const open = port === undefined ? '--insecure-port is not set, and 8080 by default at this version' : `--insecure-port is ${quoted(port)}`;
  return fails(part, `${open}: whoever reaches it on ${quoted(address)} is an administrator without showing a credential`, isLoopback(address) ? 'high' : 'critical');
}

/** Seconds after which the server gives a request up that does not stream. */
const longestTimeout = 300;
const shortestTimeout = 1;

function judgeTimeout(server: ComponentFacts): Verdict {
  const part = 'request-timeout';
  const given = flagOf(server, 'request-timeout');
  if (given === undefined) return passPart(part);
  const seconds = goDuration(given);
  if (seconds === undefined) return fails(part, `--request-timeout is ${quoted(given)}, which is no duration`, 'low');
  if (seconds < shortestTimeout) return fails(part, `--request-timeout is ${quoted(given)}: requests have no time to be answered, or no end`, 'low');
  return seconds <= longestTimeout ? passPart(part) : fails(part, `--request-timeout is ${quoted(given)}: slow requests hold the server for more than ${longestTimeout / 60} minutes each`, 'low');
}

function judgeServed(world: World): Verdict {
  const part = 'served-versions';
  const outdated = probed(world, 'acceptsOutdatedTls');
  if (outdated.state === 'missing') return unknown(outdated.missing, part);
  return outdated.value ? fails(part, 'the API server shook hands in TLS 1.0 or 1.1 when asked to: both are broken, and nothing needs them any more') : provenPassPart(part);
}

const judgeProcess = (server: ComponentFacts, world: World): readonly Verdict[] => [
  orUnknown('certificate', () => judgeFiles(server, 'certificate', ['tls-cert-file', 'tls-private-key-file'], 'the API server makes a certificate for itself, which no client can check')),
  orUnknown('client-ca', () => judgeFiles(server, 'client-ca', ['client-ca-file'], 'there is no CA by which client certificates are checked')),
  orUnknown('kubelet-ca', () => judgeFiles(server, 'kubelet-ca', ['kubelet-certificate-authority'], 'the API server does not check that it is a kubelet it sends commands, logs and credentials through')),
  orUnknown('kubelet-client', () => judgeFiles(server, 'kubelet-client', ['kubelet-client-certificate', 'kubelet-client-key'], 'the API server shows kubelets no certificate, so they must let in requests without one')),
  orUnknown('etcd-ca', () => judgeStore(server, 'etcd-ca', ['etcd-cafile'], 'the API server does not check with a CA of its own that it is etcd it stores everything in')),
  orUnknown('etcd-client', () => judgeStore(server, 'etcd-client', ['etcd-certfile', 'etcd-keyfile'], 'the API server shows etcd no certificate, so etcd must let in clients without one')),
  orUnknown('min-version', () => judgeMinimum(server)),
  orUnknown('cipher-suites', () => judgeSuites(server, world)),
  orUnknown('insecure-port', () => judgeInsecurePort(server, world)),
  orUnknown('profiling', () => judgeProfiling(server)),
  orUnknown('request-timeout', () => judgeTimeout(server)),
];

const processValues = flagValues({
  certificate: ['tls-cert-file', 'tls-private-key-file'], 'client-ca': ['client-ca-file'], 'kubelet-ca': ['kubelet-certificate-authority'], 'kubelet-client': ['kubelet-client-certificate', 'kubelet-client-key'],
  'etcd-ca': ['etcd-cafile'], 'etcd-client': ['etcd-certfile', 'etcd-keyfile'], 'min-version': ['tls-min-version', 'tls-cipher-suites'], 'cipher-suites': ['tls-cipher-suites', 'tls-min-version', SERVER_VERSION],
  'insecure-port': ['insecure-port', 'insecure-bind-address', SERVER_VERSION], profiling: ['profiling'], 'request-timeout': ['request-timeout'],
});

const files = [
  '--tls-cert-file=/etc/kubernetes/pki/apiserver.crt', '--tls-private-key-file=/etc/kubernetes/pki/apiserver.key', '--client-ca-file=/etc/kubernetes/pki/ca.crt',
  '--kubelet-certificate-authority=/etc/kubernetes/pki/ca.crt', '--kubelet-client-certificate=/etc/kubernetes/pki/kubelet.crt', '--kubelet-client-key=/etc/kubernetes/pki/kubelet.key',
];
const store = ['--etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt', '--etcd-certfile=/etc/kubernetes/pki/etcd-client.crt', '--etcd-keyfile=/etc/kubernetes/pki/etcd-client.key'];
const strong = [`--tls-cipher-suites=${strongSuites.join(',')}`, '--profiling=false'];
const whole = [...files, ...store, ...strong];
const without = (flag: string): readonly string[] => whole.filter((given) => !given.startsWith(`--${flag}=`));
const seen = { probe: goodProbe };

export const apiServerTls = defineControl({
  id: 'control-plane/api-server-tls',
  title: 'The API server speaks TLS of today alone, and both it and whom it speaks to show certificates',
  severity: 'high',
  why: 'Whoever can stand between the API server and a client, a kubelet or etcd reads every Secret and runs commands in every pod, unless both sides check each other. Old versions of TLS and weak cipher suites let such a one in; profiles and a port without TLS let in whoever reaches the node.',
  remediation: 'In the manifest of kube-apiserver set the files: `--tls-cert-file` and `--tls-private-key-file`, `--client-ca-file`, `--kubelet-certificate-authority` (after kubelets got certificates of that CA by `serverTLSBootstrap: true`), `--kubelet-client-certificate` and `--kubelet-client-key`, `--etcd-cafile`, `--etcd-certfile` and `--etcd-keyfile`. Set `--tls-min-version=VersionTLS12` with `--tls-cipher-suites` naming only ECDHE suites with GCM or CHACHA20, or `--tls-min-version=VersionTLS13`. Set `--profiling=false`, keep `--request-timeout` at minutes, and below 1.20 set `--insecure-port=0`. A load balancer that ends TLS before the server needs the same minimum. Do one control plane node at a time.',
  frameworks: {
    'cis-kubernetes': [
      '1.2.4#kubelet-client', '1.2.5#kubelet-ca', '1.2.15#profiling', '1.2.20#request-timeout', '1.2.23#etcd-client', '1.2.24#certificate', '1.2.25#client-ca',
      '1.2.26#etcd-ca', '1.2.29#cipher-suites',
    ],
    'nsa-cisa': ['network/control-plane', 'network/encryption'], 'nist-800-190': ['4.3.2', '4.3.5'],
    'nist-800-53': ['IA-3', 'SC-8', 'SC-8(1)', 'SC-13', 'SC-17', 'SC-23'], 'mitre-attack': ['T1190#insecure-port', 'T1552#insecure-port'],
    'owasp-kubernetes': ['K07', 'K09'], 'pci-dss': ['2.2.6', '2.2.7', '4.2.1', '8.3.2'], soc2: ['CC6.1', 'CC6.7'],
  },
  evidence: ['flags', 'probe'],
  parts: {
    'served-versions': 'TLS 1.0 and 1.1 are refused', certificate: 'it serves with a certificate that it was given', 'client-ca': 'client certificates are checked against a CA',
    'kubelet-ca': 'certificates of kubelets are checked', 'kubelet-client': 'it shows kubelets a certificate', 'etcd-ca': 'the certificate of etcd is checked', 'etcd-client': 'it shows etcd a certificate',
    'min-version': 'the minimum version is TLS 1.2 or later', 'cipher-suites': 'only strong cipher suites are offered', 'insecure-port': 'no port is open without TLS',
    profiling: 'profiles are not served', 'request-timeout': 'requests are given up after minutes',
  },
  scope: eachApiServer,
  check: (subject, world) => (subject.kind === 'endpoint' ? judgeServed(world) : judgeProcess(subject.component, world)),
  values(subject, world, part) {
    if (subject.kind === 'process') return processValues(subject.component, world, part);
    const outdated = probed(world, 'acceptsOutdatedTls');
    return outdated.state === 'observed' ? { 'TLS 1.0 and 1.1': outdated.value ? 'accepted' : 'refused' } : undefined;
  },
  examples: {
    passes: [
      apiServer(whole, seen),
      apiServer([...files, ...store, '--tls-min-version=VersionTLS13', '--profiling=0', '--request-timeout=2m3s'], { ...seen, title: 'Suites of TLS 1.3 cannot be chosen' }),
      apiServer([...files, ...strong, '--etcd-servers=unix:///run/kine.sock'], { ...seen, title: 'A store behind a socket' }),
      apiServer([...whole, '--tls-min-version=VersionTLS11'], { ...seen, title: 'Suites that TLS 1.1 has not' }),
    ],
    fails: [
      apiServer(whole, { probe: { ...goodProbe, acceptsOutdatedTls: true } }),
      ...['tls-private-key-file', 'client-ca-file', 'kubelet-certificate-authority', 'kubelet-client-key', 'etcd-cafile', 'etcd-keyfile', 'profiling'].map((flag) => apiServer(without(flag), seen)),
      apiServer([...files, ...store, '--profiling=false', '--tls-min-version=VersionTLS11'], seen),
      apiServer([...whole, '--tls-cipher-suites=TLS_RSA_WITH_AES_128_GCM_SHA256'], { ...seen, title: 'A list given twice is joined' }),
      apiServer([...files, ...store, '--profiling=false'], { ...seen, title: 'Default suites' }),
      apiServer([...whole, '--request-timeout=1s9m3h'], seen),
      apiServer([...whole, '--request-timeout=0'], seen),
      apiServer(whole, { ...seen, version: 'v1.19.16', title: 'The port without TLS was on by default' }),
      apiServer([...whole, '--insecure-port=8080', '--insecure-bind-address=0.0.0.0'], { ...seen, version: 'v1.18.2' }),
    ],
    unknown: [apiServer(whole, { title: 'Nobody looked at what it serves' }), managedCluster],
  },
});
