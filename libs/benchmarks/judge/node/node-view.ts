import { effectiveApiServer, type EffectiveApiServer } from '#inventory/components/api-server.js';
import { readAuthenticationConfiguration } from '#inventory/components/authentication-configuration.js';
import { componentFlags, type ComponentFlags } from '#inventory/components/component-flags.js';
import { effectiveEtcd, effectiveKubeProxy, effectiveScheduler } from '#inventory/components/config-file-components.js';
import { effectiveKubelet, type EffectiveKubelet } from '#inventory/components/effective-kubelet.js';
import { newestMinor, type SettingValue } from '#inventory/components/flag-definitions.js';
import { optionOf } from '#inventory/components/rancher-options.js';
import type { ConfigDocument, Setting } from '#inventory/components/readable.js';
import { minorOf, type MinorVersion } from '#inventory/readers/minor-version.js';
import type { ComponentProcess } from '#nodes/component-process.js';
import { normalPath } from '#nodes/host-path.js';
import type { NodePath } from '#nodes/file-fact.js';
import { IndexedEvidence } from '#nodes/indexed-evidence.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';
import { optionsOfProcess } from '#nodes/rancher-options.js';
import type { BenchmarkPlatform } from '../../benchmark.js';
import type { Component } from '../../component.js';
import { documentOf, type DocumentKind } from './documents.js';
import { K3sNode } from './k3s-node.js';
import { isOfApiPod, startedAs, startedWithin, type Started } from './started.js';

/** What the cluster says of a node. */
export interface NodeContext {
  readonly name: string;
  readonly platform: BenchmarkPlatform;
  /** `v1.33.4`, as the node object or whoever sent the evidence says. */
  readonly kubeletVersion?: string;
  /** Of the API server; those of a cluster may differ for the time of an upgrade. */
  readonly serverVersion?: string;
  /** Labels of the node object; undefined where nobody read it. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Every kubelet of the cluster is known to be of 1.35 or later. */
  readonly kubeletsCheckImages?: boolean;
}

/** Whether a component is to be judged on a node. */
export type Presence =
  | { readonly state: 'runs'; readonly as: readonly [Started, ...Started[]] }
  /** It belongs here and was not seen to run. */
  | { readonly state: 'missing'; readonly detail: string }
  /** It does not run here. */
  | { readonly state: 'absent'; readonly detail: string }
  /** Nobody can say. */
  | { readonly state: 'unseen'; readonly detail: string };

export interface FlagSettings {
  setting(flag: string): Setting<SettingValue>;
}

/** One node while it is judged: its evidence, its components and the settings that they go by, each worked out once. */
export class NodeView {
  readonly index: IndexedEvidence;
  private readonly presences = new Map<Component, Presence>();
  private readonly settings = new Map<string, unknown>();

  constructor(
    readonly evidence: NodeEvidence,
    readonly context: NodeContext,
  ) {
    this.index = new IndexedEvidence(evidence);
  }

  presence(component: Component): Presence {
    let known = this.presences.get(component);
    if (!known) this.presences.set(component, (known = this.look(component)));
    return known;
  }

  private look(component: Component): Presence {
    const { index } = this;
    const own = index.processesOf(component);
    // Control planes of other clusters may run as pods of this one; kube-proxy is a pod by right.
    const here = component === 'kube-proxy' ? own : own.filter((process) => !isOfApiPod(process));
    const embedded = here.length > 0 ? [] : this.embedded(component);
    const [first, ...rest] = [...here.map((process) => startedAs(component, process)), ...embedded];
    if (first) return { state: 'runs', as: [first, ...rest] };
    const sign = this.signOf(component);
    if (sign !== undefined) return { state: 'missing', detail: `${sign}, and no process of ${component} was seen` };
    if (index.missesProcesses) return { state: 'unseen', detail: `not every process of the node was seen, so that ${component} may run` };
    if (own.length > 0) return { state: 'unseen', detail: `${component} runs in a pod that was made through the API: whether it is of this cluster is not known` };
    return { state: 'absent', detail: `${component} does not run on the node` };
  }

  private embedded(component: Component): readonly Started[] {
    const { index } = this;
    const found: Started[] = [];
    for (const process of [...index.processesOf('k3s-server'), ...index.processesOf('k3s-agent')]) {
      const part = this.once(`k3s ${process.pid}`, () => new K3sNode(index, process, this.versionOf('kubelet'))).started(component);
      if (part) found.push(part);
    }
    for (const process of index.processesOf('kubelite')) found.push(this.withinKubelite(component, process));
    return found;
  }

  /** MicroK8s keeps the arguments of its parts in files. */
  private withinKubelite(component: Component, process: ComponentProcess): Started {
    const path = `/var/snap/microk8s/current/args/${component}`;
    const file = this.index.config('argument-file', path);
    return file?.state === 'read' ? { ...startedWithin(component, process, file.value.argv), withheld: file.value.withheld } : startedWithin(component, process, [], `${path}, which has its arguments, was not read`);
  }

  /** Static pods' manifests that start a component, or may by their name. */
  manifestsOf(component: Component): readonly NodePath[] {
    return this.once(`manifests ${component}`, () => [...this.index.configsOf('static-pod')].filter(([path, manifest]) => {
      if (manifest.state !== 'read') return manifest.state !== 'absent' && path.endsWith(`/${component}.yaml`);
      return manifest.value.containers.some(({ name, argv: [program = ''] }) => name === component || program === component || program.endsWith(`/${component}`));
    }).map(([path]) => path));
  }

  /** What says that a component belongs on the node. */
  private signOf(component: Component): string | undefined {
    const { index, context } = this;
    if (component === 'kubelet') return 'every node runs a kubelet';
    for (const [path, manifest] of index.configsOf('static-pod')) {
      if (manifest.state === 'read' && manifest.value.containers.some(({ argv, name }) => name === component || argv.some((word) => word === component || word.endsWith(`/${component}`)))) return `${path} starts it`;
      if (manifest.state !== 'read' && manifest.state !== 'absent' && path.endsWith(`${component}.yaml`)) return `${path} is there`;
    }
    for (const directory of manifestDirectories) if (index.file(`${directory}/${component}.yaml`)?.state === 'present') return `${directory}/${component}.yaml is there`;
    if (index.unit(`${component}.service`)) return `${component}.service is there`;
    if (component === 'etcd' || component === 'kube-proxy') return undefined;
    for (const path of serverFiles) if (index.file(path)?.state === 'present') return `${path} is there`;
    return controlPlaneLabels.some((label) => context.labels?.[label] !== undefined) ? 'its labels say that it is of the control plane' : undefined;
  }

  /** Whether items about the control plane as a whole are about this node. */
  get isControlPlane(): Presence {
    const all = (['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'] as const).map((component) => this.presence(component));
    return all.find(({ state }) => state === 'runs') ?? all.find(({ state }) => state === 'missing') ?? all.find(({ state }) => state === 'unseen') ?? { state: 'absent', detail: 'no part of the control plane runs on the node' };
  }

  /** Versions that a component may be of: one where it is known, else one for each of the ways that defaults and drop-ins were read since. */
  versionsOf(component: Component): readonly MinorVersion[] {
    const known = this.versionOf(component);
    return known ? [known] : [{ major: 1, minor: 28 }, { major: 1, minor: 31 }, { major: 1, minor: newestMinor }];
  }

  versionOf(component: Component): MinorVersion | undefined {
    const { context, index } = this;
    if (component === 'kubelet' || component === 'kube-proxy') return this.kubeletVersion(component);
    for (const manifest of index.configsOf('static-pod').values()) {
      const image = manifest.state === 'read' ? manifest.value.containers.find(({ name }) => name === component)?.image : undefined;
      const tag = /:(v?\d+\.\d+[^@/]*)(?:@|$)/.exec(image ?? '')?.[1];
      if (tag !== undefined && component !== 'etcd') return minorOf(tag);
    }
    return minorOf(context.serverVersion ?? '');
  }

  private kubeletVersion(component: 'kubelet' | 'kube-proxy'): MinorVersion | undefined {
    const { context, index, evidence } = this;
    const ofNode = minorOf(context.kubeletVersion ?? '');
    if (ofNode) return ofNode;
    for (const { exe } of index.processesOf(component)) {
      const version = exe.state === 'read' ? /\/v(1\.\d+)\.\d+/.exec(exe.value)?.[1] : undefined;
      if (version !== undefined) return minorOf(version);
    }
    const installed = evidence.packages.state === 'read' ? evidence.packages.value.find(({ name }) => name === 'kubelet') : undefined;
    return minorOf(installed?.version.replace(/^\d+:/, '') ?? '');
  }

  /** The document that a flag of a component names; undefined where it names none or nobody read it. */
  private documentOf(started: Started, version: MinorVersion, kind: DocumentKind, flag: string): ConfigDocument | undefined {
    const path = textOf(this.flags(started, version).setting(flag));
    return path === undefined ? undefined : this.documentNamed(started, kind, path);
  }

  private documentNamed(started: Started, kind: DocumentKind, path: string): ConfigDocument | undefined {
    if (!path.startsWith('/')) return undefined;
    const host = started.toHost(path);
    if (host.state !== 'host') return undefined;
    const reading = this.index.config(kind, host.path);
    return reading && documentOf(kind, host.path, reading as never);
  }

  /** Where k3s or RKE2 of this node keep their data, where that is not the usual place. */
  get dataDirectory(): string | undefined {
    return this.once('data-dir', () => {
      const running = (['k3s-server', 'k3s-agent', 'rke2-server', 'rke2-agent'] as const).flatMap((component) => this.index.processesOf(component));
      for (const process of running) {
        const read = optionsOfProcess(this.index, process);
        const directory = read.state === 'read' ? optionOf(read.options, 'data-dir') : undefined;
        if (directory?.startsWith('/')) return normalPath(directory);
      }
      return undefined;
    });
  }

  /** Works something out at most once. */
  once<T>(key: string, make: () => T): T {
    if (!this.settings.has(key)) this.settings.set(key, make());
    return this.settings.get(key) as T;
  }

  apiServer(started: Started, version: MinorVersion): EffectiveApiServer {
    return this.once(`kube-apiserver ${started.process.pid} ${version.minor}`, () => {
      const files = Object.entries(apiServerFiles).flatMap(([name, { kind, flag }]) => {
        const document = this.documentOf(started, version, kind, flag);
        return document ? [[name, document]] : [];
      });
      return effectiveApiServer({ args: started.args, version, ...(Object.fromEntries(files) as Partial<Record<keyof typeof apiServerFiles, ConfigDocument>>) });
    });
  }

  /** Issuers of tokens in the file of --authentication-config; undefined where none is named or it was not read. */
  issuersOf(started: Started, version: MinorVersion): number | undefined {
    const { kind, flag } = apiServerFiles.authentication;
    const document = this.documentOf(started, version, kind, flag);
    const content = document && readAuthenticationConfiguration(document);
    return content?.state === 'read' ? content.value.jwt : undefined;
  }

  flags(started: Started, version: MinorVersion): ComponentFlags {
    return this.once(`flags ${started.component} ${started.process.pid} ${version.minor}`, () => componentFlags(started.component, started.args, version));
  }

  kubelet(started: Started, version: MinorVersion): EffectiveKubelet {
    return this.once(`kubelet ${started.process.pid} ${version.minor}`, () => {
      const { config, dropIns } = this.kubeletFiles(started, version);
      return effectiveKubelet({ flags: this.flags(started, version), ...(config && { config }), ...(dropIns && { dropIns }) });
    });
  }

  /** Files of a kubelet that were read, the weakest first. */
  kubeletDocuments(started: Started, version: MinorVersion): readonly Extract<ConfigDocument, { content: unknown }>[] {
    const { config, dropIns = [] } = this.kubeletFiles(started, version);
    return [...(config ? [config] : []), ...dropIns].filter((document) => 'content' in document);
  }

  private kubeletFiles(started: Started, version: MinorVersion): { readonly config: ConfigDocument | undefined; readonly dropIns: readonly ConfigDocument[] | undefined } {
    const directory = textOf(this.flags(started, version).setting('config-dir'));
    return { config: this.documentOf(started, version, 'kubelet', 'config'), dropIns: directory === undefined ? undefined : this.dropIns(started, directory) };
  }

  /** Undefined where one of them was not read: each may change what those before it set. */
  private dropIns(started: Started, directory: string): readonly ConfigDocument[] | undefined {
    const host = started.toHost(directory);
    if (host.state !== 'host') return undefined;
    const tree = this.index.tree(host.path);
    if (tree?.state === 'absent') return [];
    if (tree?.state !== 'read' || tree.truncated) return undefined;
    const documents: ConfigDocument[] = [];
    for (const path of tree.paths) {
      if (!path.endsWith('.conf')) continue;
      const fact = this.index.file(path);
      if (fact?.state === 'present' && fact.kind === 'directory') {
        if (fact.link) return undefined;
        continue;
      }
      const reading = this.index.config('kubelet', path);
      if (!reading) return undefined;
      documents.push(documentOf('kubelet', path, reading));
    }
    return documents;
  }

  scheduler(started: Started, version: MinorVersion): FlagSettings {
    return this.once(`kube-scheduler ${started.process.pid} ${version.minor}`, () => effectiveScheduler({ args: started.args, version, ...this.configOf(started, version, 'kube-scheduler') }));
  }

  kubeProxy(started: Started, version: MinorVersion): FlagSettings {
    return this.once(`kube-proxy ${started.process.pid} ${version.minor}`, () => effectiveKubeProxy({ args: started.args, version, ...this.configOf(started, version, 'kube-proxy') }));
  }

  etcd(started: Started, version: MinorVersion): FlagSettings {
    return this.once(`etcd ${started.process.pid} ${version.minor}`, () => {
      const { environment, isEnvironmentWhole } = started;
      const file = environment['ETCD_CONFIG_FILE'];
      const config = this.documentOf(started, version, 'etcd', 'config-file') ?? (file === undefined ? undefined : this.documentNamed(started, 'etcd', file));
      return effectiveEtcd({ args: started.args, version, environment, isEnvironmentWhole, ...(config && { config }) });
    });
  }

  private configOf(started: Started, version: MinorVersion, kind: 'kube-scheduler' | 'kube-proxy'): { readonly config?: ConfigDocument } {
    const config = this.documentOf(started, version, kind, 'config');
    return config ? { config } : {};
  }

  /** Settings of any component by its flags' names. */
  settingsOf(started: Started, version: MinorVersion): FlagSettings {
    switch (started.component) {
      case 'kube-apiserver': return this.apiServer(started, version);
      case 'kube-scheduler': return this.scheduler(started, version);
      case 'kube-proxy': return this.kubeProxy(started, version);
      case 'etcd': return this.etcd(started, version);
      case 'kube-controller-manager':
      case 'kubelet': return this.flags(started, version);
    }
  }
}

/** Files that an API server is started with. */
const apiServerFiles = {
  authentication: { kind: 'authentication', flag: 'authentication-config' }, authorization: { kind: 'authorization', flag: 'authorization-config' },
  encryption: { kind: 'encryption', flag: 'encryption-provider-config' }, auditPolicy: { kind: 'audit', flag: 'audit-policy-file' },
} as const satisfies Readonly<Record<string, { readonly kind: DocumentKind; readonly flag: string }>>;

const manifestDirectories = ['/etc/kubernetes/manifests', '/var/lib/rancher/rke2/agent/pod-manifests'];
const serverFiles = ['/etc/kubernetes/pki/apiserver.crt', '/var/lib/rancher/k3s/server/cred', '/var/lib/rancher/rke2/server/cred'];
export const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

/** The text of a setting; undefined where it is not set or not known. */
export function textOf(setting: Setting<SettingValue>): string | undefined {
  return setting.state === 'read' && typeof setting.value === 'string' && setting.value !== '' ? setting.value : undefined;
}
