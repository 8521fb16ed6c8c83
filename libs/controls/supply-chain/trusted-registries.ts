import { defineControl } from '../engine/control.js';
import { container, podSpec, type Example } from '../engine/example.js';
import { fail, pass, unknown } from '../engine/verdict.js';
import { eachImage } from '../scopes/each-image.js';
import { trustedRegistries as trusted } from './registry-trust.js';

const policy = { trustedRegistries: ['registry.example', 'docker.io/library', 'ghcr.io/acme-shop', '123456789012.dkr.ecr.eu-west-1.amazonaws.com'] };
const image = (reference: string, title?: string): Example =>
  ({ ...container(''), manifests: container('').manifests.replace('registry.example/app:1', JSON.stringify(reference)), policy, ...(title !== undefined && { title }) });

/** The host of a reference that breaks the grammar, as far as one is written: letters of other scripts do. */
const writtenHost = (reference: string): string => {
  const slash = reference.indexOf('/');
  return slash < 0 ? '' : reference.slice(0, slash).toLowerCase().slice(0, 255);
};

export const trustedRegistries = defineControl({
  id: 'supply-chain/trusted-registries',
  title: 'Images come from registries the organisation trusts',
  severity: 'high',
  why: 'An image is code that runs with the pod\'s rights. From a registry nobody vouches for, or one whose name is a letter from a trusted one, it is whatever its owner wants today.',
  remediation: 'Copy the image into a trusted registry after a scan and change the reference; or add the registry to the organisation\'s list if it is to be trusted. For a look-alike, find out how the name got there first: nobody mistypes it in a pinned manifest.',
  frameworks: {
    'nsa-cisa': ['pod-security/secure-images'], 'nist-800-190': ['4.1.3', '4.1.5'], 'nist-800-53': ['CM-7(5)', 'CM-11', 'SR-3', 'SR-4', 'SR-11'],
    'mitre-attack': ['T1036.005', 'T1204', 'T1204.003', 'T1525'], 'owasp-kubernetes': ['K04'], 'pci-dss': ['2.2.1'], soc2: ['CC6.8', 'CC8.1'],
  },
  evidence: ['api'],
  scope: eachImage,
  check({ container: judged, image: reference }, world) {
    const list = world.use(trusted);
    if (!list) return unknown({ fact: 'trusted-registries', reason: 'not-requested', detail: 'the organisation has no list of trusted registries; set trustedRegistries of the organisation to the hosts or host/path prefixes its images may come from' });
    const written = judged.image.slice(0, 200);
    const host = reference?.registry ?? writtenHost(written);
    const trust = list.judge(host, reference?.repository ?? '');
    if (trust.is === 'look-alike') {
      return fail(`container ${judged.name} runs ${JSON.stringify(written)}, which looks like the trusted ${trust.of} and is not`, { severity: 'critical', detail: { registry: host, looksLike: trust.of, ...(reference && { repository: reference.repository }) } });
    }
    if (!reference) return fail(`the image ${JSON.stringify(written)} of container ${judged.name} is no valid reference, so it comes from no trusted registry`);
    if (trust.is === 'trusted') return pass;
    return fail(`container ${judged.name} runs ${written} from ${reference.registry}, which is not on the organisation's list${list.places.some((place) => place.host === host) ? ' with this path' : ''}`, { detail: { registry: reference.registry, repository: reference.repository } });
  },
  examples: {
    passes: [
      image('registry.example/app:1'), image('nginx:1.29'), image('ghcr.io/acme-shop/web@sha256:' + 'a'.repeat(64)),
      image('registry.example:443/app:1', 'the port of https need not be written'),
    ],
    fails: [
      image('quay.io/someone/app:1'),
      image('gcr.io/acme/app:1', 'high, not critical: a registry people know is no look-alike'),
      image('ghcr.io/acme-shopping/web:1', 'a prefix ends where a piece of the path ends'),
      image('ghcr.io/acme-sh0p/web:1', 'critical: o and 0'),
      image('registry.exarnple/app:1', 'critical: rn and m'),
      image('registry.exmaple/app:1', 'critical: swapped letters'),
      image('xn--regstry-tog.example/app:1'),
      image('regіstry.example/app:1', 'critical: a Cyrillic letter'),
      image('registry.example.attacker.test/app:1', 'critical: begins like a trusted one'),
      image('123456789013.dkr.ecr.eu-west-1.amazonaws.com/app:1', 'critical: another account'),
      { ...podSpec('initContainers:\n- name: setup\n  image: elsewhere.test/setup:1'), policy },
    ],
    unknown: [container('')],
  },
});
