import type { CertificateFile } from '#nodes/certificate-fact.js';
import { certificateOf, certificatesOf } from '#nodes/certificates.js';
import type { Component, ContainerMount } from '#nodes/component-process.js';
import type { ConfigContents, ConfigFact, ConfigKind, Settings } from '#nodes/config-facts.js';
import { readConfig } from '#nodes/config/read-config.js';
import { hostPathOf, normalPath, type HostPath } from '#nodes/host-path.js';
import { bundleLimits } from '#nodes/limits.js';
import type { Listed, Reading } from '#nodes/reading.js';
import { byteString, shown, utf8Of, type ByteString } from './bytes-text.js';
import { FileBook, directoryOf } from './file-book.js';
import { flagsOf, type Flag } from './flags.js';
import { rancherLocations, type Location } from './locations.js';
import { useOf } from './named-files.js';
import { TreeBook } from './tree-book.js';

/** Where the one who names a path lives: a process in a container means other files by it. */
export type Where = (path: string) => HostPath;

export const onTheNode: Where = (path) => ({ state: 'host', path: normalPath(path) });

/** Looks at files and reads those that items read, each once, and what they name in turn. */
export class Surveyor {
  readonly trees: TreeBook;
  readonly ports = new Set<number>();
  readonly #configs = new Map<string, ConfigFact>();
  readonly #certificates = new Map<ByteString, CertificateFile>();
  #configsFull = false;
  #certificatesFull = false;

  constructor(readonly files: FileBook) {
    this.trees = new TreeBook(files);
  }

  survey([path, use]: Location, where: Where = onTheNode): void {
    this.#survey(byteString(path), use, where);
  }

  /** Paths and ports in a command line. */
  followWords(words: readonly string[], component: Component | undefined, where: Where): void {
    for (const flag of flagsOf(words)) this.#followFlag(flag, component, where);
  }

  configs(): Listed<ConfigFact> {
    return { items: [...this.#configs.values()], truncated: this.#configsFull };
  }

  certificates(): Listed<CertificateFile> {
    return { items: [...this.#certificates.values()], truncated: this.#certificatesFull };
  }

  #followFlag({ name, value }: Flag, component: Component | undefined, where: Where): void {
    const port = name.endsWith('port') && /^\d{1,5}$/.test(value) ? value : /(address|urls?)$/.test(name) ? /:(\d{1,5})(?:\/|,|$)/.exec(value)?.[1] : undefined;
    if (port !== undefined && Number(port) > 0) this.ports.add(Number(port));
    const host = value.startsWith('/') && value.length <= bundleLimits.path ? where(value) : undefined;
    if (host?.state !== 'host') return;
    const use = useOf(name, component);
    this.#survey(byteString(host.path), use, where);
    if ((name === 'data-dir' || name === 'd') && component && /^(k3s|rke2)-/.test(component)) for (const location of rancherLocations(host.path)) this.survey(location, where);
  }

  #survey(path: ByteString, use: Location[1], where: Where): void {
    switch (use) {
      case 'file':
        this.files.add(path);
        return;
      case 'tree':
        for (const below of this.trees.add(path)) if (/\.(crt|pem|cert)$/.test(below)) this.#certificate(below);
        return;
      case 'entries':
        this.#entries(path, where);
        return;
      case 'static-pods':
        // The kubelet skips names that start with a dot.
        for (const below of this.trees.add(path, 1)) if (!/\/\.[^/]*$/.test(below) && this.#isFile(below)) this.#config('static-pod', below, onTheNode);
        return;
      case 'drop-ins':
        for (const below of this.trees.add(path)) if (below.endsWith('.conf')) this.#config('kubelet', below, where);
        return;
      case 'certificate':
        this.#certificate(path);
        return;
      default:
        this.#config(use, path, where);
    }
  }

  /** Directories whose files are read one by one, as their place says. */
  #entries(path: ByteString, where: Where): void {
    for (const below of this.trees.add(path, 1)) {
      if (/\/etc\/rancher\/\w+\/config\.yaml\.d$/.test(path) && /\.ya?ml$/.test(below)) this.#config('rancher', below, where);
      else if (path.endsWith('/crio.conf.d')) this.#config('container-runtime', below, where);
      else if (below.endsWith('.crt')) this.#certificate(below);
    }
  }

  #isFile(path: ByteString): boolean {
    const fact = this.files.add(path);
    return fact?.state !== 'present' || fact.kind !== 'directory';
  }

  #config<K extends ConfigKind>(kind: K, path: ByteString, where: Where): void {
    this.files.add(path);
    const key = `${kind} ${path}`;
    if (this.#configs.has(key)) return;
    if (this.#configs.size >= bundleLimits.configs || path.length > bundleLimits.path) {
      this.#configsFull = true;
      return;
    }
    const file = this.files.root.read(path, bundleLimits.configBytes);
    const content: Reading<ConfigContents[K]> = file.state === 'read' ? readConfig(kind, { bytes: file.value, path: shown(path).text, certificateOf }) : file;
    const fact = { kind, path: shown(path).text, content } as unknown as ConfigFact;
    this.#configs.set(key, fact);
    this.#followConfig(fact, path, where);
  }

  /** What a configuration names. Paths in it are those of the process that reads it. */
  #followConfig(fact: ConfigFact, path: ByteString, where: Where): void {
    const { kind, content } = fact;
    if (content.state !== 'read') return;
    if (kind === 'kubelet') this.#followSettings(content.value, { staticPodPath: 'static-pods', tlsCertFile: 'certificate', tlsPrivateKeyFile: 'file', 'authentication.x509.clientCAFile': 'certificate' }, path, where);
    else if (kind === 'kube-proxy' || kind === 'kube-scheduler') this.#followSettings(content.value, { 'clientConnection.kubeconfig': 'kubeconfig' }, path, where);
    else if (kind === 'etcd' || kind === 'openshift') {
      for (const { key, value } of content.value.settings) {
        const name = key.slice(key.lastIndexOf('.') + 1).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        for (const each of Array.isArray(value) ? (value as readonly unknown[]) : [value]) if (typeof each === 'string') this.#followFlag({ name, value: each }, undefined, where);
      }
    } else if (kind === 'kubeconfig') {
      for (const file of [content.value.authorityFile, content.value.certificateFile]) if (file !== undefined) this.#followFlag({ name: 'certificate-authority', value: file }, undefined, where);
    } else if (kind === 'static-pod') {
      for (const { argv, mounts } of content.value.containers) this.followWords(argv, undefined, mountedBy(mounts));
    } else if (kind === 'rancher') {
      const component: Component = fact.path.includes('rke2') ? 'rke2-server' : 'k3s-server';
      for (const { name, values } of content.value.options) {
        for (const value of values) if (typeof value === 'string') this.followWords(name.endsWith('-arg') ? [`--${value}`] : [`--${name}=${value}`], component, where);
      }
    } else if (kind === 'admission') {
      for (const plugin of content.value.plugins) if (plugin.path !== undefined) this.#followFlag({ name: 'path', value: plugin.path }, undefined, where);
    } else if (kind === 'argument-file') this.followWords(content.value.argv, undefined, where);
    else if (kind === 'environment-file') for (const { value } of content.value.variables) this.followWords(value.split(/\s+/), undefined, where);
    else if (kind === 'container-runtime') for (const directory of content.value.cniDirectories) this.#survey(byteString(normalPath(directory)), 'tree', where);
  }

  /** A relative path of a kubelet's configuration starts at the file's own directory. */
  #followSettings({ settings }: Settings, uses: Readonly<Record<string, Location[1]>>, file: ByteString, where: Where): void {
    const directory = utf8Of(directoryOf(file));
    for (const { key, value } of settings) {
      if (!Object.hasOwn(uses, key) || typeof value !== 'string' || value === '') continue;
      if (!value.startsWith('/')) {
        if (directory !== undefined) this.#survey(byteString(normalPath(`${directory}/${value}`)), uses[key]!, where);
        continue;
      }
      const host = where(value);
      if (host.state === 'host') this.#survey(byteString(host.path), uses[key]!, where);
    }
  }

  #certificate(path: ByteString): void {
    this.files.add(path);
    if (this.#certificates.has(path)) return;
    if (this.#certificates.size >= bundleLimits.certificates || path.length > bundleLimits.path) {
      this.#certificatesFull = true;
      return;
    }
    const file = this.files.root.read(path, bundleLimits.configBytes);
    const found = file.state === 'read' ? certificatesOf(file.value) : undefined;
    const content: CertificateFile['content'] = file.state !== 'read' ? file : found ? { state: 'read', value: found } : { state: 'invalid', detail: 'It holds no certificate.' };
    this.#certificates.set(path, { path: shown(path).text, content });
  }
}

/** Paths of a static pod that does not run: only what its hostPath volumes show is on the node. */
const mountedBy = (mounts: readonly ContainerMount[]): Where => (path) =>
  (mounts.length === 0 ? { state: 'container' } : hostPathOf({ mounts: { state: 'read', value: mounts } }, path));
