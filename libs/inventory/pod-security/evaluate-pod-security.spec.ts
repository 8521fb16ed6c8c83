import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checksAt, evaluatePodSecurity, type PodSecurityViolation } from './evaluate-pod-security.js';
import { parsePodSecurityVersion, type PodSecurityLevel, type PodSecurityVersion } from './pod-security-version.js';
import { templateOfObject } from './template-of-object.js';

const at = (text: string): PodSecurityVersion => {
  const parsed = parsePodSecurityVersion(text);
  if (parsed.outcome === 'no-version') throw new Error(parsed.reason);
  return parsed.version;
};

function violationsOf(object: unknown, level: PodSecurityLevel, version: string): readonly PodSecurityViolation[] {
  const found = templateOfObject(object);
  if (found?.outcome !== 'template') throw new Error(`no template: ${JSON.stringify(found)}`);
  return evaluatePodSecurity(found.template, level, at(version));
}

type Json = Readonly<Record<string, unknown>>;
const pod = (spec: Json, annotations: Json = {}): Json => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', annotations }, spec: { containers: [{ name: 'a' }], ...spec } });
const inContainer = (fields: Json): Json => pod({ containers: [{ name: 'a', ...fields }] });
const checks = (object: unknown, level: PodSecurityLevel, version: string): readonly string[] => violationsOf(object, level, version).map(({ check }) => check);
const fields = (object: unknown, level: PodSecurityLevel, version: string, check: string): readonly string[] => violationsOf(object, level, version).find((violation) => violation.check === check)?.fields ?? [];

const hard = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const restricted = (spec: Json = {}, container: Json = {}): Json =>
  pod({ securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } }, containers: [{ name: 'a', securityContext: { ...hard, ...container } }], ...spec });

describe('which checks are asked', () => {
  it('asks nothing at privileged', () => {
    expect(checksAt('privileged', at('latest'))).toEqual([]);
    expect(checks(inContainer({ securityContext: { privileged: true } }), 'privileged', 'latest')).toEqual([]);
  });

  it.each([['v1.0', 11, 12], ['v1.7', 11, 12], ['v1.8', 11, 13], ['v1.18', 11, 13], ['v1.19', 11, 13], ['v1.22', 11, 13], ['v1.23', 11, 14], ['v1.34', 12, 15], ['v1.35', 12, 15], ['latest', 12, 15]])('at %s %i of baseline, %i of restricted', (version, baseline, strict) => {
    expect(checksAt('baseline', at(version))).toHaveLength(baseline);
    expect(checksAt('restricted', at(version))).toHaveLength(strict);
  });

  it('replaces a baseline check only from the version of the restricted one', () => {
    expect(checksAt('restricted', at('v1.18'))).toContain('seccompProfile_baseline');
    expect(checksAt('restricted', at('v1.19'))).not.toContain('seccompProfile_baseline');
    expect(checksAt('restricted', at('v1.34'))).toContain('procMount');
    expect(checksAt('restricted', at('v1.35'))).toContain('procMount_restricted');
    expect(checksAt('restricted', at('v1.35'))).not.toContain('procMount');
    expect(checksAt('restricted', at('v1.0'))).not.toContain('hostPathVolumes');
  });
});

describe('fields that break a check', () => {
  it('are those of every type of container', () => {
    const privileged = { securityContext: { privileged: true } };
    const object = pod({ containers: [{ name: 'a' }, { name: 'b', ...privileged }], initContainers: [{ name: 'c', ...privileged }], ephemeralContainers: [{ name: 'd' }, { name: 'e', ...privileged }] });
    expect(fields(object, 'baseline', 'latest', 'privileged')).toEqual(['spec.containers[1].securityContext.privileged', 'spec.initContainers[0].securityContext.privileged', 'spec.ephemeralContainers[1].securityContext.privileged']);
  });

  it.each([
    ['hostNamespaces', pod({ hostNetwork: true, hostIPC: true }), ['spec.hostNetwork', 'spec.hostIPC']],
    ['hostPathVolumes', pod({ volumes: [{ name: 'x', emptyDir: {} }, { name: 'y', hostPath: { path: '/' } }] }), ['spec.volumes[1].hostPath']],
    ['sysctls', pod({ securityContext: { sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }, { name: 'kernel/shm_rmid_forced', value: '1' }] } }), ['spec.securityContext.sysctls[1].name']],
    ['seLinuxOptions', pod({ securityContext: { seLinuxOptions: { type: 'spc_t', user: 'u' } }, containers: [{ name: 'a', securityContext: { seLinuxOptions: { role: 'r', type: '', level: 's0' } } }] }), ['spec.securityContext.seLinuxOptions.type', 'spec.securityContext.seLinuxOptions.user', 'spec.containers[0].securityContext.seLinuxOptions.role']],
    ['appArmorProfile', pod({ securityContext: { appArmorProfile: { type: 'Unconfined' } } }, { 'container.apparmor.security.beta.kubernetes.io/gone': 'unconfined', 'container.apparmor.security.beta.kubernetes.io/a': '' }), ['spec.securityContext.appArmorProfile.type', 'metadata.annotations[container.apparmor.security.beta.kubernetes.io/gone]']],
    ['windowsHostProcess', pod({ securityContext: { windowsOptions: { hostProcess: true } } }), ['spec.securityContext.windowsOptions.hostProcess']],
    ['hostProbesAndHostLifecycle', inContainer({ startupProbe: { httpGet: { host: 'h', port: 1 } }, lifecycle: { preStop: { tcpSocket: { host: '127.0.0.1', port: 1 } }, postStart: { httpGet: { host: '', port: 1 } } } }), ['spec.containers[0].startupProbe.httpGet.host', 'spec.containers[0].lifecycle.preStop.tcpSocket.host']],
    ['seccompProfile_baseline', pod({ securityContext: { seccompProfile: { type: 'Unconfined' } }, containers: [{ name: 'a', securityContext: { seccompProfile: { type: 'RuntimeDefault' } } }] }), ['spec.securityContext.seccompProfile.type']],
    ['seccompProfile_baseline', inContainer({ securityContext: { seccompProfile: {} } }), ['spec.containers[0].securityContext.seccompProfile.type']],
    ['capabilities_baseline', inContainer({ securityContext: { capabilities: { add: ['CHOWN', 'NET_RAW'] } } }), ['spec.containers[0].securityContext.capabilities.add']],
  ])('of %s at baseline', (check, object, expected) => {
    expect(fields(object, 'baseline', 'latest', check)).toEqual(expected);
  });

  it.each([
    ['restrictedVolumes', restricted({ volumes: [{ name: 'x', nfs: { server: 's', path: '/' } }, { name: 'y', hostPath: { path: '/' } }, { name: 'z', image: { reference: 'i' } }] }), ['spec.volumes[0].nfs', 'spec.volumes[1].hostPath']],
    ['capabilities_restricted', restricted({}, { capabilities: { add: ['NET_BIND_SERVICE', 'CHOWN'], drop: ['all'] } }), ['spec.containers[0].securityContext.capabilities.add', 'spec.containers[0].securityContext.capabilities.drop']],
    ['runAsNonRoot', restricted({ securityContext: {} }), ['spec.containers[0].securityContext.runAsNonRoot']],
    ['runAsNonRoot', restricted({ securityContext: { runAsNonRoot: false } }), ['spec.securityContext.runAsNonRoot']],
    ['runAsUser', restricted({ securityContext: { runAsUser: 0 } }, { runAsUser: 0 }), ['spec.securityContext.runAsUser', 'spec.containers[0].securityContext.runAsUser']],
    ['seccompProfile_restricted', restricted({ securityContext: { runAsNonRoot: true } }), ['spec.containers[0].securityContext.seccompProfile.type']],
    ['allowPrivilegeEscalation', restricted({}, { allowPrivilegeEscalation: null }), ['spec.containers[0].securityContext.allowPrivilegeEscalation']],
  ])('of %s at restricted', (check, object, expected) => {
    expect(fields(object, 'restricted', 'latest', check)).toEqual(expected);
  });

  it('count volumes as the pod does, the token that admission added included', () => {
    const token = { name: 'kube-api-access-x7k2p', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } };
    expect(fields(pod({ volumes: [token, { name: 'y', hostPath: { path: '/' } }] }), 'baseline', 'latest', 'hostPathVolumes')).toEqual(['spec.volumes[1].hostPath']);
  });
});

describe('what the API server defaults', () => {
  it('gives the node the ports of a pod in its network, ephemeral containers apart', () => {
    const ports = [{ containerPort: 80 }, { containerPort: 0 }];
    const object = pod({ hostNetwork: true, containers: [{ name: 'a', ports }], initContainers: [{ name: 'b', ports }], ephemeralContainers: [{ name: 'c', ports }] });
    expect(fields(object, 'baseline', 'latest', 'hostPorts')).toEqual(['spec.containers[0].ports[0].hostPort', 'spec.initContainers[0].ports[0].hostPort']);
    expect(checks(inContainer({ ports }), 'baseline', 'latest')).toEqual([]);
  });

  it('makes a volume without a source an emptyDir', () => {
    expect(checks(restricted({ volumes: [{ name: 'x' }, { name: 'y', hostPath: null }] }), 'restricted', 'latest')).toEqual([]);
  });

  it('holds a volume of an unknown source for no plain one', () => {
    expect(fields(restricted({ volumes: [{ name: 'x', novel: { of: 'tomorrow' } }] }), 'restricted', 'latest', 'restrictedVolumes')).toEqual(['spec.volumes[0].novel']);
  });

  it('sees a directory of the node behind a second source', () => {
    const object = restricted({ volumes: [{ name: 'x', emptyDir: {}, hostPath: { path: '/' } }, { name: 'y', emptyDir: {}, nfs: { server: 's', path: '/' } }] });
    expect(checks(object, 'baseline', 'latest')).toEqual(['hostPathVolumes']);
    expect(checks(object, 'restricted', 'latest')).toEqual([]);
  });
});

describe('what changed from version to version', () => {
  const changes: readonly [string, Json, PodSecurityLevel, string, number, 'from' | 'until'][] = [
    ['Windows pods need no allowPrivilegeEscalation', pod({ os: { name: 'windows' } }), 'restricted', 'allowPrivilegeEscalation', 25, 'until'],
    ['Windows pods need not drop capabilities', pod({ os: { name: 'windows' } }), 'restricted', 'capabilities_restricted', 25, 'until'],
    ['Windows pods need no seccomp profile', pod({ os: { name: 'windows' } }), 'restricted', 'seccompProfile_restricted', 25, 'until'],
    ['the SELinux type of container engines', pod({ securityContext: { seLinuxOptions: { type: 'container_engine_t' } } }), 'baseline', 'seLinuxOptions', 31, 'until'],
    ['hosts of probes', inContainer({ livenessProbe: { tcpSocket: { host: 'h', port: 1 } } }), 'baseline', 'hostProbesAndHostLifecycle', 34, 'from'],
    ['root inside a user namespace', pod({ hostUsers: false }), 'restricted', 'runAsNonRoot', 35, 'until'],
    ['user 0 inside a user namespace', pod({ hostUsers: false, securityContext: { runAsUser: 0 } }), 'restricted', 'runAsUser', 35, 'until'],
    ['an unmasked /proc inside a user namespace', pod({ hostUsers: false, containers: [{ name: 'a', securityContext: { procMount: 'Unmasked' } }] }), 'baseline', 'procMount', 35, 'until'],
    ['seccomp annotations', pod({}, { 'container.seccomp.security.alpha.kubernetes.io/a': 'unconfined' }), 'baseline', 'seccompProfile_baseline', 19, 'until'],
    ['seccomp fields', pod({ securityContext: { seccompProfile: { type: 'Unconfined' } } }), 'baseline', 'seccompProfile_baseline', 19, 'from'],
    ...([['net.ipv4.ip_local_reserved_ports', 27], ['net.ipv4.tcp_keepalive_probes', 29], ['net.ipv4.tcp_rmem', 32], ['net.ipv4.tcp_notsent_lowat', 37]] as const).map(([name, minor]) =>
      [`the sysctl ${name}`, pod({ securityContext: { sysctls: [{ name, value: '1' }] } }), 'baseline', 'sysctls', minor, 'until'] as const satisfies readonly unknown[] as [string, Json, PodSecurityLevel, string, number, 'until']),
  ];

  it.each(changes)('%s', (_, object, level, check, minor, direction) => {
    for (let version = check === 'capabilities_restricted' ? 22 : check === 'runAsUser' ? 23 : check === 'seccompProfile_restricted' ? 19 : check === 'allowPrivilegeEscalation' ? 8 : 0; version <= 37; version++) {
      const isBroken = checks(object, level, `v1.${version}`).includes(check);
      expect([version, isBroken]).toEqual([version, direction === 'from' ? version >= minor : version < minor]);
    }
  });

  it('an unmasked /proc stays forbidden at restricted, user namespace or not', () => {
    const object = restricted({ hostUsers: false }, { procMount: 'Unmasked' });
    expect(checks(object, 'restricted', 'v1.34')).toEqual(['procMount']);
    expect(checks(object, 'restricted', 'v1.35')).toEqual(['procMount_restricted']);
  });

  it('at restricted a Windows pod may say Unconfined from 1.25 on: its check has replaced that of baseline', () => {
    const object = pod({ os: { name: 'windows' }, securityContext: { runAsNonRoot: true, seccompProfile: { type: 'Unconfined' } } });
    expect(checks(object, 'restricted', 'v1.25')).toEqual([]);
    expect(checks(object, 'baseline', 'v1.25')).toEqual(['seccompProfile_baseline']);
  });
});

const dir = process.env['BULWARK_TRUTH_DIR'];
interface Case {
  readonly id: string;
  readonly case: string;
  readonly rule: string;
  readonly level: PodSecurityLevel;
  readonly version: string;
  readonly valid_for?: string;
  readonly expect: 'pass' | 'fail';
  readonly failing_checks?: readonly string[];
  readonly objects: readonly Json[];
}
const casesOf = (file: string): readonly Case[] => readFileSync(join(dir!, 'pss', file), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Case);
const judgedOf = ({ objects }: Case): Json => objects.find(({ kind }) => kind !== 'Namespace')!;

describe.skipIf(!dir)('upstream\'s own cases (BULWARK_TRUTH_DIR says where they are)', () => {
  it.each(['cases.jsonl', 'latest_with_controllers.jsonl'])('%s: the exact set of checks', (file) => {
    const cases = casesOf(file);
    const wrong = cases.flatMap((given) => {
      const got = checks(judgedOf(given), given.level, given.version).toSorted().join();
      const wanted = (given.failing_checks ?? []).toSorted().join();
      return got === wanted ? [] : [`${given.case}: ${got} instead of ${wanted}`];
    });
    expect(cases.length).toBeGreaterThan(200);
    expect(wrong).toEqual([]);
  });

  it('unit.jsonl: the one check of each, at every version it is given for', () => {
    const wrong = casesOf('unit.jsonl').flatMap((given) => {
      const [first, last] = (given.valid_for ?? `${given.version}..${given.version}`).split('..').map((version) => at(version).minor);
      const bad: string[] = [];
      for (let minor = first!; minor <= last!; minor++) {
        const isBroken = checks(judgedOf(given), given.level, `v1.${minor}`).includes(given.rule);
        if (isBroken !== (given.expect === 'fail')) bad.push(`${given.case} at v1.${minor}: ${isBroken ? 'fail' : 'pass'} instead of ${given.expect}`);
      }
      return bad;
    });
    expect(wrong).toEqual([]);
  });
});
