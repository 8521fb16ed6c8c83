import type { Container } from '#inventory/facts.js';
import { parseImage } from '#inventory/image-reference.js';
import { apiServer } from '../control-plane/api-server-example.js';
import { asSeen } from '../scopes/each-component.js';
import { switchedOn } from '../control-plane/admission-plugins.js';
import { defineControl } from '../engine/control.js';
import { container, podSpec } from '../engine/example.js';
import type { WorkloadSubject } from '../engine/scope.js';
import { fail, notApplicable, passPart, provenFail, type Verdict } from '../engine/verdict.js';
import { defineIndex, type World } from '../engine/world.js';
import { containerPatch } from '../patches/workload-patch.js';
import { eachPodTemplate } from '../scopes/each-pod-template.js';

const plugin = 'AlwaysPullImages';
const admission = 'always-pull-images';

/** Whether every API server that is seen makes each pod ask its registry. */
const alwaysPulls = defineIndex(['pods'], ({ components }) => {
  const servers = components.filter(({ component }) => component === 'kube-apiserver');
  return servers.length > 0 && servers.every((server) => switchedOn(asSeen(server), plugin));
});

/** The policy in force: where none is written, the API server takes it from the tag alone. */
function policyOf({ pullPolicy, image }: Container): string {
  if (pullPolicy !== undefined && pullPolicy !== '') return pullPolicy;
  const reference = parseImage(image);
  const isLatest = reference?.tag === 'latest' || (reference?.tag === undefined && reference?.digest === undefined);
  return isLatest ? 'Always' : 'IfNotPresent';
}

function judgeContainer(subject: WorkloadSubject, judged: Container, world: World): Verdict {
  const { name, image } = judged;
  if (image === '') return notApplicable('a container whose image is filled in later', name);
  // What a digest names is the same wherever it was pulled.
  if (image.includes('@')) return passPart(name);
  const policy = policyOf(judged);
  if (policy === 'Always' || world.use(alwaysPulls)) return passPart(name);
  const effect = policy === 'Never' ? 'whatever lies on a node under that name is run, and nobody asks the registry' : 'a node that has it runs what the tag was when it was pulled, and asks the registry neither for the new one nor whether the pod may have it';
  return fail(`container ${name} runs ${image.slice(0, 200)}, a tag that can be moved, with imagePullPolicy ${policy}${judged.pullPolicy === undefined ? ' by default' : ''}: ${effect}`, {
    part: name, detail: { image: image.slice(0, 512), policy }, patch: containerPatch({ ...subject, container: judged }, { imagePullPolicy: 'Always' }),
  });
}

/** The admission plugin, told of the API server's own pod. */
function judgeServers({ workload }: WorkloadSubject, { components }: World): readonly Verdict[] {
  const servers = components.filter(({ component, kind, namespace, pod }) => component === 'kube-apiserver' && kind === workload.kind && namespace === workload.namespace && pod === workload.name);
  if (servers.length === 0) return [];
  if (servers.every((server) => switchedOn(server, plugin))) return [passPart(admission)];
  return [provenFail(`${plugin} is not enabled: where tenants share nodes, a pod runs private images that another pod's credential has brought there`, { part: admission })];
}

const image = (reference: string, fields = '') => ({ ...container(fields), manifests: container(fields).manifests.replace('registry.example/app:1', JSON.stringify(reference)) });
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {spec: {containers: [{name: app, image: 'registry.example/app:1'}]}}}`;

export const imagePullPolicy = defineControl({
  id: 'supply-chain/image-pull-policy',
  title: 'Images by a tag are asked for at every start',
  severity: 'low',
  why: 'A node that has an image under a tag goes on running it after the tag was moved, be it to a fix, so that pods of one workload run different code. It also gives the image to every pod that names it, without asking whether that pod could have pulled it.',
  remediation: 'Name images by digest, which needs no policy, or set `imagePullPolicy: Always`; layers that a node has are not fetched again. Where tenants share nodes, add AlwaysPullImages to `--enable-admission-plugins` of kube-apiserver, which sets it for every pod. The registry must then be reachable whenever a pod starts, so give it a cache near the cluster.',
  frameworks: {
    'cis-kubernetes': ['1.2.11#always-pull-images'], 'nsa-cisa': ['pod-security/secure-images'], 'nist-800-190': ['4.2.2', '4.2.3'],
    'nist-800-53': ['AC-3', 'CM-2', 'SI-7'], 'mitre-attack': ['T1204.003'], 'owasp-kubernetes': ['K04'], 'pci-dss': ['2.2.1'], soc2: ['CC6.8'],
  },
  evidence: ['api', 'flags'],
  parts: { [admission]: 'AlwaysPullImages runs in the API server' },
  scope: eachPodTemplate,
  check: (subject, world) => [...subject.template.containers.map((judged) => judgeContainer(subject, judged, world)), ...judgeServers(subject, world)],
  examples: {
    passes: [
      image('registry.example/app:1', 'imagePullPolicy: Always'),
      image(`registry.example/app@sha256:${'a'.repeat(64)}`),
      image(`registry.example/app:1@sha256:${'a'.repeat(64)}`, 'imagePullPolicy: Never'),
      { ...image('registry.example/app'), title: 'No tag means latest, which is pulled by default' },
      image('registry.example:5000/app:latest'),
      { ...apiServer([`--enable-admission-plugins=NodeRestriction,${plugin}`]), title: 'The API server sets it' },
    ],
    fails: [
      { ...image('registry.example/app:1'), title: 'IfNotPresent is the default of a tag' },
      image('registry.example/app:latest', 'imagePullPolicy: IfNotPresent'),
      image('registry.example:5000/app', 'imagePullPolicy: Never'),
      podSpec("initContainers:\n- {name: setup, image: 'registry.example/setup:1'}"),
      { manifests: `${deployment}\n` },
      apiServer(['--enable-admission-plugins=NodeRestriction'], { title: 'Without the plugin' }),
    ],
    unknown: [image('registry.example/app:latest', '')].map((example) => ({ ...example, missing: { 'deployments.apps': 'forbidden' } as const })),
  },
});
