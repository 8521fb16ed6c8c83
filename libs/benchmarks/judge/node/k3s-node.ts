import { defaultK3sData, extraArguments, isDisabled, joined, k3sComponent, ownArguments } from '#inventory/components/k3s-components.js';
import { optionOf, type RancherOptions } from '#inventory/components/rancher-options.js';
import { isBefore, type MinorVersion } from '#inventory/readers/minor-version.js';
import type { ComponentProcess } from '#nodes/component-process.js';
import type { IndexedEvidence } from '#nodes/indexed-evidence.js';
import { hasEtcdFile, optionsOfProcess, type ReadOptions } from '#nodes/rancher-options.js';
import type { Component } from '../../component.js';
import { startedWithin, type Started } from './started.js';

export class K3sNode {
  private readonly read: ReadOptions;

  constructor(
    private readonly index: IndexedEvidence,
    private readonly process: ComponentProcess,
    private readonly version: MinorVersion | undefined,
  ) {
    this.read = optionsOfProcess(index, process);
  }

  /** A part of k3s as it runs it; undefined where it does not. */
  started(component: Component): Started | undefined {
    const { read, process, index } = this;
    const isServer = process.component === 'k3s-server';
    if (!isServer && component !== 'kubelet' && component !== 'kube-proxy') return undefined;
    if (read.state === 'unknown') return startedWithin(component, process, [], read.detail);
    const { options } = read;
    if (isDisabled(component, options)) return undefined;
    if (component === 'kubelet') return this.kubelet(options);
    const part = k3sComponent(component, options, hasEtcdFile(index, options));
    if (!part) return startedWithin(component, process, [], 'k3s gives its etcd a file instead of flags');
    const started = startedWithin(component, process, part.args);
    return { ...started, withheld: [...started.withheld, ...Object.keys(part.unread)] };
  }

  /** Since 1.32 what k3s sets for its kubelet stands in a drop-in that it writes at every start, instead of flags. */
  private kubelet(options: RancherOptions): Started {
    const own = ownArguments('kubelet', options)!;
    const extra = extraArguments('kubelet', options);
    const directory = `${optionOf(options, 'data-dir') ?? defaultK3sData}/agent/etc/kubelet.conf.d`;
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
