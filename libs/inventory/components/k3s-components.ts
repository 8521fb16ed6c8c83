import type { KubernetesComponent } from './component-name.js';
import { isOn, optionOf, type RancherOptions } from './rancher-options.js';

type Arguments = Readonly<Record<string, string>>;

/** What stands for a value that k3s leaves out of what it tells of itself (pkg/nodeconfig of k3s). */
const omitted = '********';

export const defaultK3sData = '/var/lib/rancher/k3s';

/** A part of k3s with the arguments by which k3s starts it. */
export interface K3sComponent {
  readonly args: readonly string[];
  /** Flags that it may have beside those, and why nobody knows. */
  readonly unread: Readonly<Record<string, string>>;
}

const disabledBy: Readonly<Partial<Record<KubernetesComponent, string>>> = {
  'kube-apiserver': 'disable-apiserver', 'kube-controller-manager': 'disable-controller-manager', 'kube-scheduler': 'disable-scheduler', 'kube-proxy': 'disable-kube-proxy', etcd: 'disable-etcd',
};

/** Whether its owner has switched a part of k3s off. */
export const isDisabled = (component: KubernetesComponent, options: RancherOptions): boolean => disabledBy[component] !== undefined && isOn(options, disabledBy[component]);

/** What k3s hands on to a part of its as it was told. */
export const extraArguments = (component: KubernetesComponent, options: RancherOptions): readonly string[] => options.get(`${component}-arg`) ?? [];

/**
 * A part of k3s as a server, or an agent, with these options starts it: what k3s sets by itself, with its owner's arguments over
 * that. `hasEtcd`: it keeps a store of etcd, whatever its options say; undefined where nobody looked. Undefined for etcd, which gets a file instead of flags.
 */
export function k3sComponent(component: KubernetesComponent, options: RancherOptions, hasEtcd: boolean | undefined): K3sComponent | undefined {
  const own = ownArguments(component, options);
  if (!own) return undefined;
  const store = component === 'kube-apiserver' ? storeArguments(options, hasEtcd) : {};
  return {
    args: joined({ ...own, ...store }, extraArguments(component, options)),
    unread: store === undefined ? Object.fromEntries(storeFlags.map((flag) => [flag, 'which datastore k3s has is not known'])) : {},
  };
}

const dataOf = (options: RancherOptions): string => optionOf(options, 'data-dir') ?? defaultK3sData;

/** What k3s starts its parts with by itself (pkg/daemons/control/server.go and pkg/daemons/agent of k3s), as far as items ask. */
export function ownArguments(component: KubernetesComponent, options: RancherOptions): Arguments | undefined {
  const data = dataOf(options);
  const [tls, cred] = [`${data}/server/tls`, `${data}/server/cred`];
  const names = (flag: string): boolean => extraArguments('kube-apiserver', options).some((argument) => argument.replace(/^--/, '').startsWith(`${flag}=`));
  switch (component) {
    case 'kube-apiserver':
      return {
        'allow-privileged': 'true', 'enable-bootstrap-token-auth': 'true', 'bind-address': '127.0.0.1', profiling: 'false', 'enable-admission-plugins': 'NodeRestriction',
        ...(!names('authorization-config') && { 'authorization-mode': 'Node,RBAC' }), ...(!names('authentication-config') && { 'anonymous-auth': 'false' }),
        'tls-cert-file': `${tls}/serving-kube-apiserver.crt`, 'tls-private-key-file': `${tls}/serving-kube-apiserver.key`, 'service-account-key-file': `${tls}/service.key`,
        'kubelet-certificate-authority': `${tls}/server-ca.crt`, 'kubelet-client-certificate': `${tls}/client-kube-apiserver.crt`, 'kubelet-client-key': `${tls}/client-kube-apiserver.key`,
        'client-ca-file': `${tls}/client-ca.crt`, 'tls-cipher-suites': ownSuites.join(','),
        ...(isOn(options, 'secrets-encryption') && { 'encryption-provider-config': `${cred}/encryption-config.json` }),
      };
    case 'kube-controller-manager':
      return {
        kubeconfig: `${cred}/controller.kubeconfig`, 'service-account-private-key-file': `${tls}/service.current.key`, 'root-ca-file': `${tls}/server-ca.crt`, profiling: 'false',
        'bind-address': '127.0.0.1', 'secure-port': '10257', 'use-service-account-credentials': 'true',
      };
    case 'kube-scheduler':
      return { kubeconfig: `${cred}/scheduler.kubeconfig`, 'bind-address': '127.0.0.1', 'secure-port': '10259', profiling: 'false' };
    case 'kube-proxy':
      return { kubeconfig: `${data}/agent/kubeproxy.kubeconfig` };
    case 'kubelet':
      return {
        'anonymous-auth': 'false', 'authentication-token-webhook': 'true', 'authorization-mode': 'Webhook', 'read-only-port': '0', 'hostname-override': '<node>', kubeconfig: `${data}/agent/kubelet.kubeconfig`,
        'client-ca-file': `${data}/agent/client-ca.crt`, 'tls-cert-file': `${data}/agent/serving-kubelet.crt`, 'tls-private-key-file': `${data}/agent/serving-kubelet.key`,
        ...(isOn(options, 'protect-kernel-defaults') && { 'protect-kernel-defaults': 'true' }),
      };
    case 'etcd':
      return undefined;
  }
}

/** Where its owner chooses none (pkg/cli/server/server.go of k3s). */
const ownSuites = ['AES_256_GCM_SHA384', 'AES_128_GCM_SHA256', 'CHACHA20_POLY1305'].flatMap((cipher) => ['ECDSA', 'RSA'].map((key) => `TLS_ECDHE_${key}_WITH_${cipher}`));

const storeFlags = ['etcd-servers', 'etcd-cafile', 'etcd-certfile', 'etcd-keyfile'];

/** SQLite and other databases are behind a socket of k3s itself; its own etcd has certificates. Undefined where nobody knows the store. */
function storeArguments(options: RancherOptions, hasEtcd: boolean | undefined): Arguments | undefined {
  const endpoint = optionOf(options, 'datastore-endpoint');
  if (endpoint === omitted) return undefined;
  if (endpoint !== undefined && /^https?:/.test(endpoint)) {
    const given = (flag: string, option: string): Arguments => {
      const value = optionOf(options, option);
      return value === undefined ? {} : { [flag]: value };
    };
    return { 'etcd-servers': endpoint, ...given('etcd-cafile', 'datastore-cafile'), ...given('etcd-certfile', 'datastore-certfile'), ...given('etcd-keyfile', 'datastore-keyfile') };
  }
  // A server may have been begun with etcd, and say so no more.
  const isEtcd = hasEtcd === true || (endpoint === undefined && (isOn(options, 'cluster-init') || options.has('server')));
  if (!isEtcd && endpoint === undefined && hasEtcd === undefined) return undefined;
  if (!isEtcd) return { 'etcd-servers': 'unix://kine.sock' };
  const tls = `${dataOf(options)}/server/tls/etcd`;
  return { 'etcd-servers': 'https://127.0.0.1:2379', 'etcd-cafile': `${tls}/server-ca.crt`, 'etcd-certfile': `${tls}/client.crt`, 'etcd-keyfile': `${tls}/client.key` };
}

/** `name=value` replaces what k3s sets itself, `name+=value` adds to it (util.GetArgs of k3s). */
export function joined(own: Arguments, extra: readonly string[]): readonly string[] {
  // What is put before the others is kept the other way round: nodes may write a hundred thousand of them.
  const all = new Map(Object.entries(own).map(([name, value]) => [name, { before: [] as string[], after: [value] }]));
  const given = new Set<string>();
  for (const argument of extra) {
    const text = argument.replace(/^--/, '');
    const equals = text.indexOf('=');
    const written = equals < 0 ? text : text.slice(0, equals);
    const value = equals < 0 ? 'true' : text.slice(equals + 1);
    let end = written.length;
    while (end > 0 && '-+'.includes(written[end - 1]!)) end--;
    const name = written.slice(0, end);
    let values = given.has(name) || /[-+]$/.test(written) ? all.get(name) : undefined;
    if (!values) all.set(name, (values = { before: [], after: [] }));
    (written.endsWith('-') ? values.before : values.after).push(value);
    given.add(name);
  }
  return [...all].flatMap(([name, { before, after }]) => [...before.toReversed(), ...after].map((value) => `--${name}=${value}`));
}
