import type { ComponentFacts } from '#inventory/facts.js';
import { isBefore, minorOf } from '#inventory/readers/minor-version.js';
import { defineControl } from '../engine/control.js';
import { orUnknown } from '../engine/part.js';
import { notApplicable, passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import { lackOf, type World } from '../engine/world.js';
import { eachComponent, isSet } from '../scopes/each-component.js';
import { flagValues, SERVER_VERSION } from '../scopes/flag-values.js';
import { notRunning, pluginFlags, podSecurityOff, switchedOn } from './admission-plugins.js';
import { apiServer, managedCluster } from './api-server-example.js';

/** A plugin that runs unless a flag says otherwise. */
function judgeDefault(component: ComponentFacts, world: World, part: string, plugin: string, harm: string): Verdict {
  const reason = notRunning(component, plugin, world);
  return reason === undefined ? passPart(part) : provenFail(`${reason}: ${harm}`, { part });
}

function judgePodSecurity(component: ComponentFacts, world: World): Verdict {
  const part = 'pod-security';
  const reason = podSecurityOff(component, world);
  if (reason === undefined) return passPart(part);
  return typeof reason === 'string' ? provenFail(`${reason}: no level that a namespace asks for is enforced`, { part }) : unknown(reason, part);
}

const wish = (part: string, message: string): Verdict => provenFail(message, { part, severity: 'info' });

/** Without the file the plugin has no limits, and the server does not start. */
function judgeEventRateLimit(component: ComponentFacts): Verdict {
  const part = 'event-rate-limit';
  return switchedOn(component, 'EventRateLimit') && isSet(component, 'admission-control-config-file') ? passPart(part) : wish(part, 'EventRateLimit is not enabled with a file of limits: one namespace may fill the server with events');
}

/** Kubelets from here on ask by themselves whether a pod has the credential that its image was pulled with. */
const checksCachedImages = { major: 1, minor: 35 };

function judgeCachedImages(component: ComponentFacts, world: World): Verdict {
  const part = 'always-pull-images';
  if (switchedOn(component, 'AlwaysPullImages')) return passPart(part);
  const nodes = world.seen('nodes');
  const isOld = nodes.some(({ kubeletVersion }) => {
    const version = minorOf(kubeletVersion);
    return !version || isBefore(version, checksCachedImages);
  });
  const lack = lackOf(world, 'nodes');
  if (!isOld && lack && lack.reason !== 'not-in-upload') return unknown(lack, part);
  if (!isOld && nodes.length > 0) return notApplicable('every kubelet is of 1.35 or later, which check by themselves whether a pod may use an image that is there already', part);
  return wish(part, 'AlwaysPullImages is not enabled: a pod may run an image that was pulled with the credential of somebody else, where its node has it already');
}

/** The plugin came with this minor. */
const deniesExternalIPs = { major: 1, minor: 21 };

function judgeExternalIPs(component: ComponentFacts, world: World): Verdict {
  const part = 'external-ips';
  if (switchedOn(component, 'DenyServiceExternalIPs')) return passPart(part);
  const version = minorOf(world.cluster.version ?? '');
  if (version && isBefore(version, deniesExternalIPs)) return notApplicable('servers before 1.21 have no plugin that denies external addresses', part);
  return wish(part, 'DenyServiceExternalIPs is not enabled: whoever may make a Service may draw the traffic of any address to it, unless a policy forbids that');
}

const limits = '--admission-control-config-file=/etc/kubernetes/admission.yaml';
const full = ['--enable-admission-plugins=NodeRestriction,EventRateLimit,DenyServiceExternalIPs', limits];

export const apiServerAdmission = defineControl({
  id: 'control-plane/api-server-admission',
  title: 'The API server runs the admission plugins that its other defences rest on',
  severity: 'high',
  why: 'Without NodeRestriction a stolen kubelet credential relabels other nodes and draws their pods to itself. Without PodSecurity the labels of namespaces enforce nothing; without ServiceAccount pods run with no account checked; without NamespaceLifecycle objects are made in namespaces that are being deleted, or were never made.',
  remediation: 'In the manifest of kube-apiserver set `--enable-admission-plugins=NodeRestriction` beside what else it names, take AlwaysAdmit out of it, and take PodSecurity, ServiceAccount and NamespaceLifecycle out of `--disable-admission-plugins`. Replace the old `--admission-control` with these two. EventRateLimit (with its limits in `--admission-control-config-file`), AlwaysPullImages (where kubelets are older than 1.35 and pods of several owners share nodes) and DenyServiceExternalIPs are worth adding where they break nothing. Do one control plane node at a time.',
  frameworks: {
    'cis-kubernetes': [
      '1.2.3#external-ips', '1.2.9#event-rate-limit', '1.2.10#always-admit', '1.2.11#always-pull-images', '1.2.12#service-account', '1.2.13#namespace-lifecycle',
      '1.2.14#node-restriction',
    ],
    // What is only wished for is the benchmark's alone.
    'nsa-cisa': ['pod-security/enforcement#pod-security', 'network/control-plane#node-restriction'], 'nist-800-190': ['4.3.5#node-restriction', '4.4.3#pod-security'],
    'nist-800-53': ['AC-3#node-restriction', 'CM-6#pod-security', 'CM-7#always-admit'], 'mitre-attack': ['T1610#pod-security', 'T1611#pod-security'],
    'owasp-kubernetes': ['K04#pod-security', 'K07#node-restriction'], 'pci-dss': ['2.2.1#node-restriction', '2.2.6#always-admit'], soc2: ['CC6.8#pod-security', 'CC8.1#namespace-lifecycle'],
  },
  evidence: ['flags'],
  parts: {
    'node-restriction': 'NodeRestriction runs', 'pod-security': 'PodSecurity runs', 'service-account': 'ServiceAccount runs',
    'namespace-lifecycle': 'NamespaceLifecycle runs', 'always-admit': 'AlwaysAdmit does not run',
    'event-rate-limit': 'EventRateLimit runs, with its limits', 'always-pull-images': 'images of others are not used without their credential', 'external-ips': 'Services take no external addresses',
  },
  scope: eachComponent('kube-apiserver'),
  check(component, world) {
    return [
      // The only one of these that no server runs by itself.
      orUnknown('node-restriction', () => (switchedOn(component, 'NodeRestriction') ? passPart('node-restriction') : provenFail('NodeRestriction is not enabled: a kubelet may change other nodes and their pods', { part: 'node-restriction' }))),
      orUnknown('pod-security', () => judgePodSecurity(component, world)),
      orUnknown('service-account', () => judgeDefault(component, world, 'service-account', 'ServiceAccount', 'nobody checks the service account that a pod names, or gives it one')),
      orUnknown('namespace-lifecycle', () => judgeDefault(component, world, 'namespace-lifecycle', 'NamespaceLifecycle', 'objects are made in namespaces that are going or not there, and built-in namespaces can be deleted')),
      // It takes nothing from the plugins beside it, so it is a warning about what whoever set it believed.
      orUnknown('always-admit', () => (switchedOn(component, 'AlwaysAdmit') ? provenFail('AlwaysAdmit is enabled: it checks nothing, and none of the plugins that do should be thought replaced by it', { part: 'always-admit', severity: 'low' }) : passPart('always-admit'))),
      orUnknown('event-rate-limit', () => judgeEventRateLimit(component)),
      orUnknown('always-pull-images', () => judgeCachedImages(component, world)),
      orUnknown('external-ips', () => judgeExternalIPs(component, world)),
    ];
  },
  values: flagValues({
    'node-restriction': pluginFlags, 'pod-security': [...pluginFlags, 'feature-gates', SERVER_VERSION], 'service-account': pluginFlags, 'namespace-lifecycle': pluginFlags, 'always-admit': pluginFlags,
    'event-rate-limit': [...pluginFlags, 'admission-control-config-file'], 'always-pull-images': pluginFlags, 'external-ips': pluginFlags,
  }),
  examples: {
    passes: [
      apiServer([...full, '--enable-admission-plugins=AlwaysPullImages'], { title: 'The others run by default' }),
      apiServer([...full, '--enable-admission-plugins=PodSecurity,AlwaysPullImages', '--disable-admission-plugins=DefaultStorageClass']),
      apiServer(['--admission-control=NamespaceLifecycle,ServiceAccount,NodeRestriction,PodSecurity,EventRateLimit,AlwaysPullImages,DenyServiceExternalIPs', limits]),
      { ...apiServer(full, { title: 'Kubelets that check who may use an image' }), manifests: `${apiServer(full).manifests}---\napiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {nodeInfo: {kubeletVersion: v1.35.2}}\n` },
    ],
    fails: [
      apiServer(['--authorization-mode=Node,RBAC'], { title: 'NodeRestriction does not run by default' }),
      apiServer([...full, '--disable-admission-plugins=PodSecurity']),
      apiServer([...full, '--disable-admission-plugins=ServiceAccount', '--disable-admission-plugins=NamespaceLifecycle'], { title: 'A list given twice is joined' }),
      apiServer([...full, '--enable-admission-plugins=AlwaysAdmit']),
      apiServer(['--admission-control=NodeRestriction,PodSecurity'], { title: 'The old flag names all that run' }),
      apiServer(full, { version: 'v1.9.11', title: 'Nothing ran by default before 1.10' }),
      apiServer(['--enable-admission-plugins=NodeRestriction'], { title: 'What the benchmark wishes for beside it' }),
    ],
    unknown: [managedCluster],
  },
});
