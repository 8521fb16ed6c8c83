import { atVersion, flags, linkedTo, mode, mounted, moved, onTheNode, owned, put, removed, replaced, rewritten, started, stopped, withoutFlags, type Change } from '../changes.js';
import { controlPlane, dropIn, hardened, kubeconfig, kubeletConfig, worker } from '../bases/kubeadm.js';
import { clusterAuthority } from '../authorities.js';
import { variation, type NodeCase } from '../node-case.js';
import { directory, file, link } from '../node-plan.js';

const manifests = '/etc/kubernetes/manifests';
const apiServer = `${manifests}/kube-apiserver.yaml`;
const scheduler = `${manifests}/kube-scheduler.yaml`;
const names = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'];
const pki = '/etc/kubernetes/pki';
const unitDropIn = '[Service]\nExecStart=\nExecStart=/usr/bin/kubelet\n';

/** What installers other than kubeadm do: another folder, named to every process. */
const elsewhere: Change = (plan) => {
  const renamed = (text: string): string => text.replaceAll(pki, '/etc/kubernetes/ssl');
  return {
    ...plan,
    entries: Object.fromEntries(Object.entries(plan.entries).map(([path, entry]) => [renamed(path), entry.kind === 'file' && typeof entry.content === 'string' ? { ...entry, content: renamed(entry.content) } : entry])),
    processes: plan.processes.map((one) => ({ ...one, args: one.args.map(renamed), ...(one.container && { container: { mounts: Object.fromEntries(Object.entries(one.container.mounts).map(([at, host]) => [renamed(at), renamed(host)])) } }) })),
  };
};

export const fileVariations: readonly NodeCase[] = [
  variation(controlPlane, 'manifests open to all', '0644.', names.map((name) => mode(`${manifests}/${name}.yaml`, 0o644)), ['fail', '1.1.1 1.1.3 1.1.5 1.1.7', 'wider than 0600']),
  variation(controlPlane, 'a manifest narrower than asked', '0400.', [mode(apiServer, 0o400)], ['pass', '1.1.1', 'no bit beyond 0600']),
  variation(controlPlane, 'a manifest for the group', '0640.', [mode(scheduler, 0o640)], ['fail', '1.1.5', 'the group may read it']),
  variation(controlPlane, 'a manifest with a bit of its own', '4600, set-user.', [mode(apiServer, 0o4600)], ['fail', '1.1.1', 'a bit that 0600 has not']),
  variation(controlPlane, 'manifests of a person', 'Owned by deploy.', names.map((name) => owned(`${manifests}/${name}.yaml`, { uid: 1000, gid: 1000 })), ['fail', '1.1.2 1.1.4 1.1.6 1.1.8', 'not root']),
  variation(controlPlane, 'an owner whose name ends in root', 'nonroot:root.', [owned(apiServer, { uid: 65_532, gid: 0 })], ['fail', '1.1.2', 'nonroot is not root']),
  variation(controlPlane, 'a group whose name begins with root', 'root:root-ops.', [owned(apiServer, { uid: 0, gid: 990 }), owned('/etc/kubernetes/admin.conf', { uid: 0, gid: 990 })], ['fail', '1.1.2 1.1.14', 'root-ops is not root']),
  variation(controlPlane, 'an owner without a name', 'A number that passwd does not know.', [owned(scheduler, { uid: 4242, gid: 4242 })], ['fail', '1.1.6', 'whoever it is, not root']),
  variation(controlPlane, 'another account called root', 'passwd gives the name to one more number, which owns a manifest.', [put('/etc/passwd', file('root:x:0:0::/root:/bin/sh\nroot:x:4242:0::/:/bin/sh\netcd:x:998:997::/:/bin/false\n', 0o644)), owned(apiServer, { uid: 4242, gid: 0 })], ['fail', '1.1.2', 'root is number 0, whatever else has its name']),
  variation(controlPlane, 'a manifest that is a link', 'A link, 0777 as links are, to a file of 0600.', [linkedTo(apiServer, '/srv/kubernetes/kube-apiserver.yaml')], ['pass', '1.1.1-2', 'the target counts']),
  variation(controlPlane, 'links to files that are open', 'Links to files of 0644.', [linkedTo(apiServer, '/srv/kubernetes/kube-apiserver.yaml'), mode('/srv/kubernetes/kube-apiserver.yaml', 0o644)], ['fail', '1.1.1', 'the target counts']),
  variation(controlPlane, 'links of a person to files of root', 'deploy made the links, root has the files.', [linkedTo(scheduler, '/srv/kubernetes/kube-scheduler.yaml'), owned(scheduler, { uid: 1000, gid: 1000 }), linkedTo('/etc/kubernetes/scheduler.conf', '/srv/kubernetes/scheduler.conf')], ['pass', '1.1.5-6 1.1.15-16', 'the target counts']),
  variation(controlPlane, 'a link in a folder that all may write', 'Its target is as asked, and whoever wants puts another link in its place.', [linkedTo(apiServer, '/srv/kubernetes/kube-apiserver.yaml'), put(manifests, directory(0o777))], ['fail', '1.1.1', 'a link is as safe as its folder']),
  variation(controlPlane, 'certificates that are links', 'As certificate managers leave them.', ['apiserver', 'front-proxy-client', 'etcd/server'].map((name) => linkedTo(`${pki}/${name}.crt`, `/srv/certificates/${name}.crt`)), ['pass', '1.1.19-20', 'the targets count']),
  variation(controlPlane, 'a folder of certificates that is a link', '/etc/kubernetes/pki leads to /etc/kubernetes/ssl, as with Kubespray.', [(plan) => ({ ...plan, entries: { ...Object.fromEntries(Object.entries(plan.entries).map(([path, entry]) => [path.replace(`${pki}/`, '/etc/kubernetes/ssl/'), entry])), [pki]: link('/etc/kubernetes/ssl') } })],
    ['pass', '1.1.19-21 4.1.7-8 2.7', 'what is behind the link counts']),
  variation(controlPlane, 'a folder of certificates that is a link, and open', 'Behind the link a key is 0644.', [(plan) => ({ ...plan, entries: { ...Object.fromEntries(Object.entries(plan.entries).map(([path, entry]) => [path.replace(`${pki}/`, '/etc/kubernetes/ssl/'), entry])), [pki]: link('/etc/kubernetes/ssl') } }), mode('/etc/kubernetes/ssl/sa.key', 0o644)],
    ['fail', '1.1.21', 'what is behind the link counts']),
  variation(controlPlane, 'a folder of certificates elsewhere', 'Every process is told of /etc/kubernetes/ssl, where a key is open; /etc/kubernetes/pki is not there.', [elsewhere, mode('/etc/kubernetes/ssl/sa.key', 0o640)], ['pass', '1.1.19-20 2.7 4.1.7-8', 'the folder that processes name counts'], ['fail', '1.1.21', 'wider than 0600']),
  variation(controlPlane, 'no link to anywhere', 'admin.conf leads to a file that is gone.', [put('/etc/kubernetes/admin.conf', link('/srv/gone')), removed('/etc/kubernetes/super-admin.conf')], ['unknown', '1.1.13-14', 'a link says that there is a file somewhere, and nobody saw it']),
  variation(controlPlane, 'a link to itself', 'scheduler.conf goes round in circles.', [put('/etc/kubernetes/scheduler.conf', link('scheduler.conf'))], ['unknown', '1.1.15-16', 'nobody can say what it is']),
  variation(controlPlane, 'a link out of the root', 'controller-manager.conf climbs above the root that was given.', [put('/etc/kubernetes/controller-manager.conf', link('../../../../../../../../../../etc/shadow'))], ['unknown', '1.1.17-18', 'what is outside of the root is not looked at']),
  variation(controlPlane, 'no admin credentials left', 'admin.conf and super-admin.conf were taken away, which is best.', [removed('/etc/kubernetes/admin.conf', '/etc/kubernetes/super-admin.conf')], ['not-applicable', '1.1.13-14', 'neither is there']),
  variation(controlPlane, 'only super-admin.conf is open', '0644.', [mode('/etc/kubernetes/super-admin.conf', 0o644)], ['fail', '1.1.13', 'every one that is there counts']),
  variation(controlPlane, 'kubeconfigs of components elsewhere', 'The scheduler is started with another one, which is open.', [flags('kube-scheduler', 'kubeconfig=/etc/kube/scheduler.conf'), mounted('kube-scheduler', { '/etc/kube': '/srv/kube' }), put('/srv/kube/scheduler.conf', file(kubeconfig('scheduler'), 0o644))], ['fail', '1.1.15', 'the file that it uses counts'], ['pass', '1.1.16', 'root\'s']),
  variation(controlPlane, 'static pods elsewhere', 'The kubelet starts pods from another folder, and they are open.', [replaced(kubeletConfig, 'staticPodPath: /etc/kubernetes/manifests', 'staticPodPath: /srv/pods'), ...names.flatMap((name) => [moved(`${manifests}/${name}.yaml`, `/srv/pods/${name}.yaml`), mode(`/srv/pods/${name}.yaml`, 0o644)])],
    ['fail', '1.1.1 1.1.3 1.1.5 1.1.7', 'the folder that the kubelet reads counts'], ['pass', '1.1.2 1.1.4 1.1.6 1.1.8', 'root\'s']),
  variation(controlPlane, 'a scheduler without a manifest', 'A service starts it.', [removed(scheduler), onTheNode('kube-scheduler')], ['not-applicable', '1.1.5-6', 'there is no such file']),
  variation(controlPlane, 'no network plugin yet', 'Nothing in /etc/cni/net.d.', [removed('/etc/cni/net.d/10-flannel.conflist')], ['not-applicable', '1.1.9-10', 'no file, no verdict']),
  variation(hardened, 'addresses that a plugin gave', 'Beside its configuration of 0600 it keeps files of 0644.', [put('/var/lib/cni/networks/cbr0/10.244.0.7', file('container', 0o644))], ['fail', '1.1.9', 'every file below counts']),
  variation(hardened, 'network plugins elsewhere', 'containerd names another folder.', [removed('/etc/cni/net.d/10-flannel.conflist'), put('/etc/containerd/config.toml', file('version = 2\n[plugins."io.containerd.grpc.v1.cri".cni]\nconf_dir = "/srv/cni"\n')), put('/srv/cni/10-net.conflist', file('{}', 0o644))], ['fail', '1.1.9', 'the folder that the runtime reads counts']),
  variation(hardened, 'a network plugin\'s file of a person', 'deploy owns it.', [owned('/etc/cni/net.d/10-flannel.conflist', { uid: 1000, gid: 0 })], ['fail', '1.1.10', 'not root']),
  variation(controlPlane, 'one key of a person', 'deploy owns sa.key.', [owned(`${pki}/sa.key`, { uid: 1000, gid: 0 })], ['fail', '1.1.19', 'everything below counts']),
  variation(controlPlane, 'a folder of keys of a person', 'deploy owns the folder, root what is in it.', [put(`${pki}/etcd`, directory(0o755, { uid: 1000, gid: 1000 }))], ['fail', '1.1.19', 'folders count too']),
  variation(controlPlane, 'a key for the group', '0640.', [mode(`${pki}/etcd/server.key`, 0o640)], ['fail', '1.1.21', 'wider than 0600']),
  variation(controlPlane, 'a certificate that the group may write', '0664.', [mode(`${pki}/apiserver.crt`, 0o664)], ['fail', '1.1.20', 'wider than 0644']),

  variation(controlPlane, 'units under /usr/lib alone', 'Its drop-in is root\'s and 0600.', [mode(dropIn, 0o600)], ['pass', '4.1.1-2', 'systemd reads it there too']),
  variation(controlPlane, 'a drop-in of a person', 'deploy owns the drop-in under /usr/lib.', [owned(dropIn, { uid: 1000, gid: 1000 })], ['fail', '4.1.2', 'not root']),
  variation(controlPlane, 'a drop-in over another', 'One in /etc of the same name takes the place of the package\'s.', [put('/etc/systemd/system/kubelet.service.d/10-kubeadm.conf', file(unitDropIn))], ['pass', '4.1.1', 'of one name systemd reads that of /etc alone']),
  variation(controlPlane, 'a drop-in beside another', 'One more in /etc, which is open.', [mode(dropIn, 0o600), put('/etc/systemd/system/kubelet.service.d/20-extra.conf', file(unitDropIn, 0o644))], ['fail', '4.1.1', 'every one in force counts']),
  variation(controlPlane, 'a unit without drop-ins', 'The unit says it all.', [removed(dropIn)], ['not-applicable', '4.1.1-2', 'there is no drop-in']),
  variation(worker, 'kube-proxy as a service', 'Its kubeconfig is a file of the node, and open.', [stopped('kube-proxy'), started({ name: 'kube-proxy', program: '/usr/local/bin/kube-proxy', args: ['--kubeconfig=/var/lib/kube-proxy/kubeconfig'] }), put('/var/lib/kube-proxy/kubeconfig', file(kubeconfig('proxy'), 0o644))], ['fail', '4.1.3', 'wider than 0600'], ['pass', '4.1.4 4.3.1', 'root\'s; its metrics are on loopback by default']),
  variation(worker, 'kube-proxy as a service, by a file', 'Its configuration names the kubeconfig.', [stopped('kube-proxy'), started({ name: 'kube-proxy', program: '/usr/local/bin/kube-proxy', args: ['--config=/var/lib/kube-proxy/config.conf'] }), put('/var/lib/kube-proxy/config.conf', file('apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclientConnection: {kubeconfig: /etc/kube/proxy.kubeconfig}\n')), put('/etc/kube/proxy.kubeconfig', file(kubeconfig('proxy')))],
    ['pass', '4.1.3-4 4.3.1', '0600, root\'s']),
  variation(worker, 'a kubeconfig that is a link', 'kubelet.conf leads to a file that is open.', [linkedTo('/etc/kubernetes/kubelet.conf', '/srv/kubelet.conf'), mode('/srv/kubelet.conf', 0o644)], ['fail', '4.1.5', 'the target counts']),
  variation(worker, 'a kubeconfig elsewhere', 'The kubelet is started with another one, which is open and a person\'s.', [flags('kubelet', 'kubeconfig=/etc/kube/kubelet.conf'), put('/etc/kube/kubelet.conf', file(kubeconfig('kubelet'), 0o644, { uid: 1000, gid: 1000 }))], ['fail', '4.1.5-6', 'the file that it uses counts']),
  variation(worker, 'no kubeconfig', 'A kubelet that runs by itself.', [withoutFlags('kubelet', 'kubeconfig', 'bootstrap-kubeconfig'), removed('/etc/kubernetes/kubelet.conf')], ['not-applicable', '4.1.5-6', 'there is none']),
  variation(worker, 'a client CA elsewhere', 'The file names another one, which all may write.', [replaced(kubeletConfig, `${pki}/ca.crt`, '/etc/kube/ca.crt'), put('/etc/kube/ca.crt', file(clusterAuthority, 0o666))], ['fail', '4.1.7', 'the file that it uses counts'], ['pass', '4.1.8', 'root\'s']),
  variation(worker, 'a client CA beside the configuration', 'A relative path starts at the file that has it.', [replaced(kubeletConfig, `${pki}/ca.crt`, 'clients.crt'), put('/var/lib/kubelet/clients.crt', file(clusterAuthority, 0o664, { uid: 1000, gid: 0 }))], ['fail', '4.1.7-8', 'the file that it uses counts']),
  variation(worker, 'a configuration elsewhere', 'The kubelet is started with another one, 0600.', [flags('kubelet', 'config=/etc/kube/kubelet.yaml'), moved(kubeletConfig, '/etc/kube/kubelet.yaml'), mode('/etc/kube/kubelet.yaml', 0o600)], ['pass', '4.1.9-10', 'the file that it uses counts']),
  variation(worker, 'a program that leaves a mark', 'A file called kubelet that, were it run, would say so.', [put('/usr/local/bin/kubelet', file('#!/bin/sh\ntouch "$0.was-run"\n', 0o755))], ['pass', '4.2.1', 'nothing that is found is run']),
  variation(worker, 'an old file beside the one in use', 'What the kubelet does not read is open, and says other things.', [flags('kubelet', 'config=/etc/kube/kubelet.yaml'), linkedTo(kubeletConfig, '/etc/kube/kubelet.yaml'), mode('/etc/kube/kubelet.yaml', 0o600), put(kubeletConfig, file('apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nauthentication: {anonymous: {enabled: true}}\n', 0o666))], ['pass', '4.1.9-10 4.2.1', 'the file that it uses counts']),
  variation(worker, 'a configuration of a person', 'deploy owns it.', [owned(kubeletConfig, { uid: 1000, gid: 0 })], ['fail', '4.1.10', 'not root']),
  variation(worker, 'a worker without kube-proxy', 'Cilium does its work.', [stopped('kube-proxy'), removed('/var/lib/kubelet/pods')], ['not-applicable', '4.1.3-4 4.3.1', 'there is no kube-proxy']),
  variation(worker, 'metrics of kube-proxy on every address', 'The ConfigMap says so.', [rewritten('/var/lib/kubelet/pods/0a1b2c3d-0000-4000-8000-0000000000ff/volumes/kubernetes.io~configmap/kube-proxy/..2026_01_01_00_00_00.1/config.conf', (text) => text.replace('metricsBindAddress: ""', 'metricsBindAddress: 0.0.0.0:10249'))], ['fail', '4.3.1', 'not loopback']),
  variation(worker, 'metrics of kube-proxy on IPv6\'s loopback', '[::1]:10249.', [rewritten('/var/lib/kubelet/pods/0a1b2c3d-0000-4000-8000-0000000000ff/volumes/kubernetes.io~configmap/kube-proxy/..2026_01_01_00_00_00.1/config.conf', (text) => text.replace('metricsBindAddress: ""', 'metricsBindAddress: "[::1]:10249"'))], ['pass', '4.3.1', 'loopback']),
  variation(worker, 'a flag of kube-proxy that is ignored', 'The flag opens its metrics, the file does not.', [flags('kube-proxy', 'metrics-bind-address=0.0.0.0:10249')], ['pass', '4.3.1', 'with --config the flag counts for nothing']),
  variation(worker, 'an older worker', 'Kubernetes 1.29: the nearest newer benchmark.', [atVersion('v1.29.9')], ['pass', '4.2.1-8', 'defaults of 1.29 are the same']),
];
