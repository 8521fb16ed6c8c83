import type { NodeFacts, Platform } from '#inventory/facts.js';

/** A cloud by what tells it, and where its machines ask for their metadata and credentials. */
export interface Cloud {
  readonly name: string;
  readonly platforms?: readonly Platform[];
  /** Beginnings of the provider ids of its nodes. */
  readonly providerIds: readonly RegExp[];
  readonly metadata: readonly string[];
  /** What else decides there and is no API object. */
  readonly unseen?: string;
}

const usual = '169.254.169.254';

/** The first that fits is meant. */
export const clouds: readonly Cloud[] = [
  { name: 'AWS', platforms: ['eks'], providerIds: [/^aws:/], metadata: [usual, 'fd00:ec2::254'], unseen: 'a metadata hop limit of 1 on the nodes, which is not visible here, stops it too' },
  { name: 'Google Cloud', platforms: ['gke'], providerIds: [/^gce:/], metadata: [usual, 'fd20:ce::254'] },
  // Its nodes drop what pods send to the host's agent at 168.63.129.16 themselves.
  { name: 'Azure', platforms: ['aks'], providerIds: [], metadata: [usual] },
  { name: 'Azure', providerIds: [/^azure:/], metadata: [usual, '168.63.129.16'] },
  { name: 'Alibaba Cloud', providerIds: [/^alicloud:/, /^[a-z]{2}-[a-z0-9-]+\.i-/], metadata: ['100.100.100.200'] },
  { name: 'Oracle Cloud', providerIds: [/^oci:/, /^ocid1\./], metadata: [usual, 'fd00:c1::a9fe:a9fe'] },
  { name: 'Tencent Cloud', providerIds: [/^qcloud:/, /^tencentcloud:/], metadata: ['169.254.0.23'] },
  { name: 'Scaleway', providerIds: [/^scaleway:/], metadata: ['169.254.42.42', 'fd00:42::42'] },
  { name: 'Linode', providerIds: [/^linode:/], metadata: [usual, 'fd00:a9fe:a9fe::1'] },
  { name: 'DigitalOcean', providerIds: [/^digitalocean:/], metadata: [usual] },
  { name: 'Hetzner Cloud', providerIds: [/^hcloud:/], metadata: [usual] },
  { name: 'IBM Cloud', providerIds: [/^ibm:/], metadata: [usual] },
  { name: 'OpenStack', providerIds: [/^openstack:/], metadata: [usual] },
  { name: 'Vultr', providerIds: [/^vultr:/], metadata: [usual] },
  { name: 'Exoscale', providerIds: [/^exoscale:/], metadata: [usual] },
  { name: 'UpCloud', providerIds: [/^upcloud:/], metadata: [usual] },
];

/** Where it is not known which cloud the nodes are in, or whether they are in one. Addresses of few clouds would be asked of everybody. */
const anyCloud: Cloud = { name: 'a cloud', providerIds: [], metadata: [usual, 'fd00:ec2::254', 'fd20:ce::254'] };

/** Provider ids of machines that are in somebody's own house. */
const ownHouse = [/^kind:/, /^docker:/, /^vsphere:/, /^nutanix:/, /^metal3:/, /^baremetalhost:/, /^proxmox:/, /^harvester:/, /^maas:/, /^tinkerbell:/];
const ownPlatforms: readonly Platform[] = ['kind', 'minikube'];

/** The clouds that nodes are in; none where they surely are in no cloud. */
export interface Clouds {
  readonly clouds: readonly Cloud[];
  readonly areKnown: boolean;
}

export const cloudOfPlatform = (platform: Platform): Clouds | undefined => {
  if (ownPlatforms.includes(platform)) return { clouds: [], areKnown: true };
  const found = clouds.find(({ platforms = [] }) => platforms.includes(platform));
  return found && { clouds: [found], areKnown: true };
};

export function cloudsOfNodes(nodes: readonly NodeFacts[]): Clouds {
  const ids = nodes.map(({ providerId }) => providerId);
  const found = new Set<Cloud>();
  for (const id of ids) {
    const cloud = clouds.find(({ providerIds }) => providerIds.some((pattern) => pattern.test(id)));
    if (cloud) found.add(cloud);
  }
  if (found.size > 0) return { clouds: [...found], areKnown: true };
  const isOwnHouse = ids.length > 0 && ids.every((id) => ownHouse.some((pattern) => pattern.test(id)));
  return isOwnHouse ? { clouds: [], areKnown: true } : { clouds: [anyCloud], areKnown: false };
}
