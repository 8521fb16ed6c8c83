import type { Volume } from '#inventory/facts.js';
import { defineControl } from '../engine/control.js';
import { podSpec } from '../engine/example.js';
import { notApplicable, provenFail, provenPass, provenPassPart } from '../engine/verdict.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';

const DAY = 86_400;

const named = (volumes: readonly Volume[]): string => `volume${volumes.length === 1 ? '' : 's'} ${volumes.slice(0, 3).map(({ name }) => name).join(', ')}`;
const longest = ({ tokenSeconds = [] }: Volume): number => tokenSeconds.reduce((most, seconds) => Math.max(most, seconds), 0);

/** Hours or days, whichever is easier to read. */
const lifetime = (seconds: number): string => (seconds % DAY === 0 ? `${seconds / DAY} days` : `${Math.round((seconds / 3600) * 10) / 10} hours`);

const token = (fields: string) => podSpec(`
volumes:
- name: token
  projected: {sources: [{serviceAccountToken: {path: token, ${fields}}}]}
initContainers:
- name: setup
  image: registry.example/setup:1
  volumeMounts: [{name: token, mountPath: /var/run/secrets/tokens}]`);

export const saTokenLifetime = defineControl({
  id: 'control-plane/sa-token-lifetime',
  title: 'Tokens that pods ask for end within a day and say whom they are for',
  severity: 'medium',
  why: 'A token is good for whoever has it, until it ends. One that lives for weeks is still good when the log, the dump or the image it leaked into is found; one without an audience is taken by the API server, whatever other service it was meant for, so that this service can act as the pod.',
  remediation: 'In the projected volume set expirationSeconds to 3600 (the kubelet renews the file long before the end; programs have to read it anew) and audience to the service that the token is for. A pod that needs the API server itself gets its token by automountServiceAccountToken: true, or by a volume whose audience is the API server\'s own (`--api-audiences`, by default its issuer).',
  frameworks: {
    'nsa-cisa': ['pod-security/service-account-tokens', 'access/authentication'], 'nist-800-190': ['4.3.2'], 'nist-800-53': ['IA-5'],
    'mitre-attack': ['T1528', 'T1550', 'T1550.001'], 'owasp-kubernetes': ['K09'], 'pci-dss': ['8.6.3'], soc2: ['CC6.1'],
  },
  evidence: ['api'],
  parts: { lifetime: 'no token lives for more than 24 hours', audience: 'every token mounted by hand names its audience' },
  scope: eachPodTemplate,
  check({ template, workload }) {
    // What admission adds by itself is no volume here.
    const volumes = template.volumes.filter(({ tokenSeconds }) => tokenSeconds !== undefined);
    if (volumes.length === 0) return provenPass;
    if (workload.isMirror) return notApplicable('a kubelet starts static pods itself, without a service account');
    const long = volumes.filter((volume) => longest(volume) > DAY);
    const open = volumes.filter(({ name, apiToken }) => apiToken && template.containers.some(({ mounts }) => mounts.some(({ volume }) => volume === name)));
    return [
      long.length === 0 ? provenPassPart('lifetime') : provenFail(`the token in ${named(long)} lives for ${lifetime(long.reduce((most, volume) => Math.max(most, longest(volume)), 0))}`, { part: 'lifetime', detail: { volumes: long.slice(0, 10).map((volume) => ({ name: volume.name, seconds: longest(volume) })) } }),
      open.length === 0
        ? provenPassPart('audience')
        : provenFail(`the token in ${named(open)} names no audience: it is one for the API server, mounted by hand`, { part: 'audience', severity: 'low', detail: { volumes: open.slice(0, 10).map(({ name }) => name) } }),
    ];
  },
  examples: {
    passes: [
      podSpec(''),
      token('audience: vault, expirationSeconds: 3600'),
      token('audience: vault, expirationSeconds: 86400'),
      podSpec('volumes:\n- name: kube-api-access-x7k2p\n  projected: {sources: [{serviceAccountToken: {path: token, expirationSeconds: 3607}}]}', { title: 'What admission adds to every pod' }),
    ],
    fails: [
      token('audience: vault, expirationSeconds: 86401'),
      token('audience: vault, expirationSeconds: 31536000'),
      token('expirationSeconds: 3600'),
      token('audience: ""'),
      podSpec('volumes:\n- name: kube-api-access-x7k2p\n  projected: {sources: [{serviceAccountToken: {path: token, expirationSeconds: 604800}}]}', { title: 'A name that only looks like what admission adds' }),
    ],
    unknown: [{ ...podSpec(''), missing: { pods: 'forbidden' } }],
  },
});
