import { documentOfLeaves } from '#inventory/components/document-of-leaves.js';
import type { ConfigDocument } from '#inventory/components/readable.js';
import type { ConfigContents, ConfigKind } from '#nodes/config-facts.js';
import type { NodePath } from '#nodes/file-fact.js';
import type { Reading } from '#nodes/reading.js';

/** Kinds of files that components are configured with, of which a document can be made again. */
export type DocumentKind = Extract<ConfigKind, 'kubelet' | 'kube-proxy' | 'kube-scheduler' | 'etcd' | 'authentication' | 'authorization' | 'encryption' | 'audit'>;

const makers: { readonly [K in DocumentKind]: (path: NodePath, content: ConfigContents[K]) => ConfigDocument } = {
  kubelet: (path, { apiVersion, settings }) => documentOfLeaves(path, 'KubeletConfiguration', apiVersion, settings),
  'kube-proxy': (path, { apiVersion, settings }) => documentOfLeaves(path, 'KubeProxyConfiguration', apiVersion, settings),
  'kube-scheduler': (path, { apiVersion, settings }) => documentOfLeaves(path, 'KubeSchedulerConfiguration', apiVersion, settings),
  etcd: (path, { settings }) => documentOfLeaves(path, undefined, undefined, settings),
  authentication: (path, { apiVersion, anonymous, jwt }) => ({
    path,
    content: {
      apiVersion, kind: 'AuthenticationConfiguration', jwt: jwt.map(({ issuer, audiences }) => ({ issuer: { url: issuer, audiences } })),
      ...(anonymous && { anonymous: { ...(anonymous.enabled !== undefined && { enabled: anonymous.enabled }), conditions: anonymous.conditions.map((each) => ({ path: each })) } }),
    },
  }),
  authorization: (path, { apiVersion, authorizers }) => ({ path, content: { apiVersion, kind: 'AuthorizationConfiguration', authorizers } }),
  encryption: (path, { apiVersion, rules }) => ({
    path,
    content: {
      apiVersion, kind: 'EncryptionConfiguration',
      resources: rules.map(({ resources, providers }) => ({ resources, providers: providers.map(({ provider, kms }) => ({ [provider]: kms ?? {} })) })),
    },
  }),
  audit: (path, { apiVersion, omitStages, rules }) => ({
    path, content: { apiVersion, kind: 'Policy', omitStages, rules: rules.map(({ nonResourceUrls, ...rule }) => ({ ...rule, ...(nonResourceUrls && { nonResourceURLs: nonResourceUrls }) })) },
  }),
};

/** A file's document as components' readers take it; one that was not understood says why. */
export const documentOf = <K extends DocumentKind>(kind: K, path: NodePath, reading: Reading<ConfigContents[K]>): ConfigDocument =>
  reading.state === 'read' ? makers[kind](path, reading.value) : { path, unreadable: reading.detail === '' ? reading.state : reading.detail };
