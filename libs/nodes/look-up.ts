import type { CertificateFile } from './certificate-fact.js';
import type { Component, ComponentProcess } from './component-process.js';
import type { ConfigContents, ConfigKind } from './config-facts.js';
import type { FileFact, NodePath, TreeFact } from './file-fact.js';
import type { NodeEvidence } from './node-evidence.js';
import type { Reading } from './reading.js';

/** Undefined where nobody looked at the path, which is not the same as `absent`. */
export const fileAt = (evidence: NodeEvidence, path: NodePath): FileFact | undefined => evidence.files.items.find((file) => file.path === path);

export const treeAt = (evidence: NodeEvidence, path: NodePath): TreeFact | undefined => evidence.trees.items.find((tree) => tree.path === path);

/** Undefined where nobody read the path as this kind of file. */
export function configAt<K extends ConfigKind>(evidence: NodeEvidence, kind: K, path: NodePath): Reading<ConfigContents[K]> | undefined {
  return evidence.configs.items.find((config) => config.kind === kind && config.path === path)?.content as Reading<ConfigContents[K]> | undefined;
}

export const certificatesAt = (evidence: NodeEvidence, path: NodePath): CertificateFile['content'] | undefined => evidence.certificates.items.find((file) => file.path === path)?.content;

export const processesOf = (evidence: NodeEvidence, component: Component): readonly ComponentProcess[] => evidence.processes.items.filter((process) => process.component === component);
