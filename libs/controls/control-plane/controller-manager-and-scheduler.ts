import type { ComponentFacts } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import type { Example } from '../engine/example.js';
import { orUnknown } from '../engine/part.js';
import { fail, notApplicable, passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { eachComponent, flagOf, gateOf, isSet, quoted, switchOf, unseenServers } from '../scopes/each-component.js';
import { flagValues } from '../scopes/flag-values.js';
import { managedCluster } from './api-server-example.js';
import { staticPods } from './component-example.js';
import { isLoopback } from './loopback.js';

type Judged = 'kube-controller-manager' | 'kube-scheduler';

/** What both are asked has a part each: items of benchmarks ask for one of them. */
const partOf = (component: ComponentFacts, part: 'profiling' | 'bind-address'): string => ((component.component as Judged) === 'kube-scheduler' ? `scheduler-${part}` : part);

function judgeProfiling(component: ComponentFacts): Verdict {
  const part = partOf(component, 'profiling');
  // With a file of its own the scheduler does not look at the flag.
  if (component.component === 'kube-scheduler' && component.settingsFrom === undefined && component.unreadFlags === undefined && isSet(component, 'config')) {
    return unknown({ fact: 'component-flags', reason: 'not-requested', detail: 'whether kube-scheduler serves profiles is in the file that --config names, on the node: its flags do not show it, and the node collector does' }, part);
  }
  const isOn = switchOf(component, 'profiling');
  if (isOn === false) return passPart(part);
  if (component.settingsFrom !== undefined) return provenFail(`enableProfiling is not false in ${component.settingsFrom.slice(0, 200)}: kube-scheduler serves profiles of what it does`, { part, detail: { file: component.settingsFrom } });
  return provenFail(`${isOn ? '--profiling is true' : '--profiling is not set, and on by default'}: ${component.component} serves profiles of what it does`, { part });
}

function judgeAddress(component: ComponentFacts): Verdict {
  const part = partOf(component, 'bind-address');
  if (flagOf(component, 'secure-port') === '0') return notApplicable(`${component.component} opens no port`, part);
  const address = flagOf(component, 'bind-address');
  if (address === undefined) return provenFail(`--bind-address is not set: by default ${component.component} listens on every address of its node`, { part });
  return isLoopback(address) ? passPart(part) : provenFail(`${component.component} listens on ${quoted(address)}, where others than its own node reach it`, { part });
}

const judge = (part: string, isRight: boolean, message: string): Verdict => (isRight ? passPart(part) : provenFail(message, { part }));

/** Finished pods are collected from 12,500 on where nobody chose a number, and never at 0 or less. */
function judgeCollection(component: ComponentFacts): Verdict {
  const part = 'pod-collection';
  const given = flagOf(component, 'terminated-pod-gc-threshold');
  if (given === undefined) return provenFail('--terminated-pod-gc-threshold is not set: up to 12,500 finished pods stay in etcd, a number that nobody chose for this cluster', { part, severity: 'info' });
  if (!/^-?\d+$/.test(given) || Number(given) > 0) return passPart(part);
  return provenFail(`--terminated-pod-gc-threshold is ${quoted(given)}: finished pods are never collected, and fill etcd in the end`, { part, severity: 'low' });
}

/** With a signer of its own the API server signs what the key would be for. */
function judgeAccountKey(component: ComponentFacts, world: World): Verdict {
  const part = 'account-key';
  if (isSet(component, 'service-account-private-key-file')) return passPart(part);
  const servers = world.components.filter((other) => other.component === 'kube-apiserver');
  if (servers.length > 0 && servers.every((server) => isSet(server, 'service-account-signing-endpoint')) && !unseenServers(world)) return passPart(part);
  // An API server that was not seen may have a signer.
  return fail('--service-account-private-key-file is not set: tokens of service accounts are not signed with a key of their own', { part });
}

function judgeManager(component: ComponentFacts, world: World): readonly Verdict[] {
  return [
    orUnknown('own-credentials', () => judge('own-credentials', switchOf(component, 'use-service-account-credentials') === true, '--use-service-account-credentials is not true: all controllers share the one credential that may do what any of them may')),
    orUnknown('root-ca', () => judge('root-ca', isSet(component, 'root-ca-file'), '--root-ca-file is not set: no CA is chosen by which pods check that it is the API server they speak to')),
    orUnknown('account-key', () => judgeAccountKey(component, world)),
    orUnknown('pod-collection', () => judgeCollection(component)),
    orUnknown('kubelet-rotation', () => judge('kubelet-rotation', gateOf(component, 'RotateKubeletServerCertificate') !== false, '--feature-gates switches RotateKubeletServerCertificate off: serving certificates of kubelets run out or are renewed by hand')),
  ];
}

const quiet = ['--profiling=false', '--bind-address=127.0.0.1'];
const good = (...more: readonly string[]): readonly string[] =>
  [...quiet, '--use-service-account-credentials=true', '--root-ca-file=/etc/kubernetes/pki/ca.crt', '--service-account-private-key-file=/etc/kubernetes/pki/sa.key', '--terminated-pod-gc-threshold=1000', ...more];

const scheduler = [...quiet, '--config=/etc/kubernetes/scheduler.yaml'];
const schedulerWithFile = (setting: string, options: Omit<Example, 'manifests'> = {}): Example => ({
  ...staticPods({ 'kube-controller-manager': good(), 'kube-scheduler': scheduler }, options),
  nodes: { a: { staticPods: [['kube-scheduler', ...scheduler]], configs: { '/etc/kubernetes/scheduler.yaml': { kind: 'kube-scheduler', text: `{apiVersion: kubescheduler.config.k8s.io/v1, kind: KubeSchedulerConfiguration, ${setting}}` } } } },
});

export const controllerManagerAndScheduler = defineControl({
  id: 'control-plane/controller-manager-and-scheduler',
  title: 'The controller manager and the scheduler show nothing to the network and use credentials of their own',
  severity: 'medium',
  why: 'Their ports and profiles tell whoever reaches them how the cluster is built, and can be used to slow it down. Controllers that share one credential all have the rights of the strongest, so that a fault in any of them is one in all.',
  remediation: 'In the manifests of kube-controller-manager and kube-scheduler set `--profiling=false` (or `enableProfiling: false` in the file that the scheduler\'s `--config` names) and `--bind-address=127.0.0.1`. For the controller manager also set `--use-service-account-credentials=true`, `--root-ca-file` and `--service-account-private-key-file`, and take RotateKubeletServerCertificate=false out of `--feature-gates` and `--terminated-pod-gc-threshold=0` out of the rest. Metrics are then scraped from the node itself.',
  frameworks: {
    'cis-kubernetes': [
      '1.3.1#pod-collection', '1.3.2#profiling', '1.3.3#own-credentials', '1.3.4#account-key', '1.3.5#root-ca', '1.3.6#kubelet-rotation', '1.3.7#bind-address',
      '1.4.1#scheduler-profiling', '1.4.2#scheduler-bind-address',
    ],
    'nsa-cisa': ['network/control-plane'], 'nist-800-53': ['AC-6#own-credentials', 'CM-6', 'CM-7#profiling', 'CM-7#scheduler-profiling', 'SC-5#pod-collection', 'IA-5#kubelet-rotation', 'SC-7#bind-address', 'SC-7#scheduler-bind-address'],
    'mitre-attack': ['T1046#bind-address', 'T1046#scheduler-bind-address'], 'owasp-kubernetes': ['K06#bind-address', 'K06#scheduler-bind-address', 'K07'], 'pci-dss': ['2.2.1', '2.2.4#profiling', '2.2.4#scheduler-profiling', '2.2.6'],
    soc2: ['CC6.6#bind-address', 'CC6.6#scheduler-bind-address', 'CC7.1'],
  },
  evidence: ['flags', 'node'],
  parts: {
    profiling: 'the controller manager serves no profiles', 'bind-address': 'only the node itself reaches the controller manager\'s port',
    'scheduler-profiling': 'the scheduler serves no profiles', 'scheduler-bind-address': 'only the node itself reaches the scheduler\'s port',
    'own-credentials': 'each controller has a credential of its own', 'root-ca': 'the CA that pods trust is given',
    'pod-collection': 'finished pods are collected, from a number on that somebody chose',
    'account-key': 'the key that signs service account tokens is given', 'kubelet-rotation': 'serving certificates of kubelets may rotate',
  },
  scope: eachComponent('kube-controller-manager', 'kube-scheduler'),
  check: (component, world) => [
    orUnknown(partOf(component, 'profiling'), () => judgeProfiling(component)), orUnknown(partOf(component, 'bind-address'), () => judgeAddress(component)),
    ...(component.component === 'kube-controller-manager' ? judgeManager(component, world) : []),
  ],
  values: flagValues({
    profiling: ['profiling'], 'scheduler-profiling': ['profiling'], 'bind-address': ['bind-address'], 'scheduler-bind-address': ['bind-address'], 'own-credentials': ['use-service-account-credentials'],
    'root-ca': ['root-ca-file'], 'account-key': ['service-account-private-key-file'], 'pod-collection': ['terminated-pod-gc-threshold'], 'kubelet-rotation': ['feature-gates'],
  }),
  examples: {
    passes: [
      staticPods({ 'kube-controller-manager': good(), 'kube-scheduler': quiet }),
      staticPods({ 'kube-controller-manager': good('--bind-address=::1'), 'kube-scheduler': [...quiet, '--secure-port=0'] }),
      staticPods({ 'kube-controller-manager': good().filter((flag) => !flag.includes('private-key')), 'kube-scheduler': quiet, 'kube-apiserver': ['--service-account-signing-endpoint=/run/signer.sock'] }, { title: 'The API server has a signer of its own' }),
      schedulerWithFile('enableProfiling: false', { title: 'A file of the scheduler, as the node shows' }),
    ],
    fails: [
      staticPods({ 'kube-controller-manager': [], 'kube-scheduler': quiet }, { title: 'None of it is the default' }),
      staticPods({ 'kube-controller-manager': good(), 'kube-scheduler': [] }),
      schedulerWithFile('enableProfiling: true'),
      staticPods({ 'kube-controller-manager': good('--profiling=true', '--bind-address=0.0.0.0'), 'kube-scheduler': quiet }),
      staticPods({ 'kube-controller-manager': good('--use-service-account-credentials=false'), 'kube-scheduler': quiet }),
      staticPods({ 'kube-controller-manager': good('--terminated-pod-gc-threshold=0'), 'kube-scheduler': quiet }),
      staticPods({ 'kube-controller-manager': good('--feature-gates=RotateKubeletServerCertificate=false'), 'kube-scheduler': quiet }),
    ],
    unknown: [
      staticPods({ 'kube-controller-manager': good(), 'kube-scheduler': [...quiet, '--config=/etc/kubernetes/scheduler.yaml'] }, { title: 'The scheduler reads a file instead' }),
      staticPods({ 'kube-controller-manager': good() }, { title: 'No scheduler is to be seen' }),
      managedCluster,
    ],
  },
});
