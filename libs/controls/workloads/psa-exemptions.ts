import type { AdmissionFile } from '#inventory/node-facts.js';
import { pluginFlags, podSecurityOff } from '../control-plane/admission-plugins.js';
import { apiServer, apiServerWithFile, managedCluster } from '../control-plane/api-server-example.js';
import { defineControl } from '../engine/control.js';
import type { Example } from '../engine/example.js';
import { implied, passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import { eachComponent, fileOf, flagOf } from '../scopes/each-component.js';
import { flagValues, SERVER_VERSION } from '../scopes/flag-values.js';

function judgeExemptions({ podSecurity }: AdmissionFile): Verdict {
  const part = 'exemptions';
  // Where the file does not speak of the plugin, it exempts nobody by itself.
  if (!podSecurity) return passPart(part);
  if (podSecurity.state === 'missing') return unknown({ fact: 'node-evidence', reason: podSecurity.reason, detail: podSecurity.detail }, part);
  const { usernames, runtimeClasses, namespaces } = podSecurity.value;
  const wide = [...usernames.map((name) => `user ${name}`), ...runtimeClasses.map((name) => `runtime class ${name}`)];
  if (wide.length === 0) return passPart(part);
  return provenFail(`Pod Security admission exempts ${wide.slice(0, 3).map((name) => name.slice(0, 80)).join(', ')}${wide.length > 3 ? ` and ${wide.length - 3} more` : ''} in every namespace`, {
    part, detail: { usernames: usernames.slice(0, 20), runtimeClasses: runtimeClasses.slice(0, 20), namespaces: namespaces.slice(0, 20) },
  });
}

const byFile = (exemptions: string, title?: string): Example =>
  apiServerWithFile('admission-control-config-file', 'admission', `{apiVersion: apiserver.config.k8s.io/v1, kind: AdmissionConfiguration, plugins: [{name: PodSecurity, configuration: {apiVersion: pod-security.admission.config.k8s.io/v1, kind: PodSecurityConfiguration, exemptions: {${exemptions}}}}]}`, title === undefined ? {} : { title });

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
    const admission = fileOf(component, 'admission-control-config-file', 'whether anything is exempt is');
    return [runs, admission.state === 'missing' ? unknown(admission.missing, 'exemptions') : judgeExemptions(admission.value)];
  },
  values: flagValues({ admission: [...pluginFlags, 'feature-gates', SERVER_VERSION], exemptions: ['admission-control-config-file'] }),
  examples: {
    passes: [
      byFile('namespaces: [kube-system]', 'A listed namespace, as the node shows'),
      apiServer(['--enable-admission-plugins=NodeRestriction'], { title: 'Kubernetes exempts nobody by itself' }),
      apiServer(['--disable-admission-plugins=PodNodeSelector'], { version: 'v1.35.2' }),
      apiServer(['--feature-gates=PodSecurity=true'], { version: 'v1.22.4', title: 'Switched on before it was on by default' }),
    ],
    fails: [
      byFile('usernames: [ci], runtimeClasses: []'),
      byFile('runtimeClasses: [gvisor], namespaces: [kube-system]'),
      apiServer(['--disable-admission-plugins=PodNodeSelector,PodSecurity']),
      apiServer(['--disable-admission-plugins', 'PodSecurity', '--admission-control-config-file=/etc/kubernetes/admission.yaml'], { title: 'A file means nothing to a plugin that is off' }),
      apiServer(['--feature-gates=PodSecurity=false'], { version: 'v1.24.17' }),
      apiServer(['--admission-control=NodeRestriction,ServiceAccount'], { version: 'v1.24.17' }),
      apiServer(['--enable-admission-plugins=NodeRestriction'], { version: 'v1.22.4', title: 'Too old to run it by itself' }),
    ],
    unknown: [apiServer(['--admission-control-config-file=/etc/kubernetes/admission.yaml'], { title: 'Exemptions are in a file of the node' }), managedCluster],
  },
});
