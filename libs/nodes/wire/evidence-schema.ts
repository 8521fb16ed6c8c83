import { z } from 'zod';
import { components } from '../component-process.js';
import type { ConfigFact } from '../config-facts.js';
import { bundleLimits as limits } from '../limits.js';
import type { NodeEvidence } from '../node-evidence.js';

/** NUL and halves of surrogate pairs are legal in JSON and cannot be stored. */
const text = z.string().max(limits.text).refine((value) => !/\0|\p{Surrogate}/u.test(value), 'holds a NUL or half a character');
const path = text.refine((value) => value.startsWith('/'), 'is no absolute path').refine((value) => value.length <= limits.path, 'is too long');
const whole = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const id = z.number().int().min(0).max(0xff_ff_ff_ff);
const instant = z.iso.datetime();
const scalar = z.union([text, z.number(), z.boolean(), z.null()]);
const listOf = <T extends z.ZodType>(item: T, most: number) => z.array(item).max(most).readonly();
const words = listOf(text, limits.configItems);
const listed = <T extends z.ZodType>(item: T, most: number) => z.object({ items: listOf(item, most), truncated: z.boolean() });

const unreadStates = ['absent', 'denied', 'outside-root', 'loop', 'not-regular', 'too-large', 'invalid', 'changed', 'failed'] as const;
const unread = z.object({ state: z.enum(unreadStates), detail: text });
const reading = <T extends z.ZodType>(value: T) => z.union([z.object({ state: z.literal('read'), value }), unread]);

const variable = z.object({ name: text, value: text });
const mount = z.object({ at: path, host: path.optional() });
const process = z.object({
  component: z.enum(components),
  pid: whole,
  argv: listOf(text, limits.argvWords),
  isArgvTruncated: z.boolean(),
  isArgvTitle: z.boolean(),
  withheld: words,
  exe: reading(text),
  uid: id.optional(),
  environment: reading(listOf(variable, limits.configItems)),
  container: z.object({ id: text.optional(), podUid: text.optional() }).optional(),
  mounts: reading(listOf(mount, limits.mounts)),
});

const named = { owner: text.optional(), group: text.optional() };
const link = z.object({ target: text, uid: id, gid: id, ...named });
const escaped = z.literal(true).optional();
const file = z.discriminatedUnion('state', [
  z.object({
    path,
    state: z.literal('present'),
    kind: z.enum(['file', 'directory', 'fifo', 'socket', 'block-device', 'character-device']),
    mode: z.number().int().min(0).max(0o7777),
    uid: id,
    gid: id,
    ...named,
    size: whole.optional(),
    real: path.optional(),
    link: link.optional(),
    isEscaped: escaped,
  }),
  z.object({ path, state: z.enum(['absent', 'denied', 'outside-root', 'loop', 'changed', 'failed']), detail: text, link: link.optional(), isEscaped: escaped }),
]);
const tree = z.object({ path, depth: whole, state: z.enum(['read', ...unreadStates]), detail: text.optional(), paths: listOf(path, limits.treePaths), truncated: z.boolean() });

const certificate = z.object({
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  subject: text,
  organizations: words,
  issuer: text,
  isAuthority: z.boolean(),
  notBefore: instant,
  notAfter: instant,
  keyType: text,
  keyBits: whole.optional(),
  signature: text.optional(),
});

const setting = z.object({ key: text, value: z.union([scalar, listOf(scalar, limits.configItems)]) });
const settingList = listOf(setting, limits.configItems);
const settings = z.object({ apiVersion: text, settings: settingList });
const many = <T extends z.ZodType>(item: T) => listOf(item, limits.configItems);
const contents = {
  kubelet: settings,
  'kube-proxy': settings,
  'kube-scheduler': settings,
  etcd: settings,
  openshift: settings,
  authentication: z.object({
    apiVersion: text,
    anonymous: z.object({ enabled: scalar.optional(), conditions: words }).optional(),
    jwt: many(z.object({ issuer: text, audiences: words })),
  }),
  authorization: z.object({ apiVersion: text, authorizers: many(z.object({ type: text, name: text.optional() })) }),
  encryption: z.object({
    apiVersion: text,
    rules: many(z.object({
      resources: words,
      providers: many(z.object({ provider: text, keyNames: words, kms: z.object({ apiVersion: text.optional(), name: text.optional() }).optional() })),
    })),
  }),
  audit: z.object({
    apiVersion: text,
    omitStages: words,
    rules: many(z.object({
      level: text,
      users: words.optional(),
      userGroups: words.optional(),
      verbs: words.optional(),
      namespaces: words.optional(),
      nonResourceUrls: words.optional(),
      resources: many(z.object({ group: text, resources: words, resourceNames: words.optional() })).optional(),
      omitStages: words.optional(),
    })),
  }),
  admission: z.object({ apiVersion: text, plugins: many(z.object({ name: text, path: path.optional(), kind: text.optional(), settings: settingList })) }),
  kubeconfig: z.object({
    server: text.optional(),
    skipsTlsVerify: z.boolean(),
    authorityFile: path.optional(),
    hasEmbeddedAuthority: z.boolean(),
    userKind: z.enum(['none', 'certificate-file', 'certificate-embedded', 'token', 'token-file', 'exec', 'auth-provider', 'password']),
    certificateFile: path.optional(),
    certificate: certificate.optional(),
  }),
  'static-pod': z.object({
    apiVersion: text,
    name: text,
    namespace: text.optional(),
    hostNetwork: z.boolean(),
    containers: many(z.object({ name: text, image: text, argv: words, withheld: words, environment: many(variable), runAsUser: z.number().int().optional(), mounts: many(mount) })),
  }),
  rancher: z.object({ options: many(z.object({ name: text, values: listOf(scalar, limits.configItems), appends: z.boolean() })), others: words }),
  'environment-file': z.object({ variables: many(variable) }),
  'argument-file': z.object({ argv: words, withheld: words }),
  'container-runtime': z.object({ cniDirectories: listOf(path, limits.configItems) }),
} satisfies Record<ConfigFact['kind'], z.ZodType>;
const configOf = <K extends ConfigFact['kind'], T extends z.ZodType>(kind: K, content: T) => z.object({ kind: z.literal(kind), path, content: reading(content) });
const config = z.discriminatedUnion('kind', [
  configOf('kubelet', contents.kubelet),
  configOf('kube-proxy', contents['kube-proxy']),
  configOf('kube-scheduler', contents['kube-scheduler']),
  configOf('etcd', contents.etcd),
  configOf('openshift', contents.openshift),
  configOf('authentication', contents.authentication),
  configOf('authorization', contents.authorization),
  configOf('encryption', contents.encryption),
  configOf('audit', contents.audit),
  configOf('admission', contents.admission),
  configOf('kubeconfig', contents.kubeconfig),
  configOf('static-pod', contents['static-pod']),
  configOf('rancher', contents.rancher),
  configOf('environment-file', contents['environment-file']),
  configOf('argument-file', contents['argument-file']),
  configOf('container-runtime', contents['container-runtime']),
]);

const unitSettings = z.object({ execStart: listOf(words, limits.configItems), withheld: words, environment: many(variable), environmentFiles: listOf(path, limits.configItems) });
const unit = z.object({
  name: text,
  files: listOf(z.object({ path, role: z.enum(['unit', 'drop-in']), content: reading(unitSettings) }), limits.unitFiles),
  isMasked: z.boolean(),
  truncated: z.boolean(),
});

/** Format 1 as it is checked at the door. Keys that it does not know are left out. */
export const evidenceSchema: z.ZodType<NodeEvidence> = z.object({
  collection: z.object({ startedAt: instant, finishedAt: instant, uid: id, seesAllProcesses: z.boolean(), notes: words }),
  machine: z.string().regex(/^[0-9a-f]{64}$/).optional(),
  platforms: many(z.object({ platform: z.enum(['kubeadm', 'k3s', 'rke2', 'eks', 'aks', 'gke', 'openshift', 'microk8s', 'k0s', 'talos']), by: text })),
  os: reading(z.object({ id: text, version: text, name: text })),
  kernel: reading(text),
  packages: reading(many(z.object({ name: text, version: text }))),
  processes: listed(process, limits.processes),
  files: listed(file, limits.files),
  trees: listed(tree, limits.trees),
  configs: listed(config, limits.configs),
  certificates: listed(z.object({ path, content: reading(listed(certificate, limits.certificatesInFile)) }), limits.certificates),
  units: listed(unit, limits.units),
  sockets: reading(listed(z.object({ address: text, port: z.number().int().min(0).max(65_535), uid: id }), limits.sockets)),
  accounts: reading(z.literal(true)),
});
