/**
 * OS images that hold what a node needs and little else: no package manager or no writable system, few services, updates
 * as a whole. As the beginning of `osImage`, in the words of each image's own os-release file.
 */
export const minimalImages: readonly string[] = [
  'Bottlerocket OS',
  'CBL-Mariner/Linux',
  'CentOS Stream CoreOS',
  'Container-Optimized OS',
  'Fedora CoreOS',
  'Flatcar Container Linux',
  'Garden Linux',
  'Harvester',
  'Kairos',
  'Microsoft Azure Linux',
  'openSUSE Leap Micro',
  'openSUSE MicroOS',
  'Red Hat Enterprise Linux CoreOS',
  'SLE Micro',
  'SUSE Linux Enterprise Micro',
  'SUSE Linux Micro',
  'Talos',
  'Ubuntu Core',
  'VMware Photon OS',
];

/** Whether an image begins as one of these does, however that is capitalised. */
export function beginsAsOneOf(image: string, beginnings: readonly string[]): boolean {
  const text = image.toLowerCase();
  return beginnings.some((beginning) => beginning !== '' && text.startsWith(beginning.toLowerCase()));
}
