import { podSecurityOff } from '../control-plane/admission-plugins.js';
import { apiServer, managedCluster } from '../control-plane/api-server-example.js';
import { defineControl } from '../engine/control.js';
import { implied, passPart, provenFail, unknown } from '../engine/verdict.js';
import { eachComponent, flagOf } from '../scopes/each-component.js';

export const psaExemptions = defineControl({
  id: 'workloads/psa-exemptions',
  title: 'Pod Security admission runs and exempts nothing but listed namespaces',
  severity: 'medium',
  why: 'Labels on namespaces enforce nothing where the admission plugin is off. Its exemptions go past every label as well: an exempt user or runtime class brings privileged pods into any namespace, and no namespace shows it.',
  remediation: 'In the manifest of kube-apiserver take PodSecurity out of `--disable-admission-plugins`. Read the file that `--admission-control-config-file` names: under the plugin PodSecurity leave `exemptions.usernames` and `exemptions.runtimeClasses` empty, and name under `exemptions.namespaces` only those whose pods need their node. Do one control plane node at a time.',
  frameworks: {
    'cis-kubernetes': ['5.2.1'], 'nsa-cisa': ['pod-security/enforcement'], 'nist-800-190': ['4.4.3'], 'nist-800-53': ['CM-6', 'CM-7'], 'mitre-attack': ['T1610', 'T1611'],
    'owasp-kubernetes': ['K04'], 'pci-dss': ['2.2.6'], soc2: ['CC6.8', 'CC8.1'],
  },
  evidence: ['flags', 'node'],
  parts: { admission: 'the PodSecurity admission plugin runs', exemptions: 'nothing but listed namespaces is exempt' },
  scope: eachComponent('kube-apiserver'),
  check(component, world) {
    const reason = podSecurityOff(component, world);
    if (typeof reason === 'string') return [provenFail(`${reason}: no level that a namespace asks for is enforced`, { part: 'admission' }), implied('exemptions')];
    const runs = reason === undefined ? passPart('admission') : unknown(reason, 'admission');
    const file = flagOf(component, 'admission-control-config-file') ?? '';
    if (file === '') return [runs, passPart('exemptions')];
    const missing = { fact: 'component-flags', reason: 'not-requested', detail: `exemptions may be set in ${file.slice(0, 200)}, which --admission-control-config-file names and the API does not show: it is a file of the node` } as const;
    return [runs, unknown(missing, 'exemptions')];
  },
  examples: {
    passes: [
      apiServer(['--enable-admission-plugins=NodeRestriction'], { title: 'Kubernetes exempts nobody by itself' }),
      apiServer(['--disable-admission-plugins=PodNodeSelector'], { version: 'v1.35.2' }),
      apiServer(['--feature-gates=PodSecurity=true'], { version: 'v1.22.4', title: 'Switched on before it was on by default' }),
    ],
    fails: [
      apiServer(['--disable-admission-plugins=PodNodeSelector,PodSecurity']),
      apiServer(['--disable-admission-plugins', 'PodSecurity', '--admission-control-config-file=/etc/kubernetes/admission.yaml'], { title: 'A file means nothing to a plugin that is off' }),
      apiServer(['--feature-gates=PodSecurity=false'], { version: 'v1.24.17' }),
      apiServer(['--admission-control=NodeRestriction,ServiceAccount'], { version: 'v1.24.17' }),
      apiServer(['--enable-admission-plugins=NodeRestriction'], { version: 'v1.22.4', title: 'Too old to run it by itself' }),
    ],
    unknown: [apiServer(['--admission-control-config-file=/etc/kubernetes/admission.yaml'], { title: 'Exemptions are in a file of the node' }), managedCluster],
  },
});
