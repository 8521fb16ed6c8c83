import type { ComponentFacts } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { eachComponent } from '../scopes/each-component.js';
import { podSecurityOff, switchedOff, switchedOn } from './admission-plugins.js';
import { apiServer, managedCluster } from './api-server-example.js';

/** A plugin that runs unless a flag says otherwise. */
function judgeDefault(component: ComponentFacts, part: string, plugin: string, harm: string): Verdict {
  const reason = switchedOff(component, plugin);
  return reason === undefined ? passPart(part) : provenFail(`${reason}: ${harm}`, { part });
}

function judgePodSecurity(component: ComponentFacts, world: World): Verdict {
  const part = 'pod-security';
  const reason = podSecurityOff(component, world);
  if (reason === undefined) return passPart(part);
  return typeof reason === 'string' ? provenFail(`${reason}: no level that a namespace asks for is enforced`, { part }) : unknown(reason, part);
}

export const apiServerAdmission = defineControl({
  id: 'control-plane/api-server-admission',
  title: 'The API server runs the admission plugins that its other defences rest on',
  severity: 'high',
  why: 'Without NodeRestriction a stolen kubelet credential relabels other nodes and draws their pods to itself. Without PodSecurity the labels of namespaces enforce nothing; without ServiceAccount pods run with no account checked; without NamespaceLifecycle objects are made in namespaces that are being deleted, or were never made.',
  remediation: 'In the manifest of kube-apiserver set `--enable-admission-plugins=NodeRestriction` beside what else it names, take AlwaysAdmit out of it, and take PodSecurity, ServiceAccount and NamespaceLifecycle out of `--disable-admission-plugins`. Replace the old `--admission-control` with these two. Do one control plane node at a time.',
  frameworks: {
    'cis-kubernetes': ['1.2.10#always-admit', '1.2.12#service-account', '1.2.13#namespace-lifecycle', '1.2.14#node-restriction'],
    'nsa-cisa': ['pod-security/enforcement#pod-security', 'network/control-plane'], 'nist-800-190': ['4.3.5#node-restriction', '4.4.3#pod-security'],
    'nist-800-53': ['AC-3', 'CM-6', 'CM-7'], 'mitre-attack': ['T1610#pod-security', 'T1611#pod-security'], 'owasp-kubernetes': ['K04', 'K07'],
    'pci-dss': ['2.2.1', '2.2.6'], soc2: ['CC6.8', 'CC8.1'],
  },
  evidence: ['flags'],
  parts: {
    'node-restriction': 'NodeRestriction runs', 'pod-security': 'PodSecurity runs', 'service-account': 'ServiceAccount runs',
    'namespace-lifecycle': 'NamespaceLifecycle runs', 'always-admit': 'AlwaysAdmit does not run',
  },
  scope: eachComponent('kube-apiserver'),
  check(component, world) {
    return [
      // The only one of these that no server runs by itself.
      switchedOn(component, 'NodeRestriction') ? passPart('node-restriction') : provenFail('NodeRestriction is not enabled: a kubelet may change other nodes and their pods', { part: 'node-restriction' }),
      judgePodSecurity(component, world),
      judgeDefault(component, 'service-account', 'ServiceAccount', 'nobody checks the service account that a pod names, or gives it one'),
      judgeDefault(component, 'namespace-lifecycle', 'NamespaceLifecycle', 'objects are made in namespaces that are going or not there, and built-in namespaces can be deleted'),
      // It takes nothing from the plugins beside it, so it is a warning about what whoever set it believed.
      switchedOn(component, 'AlwaysAdmit') ? provenFail('AlwaysAdmit is enabled: it checks nothing, and none of the plugins that do should be thought replaced by it', { part: 'always-admit', severity: 'low' }) : passPart('always-admit'),
    ];
  },
  examples: {
    passes: [
      apiServer(['--enable-admission-plugins=NodeRestriction'], { title: 'The others run by default' }),
      apiServer(['--enable-admission-plugins=NodeRestriction,PodSecurity', '--disable-admission-plugins=DefaultStorageClass']),
      apiServer(['--admission-control=NamespaceLifecycle,ServiceAccount,NodeRestriction,PodSecurity']),
    ],
    fails: [
      apiServer(['--authorization-mode=Node,RBAC'], { title: 'NodeRestriction does not run by default' }),
      apiServer(['--enable-admission-plugins=NodeRestriction', '--disable-admission-plugins=PodSecurity']),
      apiServer(['--enable-admission-plugins=NodeRestriction', '--disable-admission-plugins=ServiceAccount', '--disable-admission-plugins=NamespaceLifecycle'], { title: 'A list given twice is joined' }),
      apiServer(['--enable-admission-plugins=NodeRestriction,AlwaysAdmit']),
      apiServer(['--admission-control=NodeRestriction,PodSecurity'], { title: 'The old flag names all that run' }),
    ],
    unknown: [managedCluster],
  },
});
