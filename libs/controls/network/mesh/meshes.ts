import type { ContainerPort, Labels, PodTemplate, Workload } from '#inventory/facts.js';
import { parseImage } from '#inventory/image-reference.js';
import { workloadKeys } from '#inventory/inventory.js';
import { defineTemplateFact } from '#inventory/template-facts.js';
import { defineIndex } from '../../engine/world.js';

export type Mesh = 'istio' | 'linkerd';

/** Containers by which pods are in a mesh. */
const proxies: Readonly<Record<string, Mesh>> = { 'istio-proxy': 'istio', 'linkerd-proxy': 'linkerd' };
/** Last pieces of the images of what runs a mesh. */
const controlImages: readonly (readonly [string, Mesh])[] = [['pilot', 'istio'], ['ztunnel', 'istio'], ['istiod', 'istio'], ['linkerd/controller', 'linkerd'], ['linkerd/policy-controller', 'linkerd']];
/** Beginnings of the names of webhooks that put pods into a mesh, where a provider hides what runs it. */
const injectors: readonly (readonly [string, Mesh])[] = [['istio-sidecar-injector', 'istio'], ['istio-revision-tag-', 'istio'], ['istiod-', 'istio'], ['linkerd-proxy-injector', 'linkerd']];

export const injectorKey = 'mutatingwebhookconfigurations.admissionregistration.k8s.io';

/** What a template shows of a mesh, where it shows any. */
interface Marks {
  readonly proxy?: Mesh;
  readonly control?: Mesh;
}

const noMarks: Marks = {};

const marksOf = defineTemplateFact(({ containers }): Marks => {
  let proxy: Mesh | undefined;
  let control: Mesh | undefined;
  for (const { type, name, image } of containers) {
    if (type === 'ephemeral') continue;
    if (Object.hasOwn(proxies, name)) proxy ??= proxies[name];
    const reference = parseImage(image);
    const path = reference ? `${reference.registry}/${reference.repository}` : '';
    control ??= controlImages.find(([piece]) => path.endsWith(`/${piece}`))?.[1];
  }
  return proxy === undefined && control === undefined ? noMarks : { ...(proxy && { proxy }), ...(control && { control }) };
});

/** What is known of a template in a mesh's eyes. */
interface Told extends Marks {
  readonly hostNetwork: boolean;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly ports: readonly ContainerPort[];
}

const tellOf = ({ containers, hostNetwork, labels, annotations = {} }: PodTemplate, marks: Marks): Told =>
  ({ ...marks, hostNetwork, labels, annotations, ports: containers.flatMap(({ type, name, ports }) => (type === 'container' && !Object.hasOwn(proxies, name) ? ports : [])) });

export interface MeshWorkload {
  readonly workload: Workload;
  /** `host`: it is in its node's network, where no mesh reaches. */
  readonly state: 'in' | 'out' | 'host' | 'unknown';
  /** The mesh that it is in. */
  readonly mesh?: Mesh;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly ports: readonly ContainerPort[];
}

export interface MeshNamespace {
  readonly name: string;
  /** Undefined where the namespace itself was not read. */
  readonly annotations: Labels | undefined;
  readonly workloads: readonly MeshWorkload[];
}

export interface Meshes {
  readonly installed: ReadonlySet<Mesh>;
  /** Where a mesh itself runs. */
  readonly controlNamespaces: ReadonlySet<string>;
  readonly namespaces: readonly MeshNamespace[];
}

interface NamespaceMarks {
  readonly labels: Labels;
  readonly annotations: Labels;
}

const yes: ReadonlySet<string | undefined> = new Set(['true', 'enabled', 'yes', 'y', 'on', '1']);
const no: ReadonlySet<string | undefined> = new Set(['false', 'disabled', 'no', 'n', 'off', '0']);

/** The mesh into which a new pod would be put, by the marks of itself and its namespace. */
function wouldJoin({ labels, annotations }: Told, namespace: NamespaceMarks): Mesh | undefined {
  const istio = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject'];
  const injected = namespace.labels['istio-injection'];
  const hasRevision = (labels['istio.io/rev'] ?? namespace.labels['istio.io/rev']) !== undefined;
  const byIstio = injected === 'disabled' ? false : yes.has(istio) ? true : no.has(istio) ? false : injected === 'enabled' || hasRevision;
  const linkerd = annotations['linkerd.io/inject'] ?? namespace.annotations['linkerd.io/inject'];
  if (byIstio) return 'istio';
  return linkerd === 'enabled' || linkerd === 'ingress' ? 'linkerd' : undefined;
}

function stateOf(workload: Workload, all: readonly Told[], namespace: NamespaceMarks | undefined): Pick<MeshWorkload, 'state' | 'mesh'> {
  const [own] = all as [Told];
  if (all.some(({ hostNetwork }) => hostNetwork)) return { state: 'host' };
  const proxied = all.find(({ proxy }) => proxy !== undefined);
  if (proxied) return { state: 'in', mesh: proxied.proxy };
  // Pods without a proxy are in the mesh where their node carries their traffic.
  const mode = own.labels['istio.io/dataplane-mode'] ?? namespace?.labels['istio.io/dataplane-mode'];
  if (mode === 'ambient') return { state: 'in', mesh: 'istio' };
  if (!namespace) return { state: 'unknown' };
  // What runs tells better than what is asked for: pods that are older than the mark have no proxy.
  const mesh = workload.pods === 0 ? wouldJoin(own, namespace) : undefined;
  return mesh === undefined ? { state: 'out' } : { state: 'in', mesh };
}

/** The meshes of a cluster and who is in them, as far as could be read. Rests on nothing. */
export const meshes = defineIndex([], (world): Meshes => {
  const installed = new Set<Mesh>();
  const controlNamespaces = new Set<string>();
  for (const { name } of world.seen(injectorKey)) {
    const found = injectors.find(([prefix]) => name.startsWith(prefix));
    if (found) installed.add(found[1]);
  }
  for (const { namespace, templates } of world.seenWorkloads()) {
    for (const id of templates) {
      const { proxy, control } = world.tells(marksOf, id);
      if (proxy) installed.add(proxy);
      if (control) {
        installed.add(control);
        controlNamespaces.add(namespace);
      }
    }
  }
  if (installed.size === 0) return { installed, controlNamespaces, namespaces: [] };
  const marks = new Map<string, NamespaceMarks>(world.seen('namespaces').map(({ name, labels, annotations = {} }) => [name, { labels, annotations }]));
  const byNamespace = new Map<string, MeshWorkload[]>();
  for (const workload of world.seenWorkloads()) {
    const all = workload.templates.map((id) => tellOf(world.template(id), world.tells(marksOf, id)));
    const [own] = all as [Told];
    const found: MeshWorkload = { workload, ...stateOf(workload, all, marks.get(workload.namespace)), labels: own.labels, annotations: own.annotations, ports: own.ports };
    const list = byNamespace.get(workload.namespace);
    if (list) list.push(found);
    else byNamespace.set(workload.namespace, [found]);
  }
  return { installed, controlNamespaces, namespaces: [...byNamespace].map(([name, workloads]) => ({ name, annotations: marks.get(name)?.annotations, workloads })) };
});

/** Why a namespace is not asked to be in a mesh; undefined for all others. */
export function outsideByNature(name: string, controlNamespaces: ReadonlySet<string>): string | undefined {
  if (name === 'kube-system' || name === 'kube-public' || name === 'kube-node-lease') return 'it holds what the cluster itself runs on, which a mesh needs before it can start';
  if (controlNamespaces.has(name) || name === 'istio-system' || name === 'linkerd') return 'the mesh itself runs here';
  return /^(?:gke|gmp|openshift|aks)-/.test(name) ? 'its provider runs it' : undefined;
}

/** Lists that show which meshes there are. */
export const meshKeys = [...workloadKeys, injectorKey] as const;
