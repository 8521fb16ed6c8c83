import { isBefore, type MinorVersion } from '#inventory/readers/minor-version.js';
import type { ComponentProcess } from '#nodes/component-process.js';
import type { Component } from '../../component.js';
import type { IndexedEvidence } from './indexed-evidence.js';
import { rancherOptions, type RancherOptions } from './rancher-options.js';
import { startedWithin, type Started } from './started.js';

type Arguments = Readonly<Record<string, string>>;

/** What k3s starts its parts with by itself (pkg/daemons/control/server.go and pkg/daemons/agent of k3s), as far as items ask. */
function ownArguments(component: Component, data: string, options: ReadonlyMap<string, readonly string[]>): Arguments | undefined {
  const [tls, cred] = [`${data}/server/tls`, `${data}/server/cred`];
  const names = (flag: string): boolean => (options.get('kube-apiserver-arg') ?? []).some((argument) => argument.replace(/^--/, '').startsWith(`${flag}=`));
  switch (component) {
    case 'kube-apiserver':
      return {
        'allow-privileged': 'true', 'enable-bootstrap-token-auth': 'true', 'bind-address': '127.0.0.1', profiling: 'false', 'enable-admission-plugins': 'NodeRestriction',
        ...(!names('authorization-config') && { 'authorization-mode': 'Node,RBAC' }), ...(!names('authentication-config') && { 'anonymous-auth': 'false' }),
        'tls-cert-file': `${tls}/serving-kube-apiserver.crt`, 'tls-private-key-file': `${tls}/serving-kube-apiserver.key`, 'service-account-key-file': `${tls}/service.key`,
        'kubelet-certificate-authority': `${tls}/server-ca.crt`, 'kubelet-client-certificate': `${tls}/client-kube-apiserver.crt`, 'kubelet-client-key': `${tls}/client-kube-apiserver.key`,
        'client-ca-file': `${tls}/client-ca.crt`, 'tls-cipher-suites': ownSuites.join(','), ...storeArguments(tls, options),
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

/** SQLite and other databases are behind a socket of k3s itself; its own etcd has certificates. */
function storeArguments(tls: string, options: ReadonlyMap<string, readonly string[]>): Arguments {
  const endpoint = options.get('datastore-endpoint')?.at(-1);
  if (endpoint !== undefined && /^https?:/.test(endpoint)) {
    const given = (flag: string, option: string): Arguments => {
      const value = options.get(option)?.at(-1);
      return value === undefined ? {} : { [flag]: value };
    };
    return { 'etcd-servers': endpoint, ...given('etcd-cafile', 'datastore-cafile'), ...given('etcd-certfile', 'datastore-certfile'), ...given('etcd-keyfile', 'datastore-keyfile') };
  }
  if (endpoint !== undefined || !isEtcd(options)) return { 'etcd-servers': 'unix://kine.sock' };
  return { 'etcd-servers': 'https://127.0.0.1:2379', 'etcd-cafile': `${tls}/etcd/server-ca.crt`, 'etcd-certfile': `${tls}/etcd/client.crt`, 'etcd-keyfile': `${tls}/etcd/client.key` };
}

const isOn = (options: ReadonlyMap<string, readonly string[]>, name: string): boolean => options.get(name)?.at(-1) === 'true';
const isEtcd = (options: ReadonlyMap<string, readonly string[]>): boolean => isOn(options, 'cluster-init') || options.has('server');

const disabledBy: Readonly<Partial<Record<Component, string>>> = {
  'kube-apiserver': 'disable-apiserver', 'kube-controller-manager': 'disable-controller-manager', 'kube-scheduler': 'disable-scheduler', 'kube-proxy': 'disable-kube-proxy', etcd: 'disable-etcd',
};
const extraArguments: Readonly<Partial<Record<Component, string>>> = {
  'kube-apiserver': 'kube-apiserver-arg', 'kube-controller-manager': 'kube-controller-manager-arg', 'kube-scheduler': 'kube-scheduler-arg', 'kube-proxy': 'kube-proxy-arg', kubelet: 'kubelet-arg',
};

export class K3sNode {
  private readonly options: RancherOptions;

  constructor(
    private readonly index: IndexedEvidence,
    private readonly process: ComponentProcess,
    private readonly version: MinorVersion | undefined,
  ) {
    this.options = rancherOptions(index, process);
  }

  get dataDirectory(): string {
    return (this.options.state === 'read' ? this.options.values.get('data-dir')?.at(-1) : undefined) ?? '/var/lib/rancher/k3s';
  }

  /** A part of k3s as it runs it; undefined where it does not. */
  started(component: Component): Started | undefined {
    const { options, process } = this;
    const isServer = process.component === 'k3s-server';
    if (!isServer && component !== 'kubelet' && component !== 'kube-proxy') return undefined;
    if (options.state === 'unknown') return startedWithin(component, process, [], options.detail);
    const off = disabledBy[component];
    if (off !== undefined && isOn(options.values, off)) return undefined;
    const own = ownArguments(component, this.dataDirectory, options.values);
    if (!own) return startedWithin(component, process, [], 'k3s gives its etcd a file instead of flags');
    const extra = options.values.get(extraArguments[component] ?? '') ?? [];
    // Without the server's own options nobody knows whether its store is etcd: it may have been begun as one.
    const hasEtcdFile = this.index.file(`${this.dataDirectory}/server/db/etcd/config`);
    const store = component === 'kube-apiserver' && own['etcd-servers'] === 'unix://kine.sock' && hasEtcdFile?.state === 'present' ? storeArguments(`${this.dataDirectory}/server/tls`, new Map([['cluster-init', ['true']]])) : {};
    return component === 'kubelet' ? this.kubelet({ ...own }, extra) : startedWithin(component, process, joined({ ...own, ...store }, extra));
  }

  /** Since 1.32 what k3s sets for its kubelet stands in a drop-in that it writes at every start, instead of flags. */
  private kubelet(own: Arguments, extra: readonly string[]): Started {
    const directory = `${this.dataDirectory}/agent/etc/kubelet.conf.d`;
    const tree = this.index.tree(directory);
    if (tree?.state !== 'absent' && (tree?.state !== 'read' || tree.truncated)) return startedWithin('kubelet', this.process, [], `${directory}, where k3s may configure its kubelet, was not listed`);
    if (tree.paths.some((path) => path.endsWith('-k3s-defaults.conf'))) {
      const kept = { 'hostname-override': own['hostname-override']!, kubeconfig: own['kubeconfig']!, 'read-only-port': '0', 'config-dir': directory };
      // Files that its owner names are copied into the directory, and no flags of the kubelet.
      return startedWithin('kubelet', this.process, joined(kept, extra.filter((argument) => !/^(--)?config(-dir)?=/.test(argument))));
    }
    const hasFlags = this.version !== undefined && isBefore(this.version, { major: 1, minor: 32 });
    if (!hasFlags) return startedWithin('kubelet', this.process, [], `the file in ${directory} to which k3s from 1.32 on writes what it sets for its kubelet`);
    return startedWithin('kubelet', this.process, joined(tree.state === 'absent' ? own : { ...own, 'config-dir': directory }, extra));
  }
}

/** `name=value` replaces what k3s sets itself, `name+=value` adds to it (util.GetArgs of k3s). */
function joined(own: Arguments, extra: readonly string[]): readonly string[] {
  const all = new Map<string, readonly string[]>(Object.entries(own).map(([name, value]) => [name, [value]]));
  const given = new Set<string>();
  for (const argument of extra) {
    const text = argument.replace(/^--/, '');
    const equals = text.indexOf('=');
    const written = equals < 0 ? text : text.slice(0, equals);
    const value = equals < 0 ? 'true' : text.slice(equals + 1);
    const name = written.replace(/[-+]+$/, '');
    const before = given.has(name) || /[-+]$/.test(written) ? (all.get(name) ?? []) : [];
    all.set(name, written.endsWith('-') ? [value, ...before] : [...before, value]);
    given.add(name);
  }
  return [...all].flatMap(([name, values]) => values.map((value) => `--${name}=${value}`));
}
