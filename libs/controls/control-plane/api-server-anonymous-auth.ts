import { defineControl } from '../engine/control.js';
import { pass, provenFail, unknown } from '../engine/verdict.js';
import { eachComponent, isSet, switchOf } from '../scopes/each-component.js';
import { apiServer, managedCluster } from './api-server-example.js';

export const apiServerAnonymousAuth = defineControl({
  id: 'control-plane/api-server-anonymous-auth',
  title: 'The API server takes no requests without a credential',
  severity: 'high',
  why: 'Anonymous requests are on by default and authorized like all others, as user system:anonymous. One careless binding to that user or its group then opens the cluster to everybody who reaches the port, and the audit log names nobody.',
  remediation: 'In the manifest of kube-apiserver set `--anonymous-auth=false` and give its probes a credential, or they fail. Where probes or load balancers must stay anonymous, name a file with `--authentication-config` instead, whose `anonymous.conditions` allow `/livez`, `/readyz` and `/healthz` alone (from 1.32 without a feature gate). Do one control plane node at a time.',
  frameworks: {
    'cis-kubernetes': ['1.2.1'], 'nsa-cisa': ['network/control-plane', 'access/authentication'], 'nist-800-190': ['4.3.2'], 'nist-800-53': ['AC-14', 'IA-2'],
    'mitre-attack': ['T1133', 'T1613'], 'owasp-kubernetes': ['K07', 'K09'], 'pci-dss': ['7.3.3', '8.3.1'], soc2: ['CC6.1', 'CC6.6'],
  },
  evidence: ['flags'],
  scope: eachComponent('kube-apiserver'),
  check(component) {
    const isOn = switchOf(component, 'anonymous-auth');
    if (isOn === false) return pass;
    // A file that narrows anonymous requests and the flag exclude each other: with both the server does not start.
    if (isOn === undefined && isSet(component, 'authentication-config')) {
      return unknown({ fact: 'component-flags', reason: 'not-requested', detail: 'whether requests without a credential are taken is in the file that --authentication-config names, on the node: its flags do not show it' });
    }
    return provenFail(isOn ? '--anonymous-auth is true: requests without a credential are taken' : '--anonymous-auth is not set, and by default requests without a credential are taken');
  },
  examples: {
    passes: [apiServer(['--anonymous-auth=false']), apiServer(['--anonymous-auth=true', '--anonymous-auth=false'], { title: 'The last one counts' })],
    fails: [
      apiServer(['--authorization-mode=Node,RBAC'], { title: 'On by default' }),
      apiServer(['--anonymous-auth=true']),
      apiServer(['--anonymous-auth', 'false'], { title: 'A switch takes its value after = alone' }),
      apiServer(['--anonymous-auth=true', '--authentication-config=/etc/kubernetes/authn.yaml'], { title: 'A file beside the flag cannot narrow it' }),
    ],
    unknown: [apiServer(['--authentication-config=/etc/kubernetes/authn.yaml']), apiServer(['--openshift-config=/etc/kubernetes/config.yaml']), managedCluster],
  },
});
