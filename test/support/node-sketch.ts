import { createHash } from 'node:crypto';
import type { CertificateSketch, NodeSketch } from '#controls/engine/node-sketch.js';
import type { CertificateFact } from '#nodes/certificate-fact.js';
import { componentOf } from '#nodes/component-of.js';
import type { ComponentProcess } from '#nodes/component-process.js';
import type { ConfigFact, ConfigKind } from '#nodes/config-facts.js';
import { readConfig } from '#nodes/config/read-config.js';
import { componentFiles, type ComponentFileRow } from '#nodes/facts/component-files.js';
import type { FileFact, TreeFact } from '#nodes/file-fact.js';
import { isBelow } from '#nodes/host-path.js';
import type { NodeEvidence } from '#nodes/node-evidence.js';
import { evidenceOf } from '#nodes/testing/evidence.js';
import type { UnitFact } from '#nodes/unit-fact.js';

/** The morning of the day on which examples are judged. */
const collected = '2026-11-24T06:00:00.000Z';

/** The evidence that a collector would have made of such a node. Throws for a sketch that makes no sense. */
export function evidenceOfSketch(sketch: NodeSketch): NodeEvidence {
  const { staticPods = [], processes = [], configs = {}, kubeconfigs = {}, certificates = {} } = sketch;
  const at = sketch.collectedAt ?? collected;
  const files = filesOf(sketch);
  return evidenceOf({
    collection: { startedAt: at, finishedAt: at, uid: 0, seesAllProcesses: true, notes: [] },
    processes: { truncated: false, items: [...processes.map((argv, i) => processOf(argv, 100 + i, sketch)), ...staticPods.map((argv, i) => ({ ...processOf(argv, 200 + i, sketch), container: { podUid: 'abc' } }))] },
    configs: {
      truncated: false,
      items: [...Object.entries(configs).map(([path, { kind, text }]) => configOf(kind as ConfigKind, path, text)), ...staticPods.map(manifestOf), ...Object.entries(kubeconfigs).map(([path, certificate]) => kubeconfigOf(path, certificate))],
    },
    files: { truncated: false, items: files },
    trees: { truncated: false, items: treesOf(files) },
    units: { truncated: false, items: unitsOf(files) },
    certificates: { truncated: false, items: Object.entries(certificates).map(([path, certificate]) => ({ path, content: { state: 'read', value: { items: [certificateOf(certificate)], truncated: false } } })) },
  });
}

function processOf(argv: readonly string[], pid: number, { environment = {} }: NodeSketch): ComponentProcess {
  const component = componentOf(argv);
  if (!component) throw new TypeError(`no component is called ${argv[0]}`);
  return {
    component, pid, argv, isArgvTruncated: false, isArgvTitle: false, withheld: [], uid: 0,
    exe: { state: 'read', value: `/usr/bin/${component}` },
    environment: { state: 'read', value: Object.entries(environment).map(([name, value]) => ({ name, value })) },
    mounts: { state: 'read', value: [] },
  };
}

function manifestOf(argv: readonly string[]): ConfigFact {
  const component = componentOf(argv)!;
  return {
    kind: 'static-pod', path: `/etc/kubernetes/manifests/${component}.yaml`,
    content: { state: 'read', value: { apiVersion: 'v1', name: component, namespace: 'kube-system', hostNetwork: true, containers: [{ name: component, image: `registry.k8s.io/${component}:v1.35.2`, argv, withheld: [], environment: [], mounts: [] }] } },
  };
}

function configOf(kind: ConfigKind, path: string, text: string | undefined): ConfigFact {
  const content = text === undefined ? { state: 'denied' as const, detail: 'the collector lacks the right to read it' } : readConfig(kind, { bytes: Buffer.from(text), path, certificateOf: () => undefined });
  return { kind, path, content } as ConfigFact;
}

const kubeconfigOf = (path: string, certificate: CertificateSketch): ConfigFact => ({
  kind: 'kubeconfig', path,
  content: { state: 'read', value: { skipsTlsVerify: false, hasEmbeddedAuthority: true, userKind: 'certificate-embedded', certificate: certificateOf(certificate) } },
});

const certificateOf = ({ subject, organizations = [], ...more }: CertificateSketch): CertificateFact => ({
  fingerprint: createHash('sha256').update(subject).digest('hex'), subject, organizations, issuer: 'kubernetes', isAuthority: false,
  notBefore: '2026-09-01T00:00:00.000Z', notAfter: '2027-09-01T00:00:00.000Z', keyType: 'rsa', keyBits: 2048, signature: 'SHA256-RSA', ...more,
});

const uids: Readonly<Record<string, number>> = { root: 0, etcd: 990 };

function filesOf({ files = {} }: NodeSketch): readonly FileFact[] {
  const given = Object.entries(files).map(([path, text]): FileFact => {
    if (text === 'denied') return { path, state: 'denied', detail: 'the collector lacks the right to look' };
    const [, owner, group, mode, isDirectory] = /^(\S+):(\S+) (0[0-7]+)( dir)?$/.exec(text) ?? [];
    if (owner === undefined || group === undefined || mode === undefined) throw new TypeError(`${path} is to be "owner:group 0mode"`);
    return { path, state: 'present', kind: isDirectory ? 'directory' : 'file', mode: Number.parseInt(mode, 8), uid: uids[owner] ?? 1000, gid: uids[group] ?? 1000, owner, group };
  });
  const known = new Set(given.map(({ path }) => path));
  const absent = places().filter((path) => !known.has(path)).map((path): FileFact => ({ path, state: 'absent', detail: '' }));
  return [...given, ...absent].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

const rows: readonly ComponentFileRow[] = Object.values(componentFiles);
const places = (): readonly string[] => [...new Set(rows.flatMap(({ places: all }) => all.map((place) => ('at' in place ? place.at : place.below))))];

/** Drop-ins of the kubelet's unit, of which nothing but where they lie is told. */
function unitsOf(files: readonly FileFact[]): readonly UnitFact[] {
  const dropIns = files.filter(({ path, state }) => /\/kubelet\.service\.d\/[^/]+\.conf$/.test(path) && state !== 'absent');
  const content = { state: 'read', value: { execStart: [], withheld: [], environment: [], environmentFiles: [] } } as const;
  return dropIns.length === 0 ? [] : [{ name: 'kubelet.service', isMasked: false, truncated: false, files: dropIns.map(({ path }) => ({ path, role: 'drop-in', content })) }];
}

function treesOf(files: readonly FileFact[]): readonly TreeFact[] {
  const tops = new Set(rows.flatMap(({ places: all }) => all.flatMap((place) => ('below' in place ? place.below : []))));
  return [...tops].map((path): TreeFact => {
    const below = files.filter((file) => file.path !== path && file.state !== 'absent' && isBelow(file.path, path)).map((file) => file.path);
    return { path, depth: 8, state: below.length > 0 ? 'read' : 'absent', paths: below, truncated: false };
  });
}
