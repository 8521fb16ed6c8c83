import type { AuthenticationConfiguration } from '#inventory/components/authentication-configuration.js';
import type { ComponentFacts } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { orUnknown } from '../engine/part.js';
import type { Example } from '../engine/example.js';
import type { ListScope } from '../engine/scope.js';
import { valueOf, type Values } from '../engine/values.js';
import { pass, provenFail, provenPass, unknown, type Verdict } from '../engine/verdict.js';
import { lackOf, MissingEvidenceError, type World } from '../engine/world.js';
import { apiServerProcesses, endpoint, probed, type Endpoint, type Process } from '../scopes/api-server-endpoint.js';
import { asSeen, fileOf, isSet, listFlagOf, quoted, switchOf, unseenServers } from '../scopes/each-component.js';
import { flagsIn } from '../scopes/flag-values.js';
import { apiServer, apiServerWithFile, managedCluster } from './api-server-example.js';
import { goodProbe } from './probe-example.js';

/** What the server answered to a request that only an anonymous user could have made; undefined where nobody asked it. */
function answerTo(world: World): number | undefined {
  const anonymous = probed(world, 'anonymous');
  return anonymous.state === 'observed' ? anonymous.value.namespaces : undefined;
}

const mayDiffer = (world: World): boolean =>
  unseenServers(world) !== undefined || (!world.cluster.isManaged && world.apiServers.state === 'observed' && world.apiServers.value.length > 1);

/** Processes by their flags. Where those of none are to be seen, or say that none takes what was taken all the same, the server itself tells what it takes. */
const processesOrEndpoint: ListScope<Process | Endpoint> = {
  name: 'kube-apiserver',
  family: 'list',
  needs: ['pods'],
  *subjects(world) {
    const answer = answerTo(world);
    let isTold = false;
    try {
      for (const process of apiServerProcesses(world)) {
        isTold ||= !process.isUnseen && orUnknown('', () => judgeFlags(process.subject.component, world)).status !== 'pass';
        yield process;
      }
    } catch (error) {
      // With pods unread there may be processes that tell.
      if (!(error instanceof MissingEvidenceError) || answer === undefined || isTold || (!world.cluster.isManaged && lackOf(world, 'pods'))) throw error;
      // What one server takes is taken; what it refuses others may take.
      if (answer === 401 && mayDiffer(world)) throw error;
      yield endpoint;
      return;
    }
    if (!isTold && answer !== 401) yield answer === undefined ? { ...endpoint, isUnseen: true } : endpoint;
  },
};

/** 401 says that nobody is let in to be authorized; 403, that somebody was and may not. */
const judgeAnswer = (status: number): Verdict =>
  status === 401 ? provenPass : provenFail(`a request for namespaces without a credential was taken, and answered ${status}`);

/** Where a probe or a load balancer asks whether the server is well. */
const healthPaths: ReadonlySet<string> = new Set(['/livez', '/readyz', '/healthz']);

function judgeFile({ enabled, paths }: NonNullable<AuthenticationConfiguration['anonymous']>): Verdict {
  if (!enabled) return pass;
  const others = paths.filter((path) => !healthPaths.has(path));
  if (paths.length > 0 && others.length === 0) return pass;
  return provenFail(paths.length === 0 ? 'the file that --authentication-config names takes requests without a credential, for every path' : `the file that --authentication-config names takes requests without a credential for ${others.slice(0, 3).map(quoted).join(', ')}, beyond health`);
}

/** With AlwaysAllow among the modes of its flag, which is the default, the server takes no anonymous requests. */
function switchesOff(component: ComponentFacts): boolean {
  if (isSet(component, 'authorization-config')) return false;
  const modes = listFlagOf(component, 'authorization-mode');
  return modes.length === 0 || modes.includes('AlwaysAllow');
}

function judgeFlags(component: ComponentFacts, world: World): Verdict {
  const isOn = switchOf(component, 'anonymous-auth');
  if (isOn === false) return pass;
  // A file that narrows anonymous requests and the flag exclude each other: with both the server does not start.
  if (isOn === undefined && isSet(component, 'authentication-config')) {
    const status = answerTo(world);
    if (status !== undefined) return judgeAnswer(status);
    const file = fileOf(component, 'authentication-config', 'whether requests without a credential are taken is');
    if (file.state === 'missing') return unknown(file.missing);
    const { anonymous } = file.value;
    if (anonymous) return judgeFile(anonymous);
  }
  if (!switchesOff(component)) return provenFail(isOn ? '--anonymous-auth is true: requests without a credential are taken' : '--anonymous-auth is not set, and by default requests without a credential are taken');
  // It takes none only while a worse fault lasts, which is no setting to rely on unless it is seen to hold.
  return answerTo(world) === 401 ? pass : provenFail(`--anonymous-auth is ${isOn ? 'true' : 'not set'}: requests without a credential are taken as soon as the server does not allow everything any more`);
}

/** What the server answered, where its flags leave the matter to a file that nobody may have seen. */
function valuesOf(subject: Process | Endpoint, world: World): Values {
  const status = answerTo(world);
  const answer: Values = status === undefined ? {} : { 'answer to a request without a credential': String(status) };
  if (subject.kind === 'endpoint') return answer;
  const { component } = subject;
  const file = component.files?.['authentication-config'];
  return {
    ...flagsIn(component, ['anonymous-auth', 'authentication-config', ...(switchesOff(asSeen(component)) ? ['authorization-mode'] : [])]),
    ...(component.flags['authentication-config'] && answer),
    ...(file?.state === 'observed' && { 'anonymous in --authentication-config': valueOf(file.value.anonymous) }),
  };
}

const byFile = (anonymous: string, title?: string): Example => apiServerWithFile('authentication-config', 'authentication', `{apiVersion: apiserver.config.k8s.io/v1, kind: AuthenticationConfiguration${anonymous}}`, { flags: ['--authorization-mode=Node,RBAC'], ...(title !== undefined && { title }) });

const refusing = { ...goodProbe, anonymous: { version: 401, health: 200, namespaces: 401 } };

export const apiServerAnonymousAuth = defineControl({
  id: 'control-plane/api-server-anonymous-auth',
  title: 'The API server takes no requests without a credential',
  severity: 'high',
  why: 'Anonymous requests are on by default and authorized like all others, as user system:anonymous. One careless binding to that user or its group then opens the cluster to everybody who reaches the port, and the audit log names nobody.',
  remediation: 'In the manifest of kube-apiserver set `--anonymous-auth=false` and give its probes a credential, or they fail. Where probes or load balancers must stay anonymous, name a file with `--authentication-config` instead, whose `anonymous.conditions` allow `/livez`, `/readyz` and `/healthz` alone (from 1.32 without a feature gate). Do one control plane node at a time. On managed clusters: AKS takes none, EKS narrows them to health paths from 1.32 on, and GKE does with `--anonymous-authentication-config=LIMITED`.',
  frameworks: {
    'cis-kubernetes': ['1.2.1'], 'nsa-cisa': ['network/control-plane', 'access/authentication'], 'nist-800-190': ['4.3.2'], 'nist-800-53': ['AC-14', 'IA-2'],
    'mitre-attack': ['T1133', 'T1613'], 'owasp-kubernetes': ['K07', 'K09'], 'pci-dss': ['7.3.3', '8.3.1'], soc2: ['CC6.1', 'CC6.6'],
  },
  evidence: ['flags', 'node', 'probe'],
  scope: processesOrEndpoint,
  check: (subject, world) => (subject.kind === 'process' ? judgeFlags(subject.component, world) : judgeAnswer(answerTo(world) ?? 0)),
  values: valuesOf,
  examples: {
    passes: [
      apiServer(['--anonymous-auth=false']),
      apiServer(['--anonymous-auth=true'], { probe: refusing, title: 'With AlwaysAllow, the default mode, the server takes none, as it shows' }),
      apiServer(['--anonymous-auth=true', '--anonymous-auth=false'], { title: 'The last one counts' }),
      apiServer(['--authentication-config=/etc/kubernetes/authn.yaml'], { probe: refusing, title: 'A file that narrows them, as the server shows' }),
      byFile(', anonymous: {enabled: true, conditions: [{path: /livez}, {path: /readyz}]}', 'A file that narrows them, as the node shows'),
      { ...managedCluster, probe: refusing, title: 'A managed server that refuses' },
    ],
    fails: [
      apiServer(['--authorization-mode=Node,RBAC'], { title: 'On by default' }),
      apiServer(['--authorization-mode=AlwaysAllow'], { title: 'Off only as long as everything is allowed' }),
      apiServer(['--authorization-mode=Node,RBAC', '--anonymous-auth=true']),
      apiServer(['--authorization-mode=Node,RBAC', '--anonymous-auth', 'false'], { title: 'A switch takes its value after = alone' }),
      apiServer(['--authorization-mode=Node,RBAC', '--anonymous-auth=true', '--authentication-config=/etc/kubernetes/authn.yaml'], { title: 'A file beside the flag cannot narrow it' }),
      apiServer(['--authentication-config=/etc/kubernetes/authn.yaml'], { probe: goodProbe, title: 'A file that narrows nothing' }),
      byFile(', anonymous: {enabled: true}'),
      byFile(', anonymous: {enabled: true, conditions: [{path: /livez}, {path: /api}]}'),
      byFile('', 'A file that does not speak of them leaves the default'),
      { ...managedCluster, probe: goodProbe, title: 'A managed server that takes them' },
      apiServer(['--anonymous-auth=false'], { probe: goodProbe, title: 'A server that takes them, whatever its pod says' }),
    ],
    unknown: [apiServer(['--authentication-config=/etc/kubernetes/authn.yaml']), apiServer(['--openshift-config=/etc/kubernetes/config.yaml']), managedCluster],
  },
});
