import { defineControl } from '../engine/control.js';
import { container } from '../engine/example.js';
import { fail, passPart } from '../engine/verdict.js';
import { eachImage } from '../scopes/each-image.js';

const image = (reference: string) => ({ ...container(''), manifests: container('').manifests.replace('registry.example/app:1', JSON.stringify(reference)) });

export const digestPinning = defineControl({
  id: 'supply-chain/digest-pinning',
  title: 'Images are pinned by digest',
  severity: 'medium',
  why: 'A tag is a name that can be moved: the same manifest may run other code tomorrow, on one node and not on another, and nobody can say which code ran.',
  remediation: 'Write the image as name@sha256:… (the digest that the registry gave when it was tested); let a bot raise it.',
  frameworks: {
    'nsa-cisa': ['pod-security/secure-images'], 'nist-800-190': ['4.1.5', '4.2.2'], 'nist-800-53': ['CM-2', 'SI-7', 'SR-4', 'SR-11'],
    'mitre-attack': ['T1204.003', 'T1525'], 'owasp-kubernetes': ['K04'], 'pci-dss': ['2.2.1'], soc2: ['CC6.8', 'CC8.1'],
  },
  evidence: ['api'],
  parts: { tag: 'a tag that says which version runs', digest: 'a digest that nobody can move' },
  scope: eachImage,
  check({ container: judged, image: reference }) {
    // No image, or one that no registry would take: the kubelet will not run it, and it is surely not pinned.
    if (!reference) return [fail(`the image ${JSON.stringify(judged.image.slice(0, 200))} of container ${judged.name} is no valid reference`, { part: 'digest' })];
    if (reference.digest !== undefined) return [passPart('tag'), passPart('digest')];
    const isFloating = reference.tag === undefined || reference.tag === 'latest';
    return [
      isFloating
        ? fail(`container ${judged.name} runs ${judged.image}: ${reference.tag === undefined ? 'no tag means latest' : 'latest'}`, { part: 'tag', severity: 'high' })
        : passPart('tag'),
      fail(`container ${judged.name} runs ${judged.image}, which is not pinned by digest`, { part: 'digest' }),
    ];
  },
  examples: {
    passes: [image(`registry.example/app@sha256:${'a'.repeat(64)}`), image(`registry.example/app:1.2@sha256:${'0'.repeat(64)}`)],
    fails: [image('nginx'), image('registry.example:5000/app:latest'), image('registry.example/app:1.2')],
  },
});
