import { defineControl } from '../engine/control.js';
import { manifests, type Example } from '../engine/example.js';
import { valueOfAll } from '../engine/values.js';
import { notApplicable, pass, provenFail, unknown } from '../engine/verdict.js';
import { wholeCluster } from '../scopes/whole-cluster.js';
import { beginsAsOneOf, minimalImages } from './minimal-images.js';
import { listed, namesBy } from './nodes-by.js';

const nodes = (images: readonly string[], options: Omit<Example, 'manifests'> = {}, os = 'linux'): Example =>
  manifests(images.map((image, i) => `---\napiVersion: v1\nkind: Node\nmetadata: {name: node-${i}}\nstatus: {nodeInfo: {osImage: ${JSON.stringify(image)}, operatingSystem: ${os}}}\n`).join(''), options);

export const minimalNodeOs = defineControl({
  id: 'control-plane/minimal-node-os',
  title: 'Nodes run an OS image that is made for nothing else',
  severity: 'low',
  why: 'A general-purpose system brings services, interpreters and a package manager that no node needs: each is one more way in, and a tool at hand for whoever got out of a container. Minimal images have a read-only system, few services and updates as a whole, and are the same on every node.',
  remediation: 'Choose a minimal image for the next node pool, such as Container-Optimized OS, Bottlerocket, Azure Linux, Flatcar, Talos or Fedora CoreOS, move workloads over pool by pool, and delete the old pools. Where an image of your own is as small, name how it begins in your organisation\'s policy as an approved node image.',
  frameworks: {
    'nsa-cisa': ['network/worker-nodes', 'upgrades/unused-components'], 'nist-800-190': ['4.5.1'], 'nist-800-53': ['CM-6', 'CM-7'], 'mitre-attack': ['T1068', 'T1611'],
    'owasp-kubernetes': ['K07'], 'pci-dss': ['2.2.1', '2.2.4'], soc2: ['CC6.8', 'CC7.1'],
  },
  evidence: ['api'],
  scope: wholeCluster(['nodes']),
  check(world) {
    const { approvedNodeImages } = world.policy;
    const all = world.list('nodes').filter(({ operatingSystem }) => operatingSystem !== 'windows');
    if (all.length === 0) return notApplicable(world.list('nodes').length === 0 ? 'the cluster has no nodes' : 'all nodes run Windows, of which there is no minimal image');
    const others = all.filter(({ osImage }) => osImage !== '' && !beginsAsOneOf(osImage, approvedNodeImages ?? minimalImages));
    if (others.length > 0) {
      const images = namesBy(others, ({ osImage }) => osImage);
      const what = approvedNodeImages ? 'that is not approved' : 'made for everything';
      return provenFail(`${others.length} of ${all.length} nodes run an OS image ${what}: ${listed(Object.keys(images))}`, { detail: { images } });
    }
    if (all.some(({ osImage }) => osImage === '')) return unknown({ fact: 'nodes', reason: 'invalid', detail: 'a node does not say which OS image it runs' });
    return pass;
  },
  values: (_cluster, world) => ({ 'OS images': valueOfAll(world.seen('nodes').filter(({ operatingSystem }) => operatingSystem !== 'windows').map(({ osImage }) => osImage)) }),
  examples: {
    passes: [
      nodes(['Container-Optimized OS from Google', 'Bottlerocket OS 1.30.0 (aws-k8s-1.33)', 'Talos (v1.9.1)', 'Flatcar Container Linux by Kinvolk 4152.2.3 (Oklo)', 'Microsoft Azure Linux 3.0']),
      nodes(['Red Hat Enterprise Linux CoreOS 9.6.20260210-0 (Plow)', 'Fedora CoreOS 42.20260301.3.0', 'SUSE Linux Micro 6.1', 'Ubuntu Core 24']),
      nodes(['Ubuntu 24.04.3 LTS'], { policy: { approvedNodeImages: ['ubuntu 24.04'] }, title: 'An image that the organisation approves' }),
    ],
    fails: [
      nodes(['Ubuntu 24.04.3 LTS', 'Talos (v1.9.1)']),
      nodes(['Red Hat Enterprise Linux 9.6 (Plow)'], { title: 'Not the CoreOS of that name' }),
      nodes(['Talos (v1.9.1)'], { policy: { approvedNodeImages: ['Bottlerocket OS'] }, title: 'The organisation\'s list goes before ours' }),
    ],
    unknown: [nodes(['']), nodes(['Talos (v1.9.1)'], { missing: { nodes: 'forbidden' } })],
    notApplicable: [manifests('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}'), nodes(['Windows Server 2022 Datacenter'], {}, 'windows')],
  },
});
