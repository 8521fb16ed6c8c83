import type { BenchmarkPlatform } from '../benchmark.js';
import type { Component } from '../component.js';
import { pathRow } from '../paths/path-tables.js';
import type { PathRef, Place } from '../paths/path-ref.js';
import type { Scalar } from '../rules/value-test.js';
import type { Remedy } from './remedy.js';

/** A remedy in the words of a platform: which file, console or command changes it there. */
export function remediation(remedy: Remedy, platform: BenchmarkPlatform): string {
  switch (remedy.kind) {
    case 'flags': return withNote(flagsText(remedy.component, remedy.set ?? {}, remedy.remove ?? [], platform), remedy.note);
    case 'kubelet': return withNote(kubeletText(remedy.set, remedy.flags ?? [], platform), remedy.note);
    case 'mode': return filesText(`chmod ${remedy.mode.toString(8)}`, remedy.paths, platform);
    case 'owner': return filesText(`chown ${remedy.owner}:${remedy.group}`, remedy.paths, platform);
    case 'text': return remedy.text;
  }
}

const withNote = (sentence: string, note: string | undefined): string => (note === undefined ? sentence : `${sentence} ${note}`);

const managed = new Set<BenchmarkPlatform>(['eks', 'aks', 'gke']);

const listed = (words: readonly string[]): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`);

/** Where k3s and RKE2 take the flags of what they run. */
const argumentLists: Readonly<Record<Component, string>> = {
  'kube-apiserver': 'kube-apiserver-arg', 'kube-controller-manager': 'kube-controller-manager-arg', 'kube-scheduler': 'kube-scheduler-arg', etcd: 'etcd-arg', kubelet: 'kubelet-arg', 'kube-proxy': 'kube-proxy-arg',
};

const onEveryNode = (component: Component): boolean => component === 'kubelet' || component === 'kube-proxy';

function flagsText(component: Component, set: Readonly<Record<string, Scalar>>, remove: readonly string[], platform: BenchmarkPlatform): string {
  if (platform === 'k3s' || platform === 'rke2') {
    const nodes = onEveryNode(component) ? 'node' : 'server';
    const steps = [
      ...(Object.keys(set).length > 0 ? [`list ${listed(Object.entries(set).map(([flag, value]) => `\`${flag}=${value}\``))} under \`${argumentLists[component]}\``] : []),
      ...(remove.length > 0 ? [`take ${listed(remove.map((flag) => `\`${flag}\``))} out of \`${argumentLists[component]}\``] : []),
    ];
    return `In /etc/rancher/${platform}/config.yaml of every ${nodes} ${listed(steps)}, then restart ${serviceOf(platform, component)} there.`;
  }
  if (platform === 'openshift') return `The operator of ${component} sets this by itself: take what changes it out of \`spec.unsupportedConfigOverrides\` of its operator.openshift.io object, and open a case with Red Hat where it is still not as asked.`;
  if (managed.has(platform) && !onEveryNode(component)) return `The provider runs ${component} and sets this; open a case with it where it is not as asked.`;
  const steps = [
    ...(Object.keys(set).length > 0 ? [`set ${listed(Object.entries(set).map(([flag, value]) => `\`--${flag}=${value}\``))}`] : []),
    ...(remove.length > 0 ? [`take out ${listed(remove.map((flag) => `\`--${flag}\``))}`] : []),
  ];
  if (component === 'kubelet') return `In the arguments of the kubelet (KUBELET_KUBEADM_ARGS in /var/lib/kubelet/kubeadm-flags.env, and KUBELET_EXTRA_ARGS) ${listed(steps)}, then restart it.`;
  if (component === 'kube-proxy') return `In the arguments of kube-proxy's DaemonSet ${listed(steps)}.`;
  return `In /etc/kubernetes/manifests/${component}.yaml of every ${component === 'etcd' ? 'etcd' : 'control plane'} node ${listed(steps)}, and the same in the ConfigMap kubeadm-config, so that an upgrade keeps it.`;
}

const serviceOf = (platform: 'k3s' | 'rke2', component: Component): string => {
  if (platform === 'k3s') return onEveryNode(component) ? 'k3s, or k3s-agent,' : 'k3s';
  return onEveryNode(component) ? 'rke2-server, or rke2-agent,' : 'rke2-server';
};

function kubeletText(set: Readonly<Record<string, Scalar>>, flags: readonly string[], platform: BenchmarkPlatform): string {
  const keys = listed(Object.entries(set).map(([key, value]) => `\`${key}: ${value}\``));
  const andNoFlag = flags.length === 0 ? '' : `, take ${listed(flags.map((flag) => `\`--${flag}\``))} out of its command line`;
  switch (platform) {
    case 'kubeadm': return `Set ${keys} in /var/lib/kubelet/config.yaml of each node and in the ConfigMap kubelet-config${andNoFlag}, and restart the kubelet.`;
    case 'k3s':
    case 'rke2': return `Put a KubeletConfiguration with ${keys} into /var/lib/rancher/${platform}/agent/etc/kubelet.conf.d of each node${flags.length === 0 ? '' : `, take ${listed(flags.map((flag) => `\`${flag}\``))} out of \`kubelet-arg\` in /etc/rancher/${platform}/config.yaml`}, and restart ${serviceOf(platform, 'kubelet')} there.`;
    case 'eks': return `Give the node group's launch template a NodeConfig whose spec.kubelet.config has ${keys} (Amazon Linux 2: edit /etc/kubernetes/kubelet/kubelet-config.json in the user data)${andNoFlag}, and replace its nodes.`;
    case 'aks': return `AKS asks for ${keys} by itself: take out what changes the kubelet on the nodes (a DaemonSet, an extension), and bring them back with \`az aks nodepool upgrade --node-image-only\`.`;
    case 'gke': return `GKE asks for ${keys} by itself: take out what changes the kubelet on the nodes, and have them made again with \`gcloud container clusters upgrade CLUSTER --node-pool POOL\`.`;
    case 'openshift': return `Make a KubeletConfig (machineconfiguration.openshift.io/v1) for the pool whose spec.kubeletConfig has ${keys}; the Machine Config Operator rolls it out.`;
  }
}

function filesText(command: string, refs: readonly PathRef[], platform: BenchmarkPlatform): string {
  if (platform === 'openshift') return 'OpenShift\'s operators write these files: change nothing by hand, find what on the node changed them, and let the Machine Config Operator write them again.';
  const rows = refs.map((ref) => pathRow(ref, platform)).filter((row) => row !== undefined);
  const places = rows.flatMap((row) => ('absent' in row ? [] : row.places));
  const named = rows.flatMap((row) => ('absent' in row || row.named === undefined ? [] : [row.named]));
  if (places.length === 0) {
    const absent = rows.flatMap((row) => ('absent' in row ? [row.absent] : []))[0];
    return absent === undefined ? `Run \`${command}\` on the file that ${named.map(nameOf).join(' or ')} names.` : `Nothing is to be done: ${absent}.`;
  }
  const run = listed(places.map((place) => `\`${commandFor(command, place)}\``));
  const names = [...new Set(named.map(nameOf))].join(' or ');
  switch (platform) {
    case 'eks': return `Run ${run}${names === '' ? '' : ` (or on what ${names} names)`} in the user data of the node group's launch template, and replace its nodes.`;
    case 'aks': return `AKS writes its files so by itself: take out what changes them on the nodes, and bring them back with \`az aks nodepool upgrade --node-image-only\`; until then, run ${run} there.`;
    case 'gke': return `GKE writes its files so by itself: take out what changes them on the nodes, and have them made again with \`gcloud container clusters upgrade CLUSTER --node-pool POOL\`; until then, run ${run} there.`;
    default: return `On each node that has it, run ${run}${names === '' ? '' : `, or the same on what ${names} names`}.`;
  }
}

const nameOf = (named: { readonly component: Component } & ({ readonly flag: string } | { readonly path: readonly string[] })): string =>
  'flag' in named ? `--${named.flag} of ${named.component}` : `${named.path.join('.')} in the configuration of ${named.component}`;

const commandFor = (command: string, place: Place): string => {
  if ('at' in place) return `${command} ${place.at}`;
  if (place.directories) return `${command.replace(/^(ch\w+)/, '$1 -R')} ${place.below}`;
  return `find ${place.below} -type f${place.named === undefined ? '' : ` -name '${place.named}'`}${place.within === undefined ? '' : ` -path '*/${place.within}/*'`} -exec ${command} {} +`;
};

