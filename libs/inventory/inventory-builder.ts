import { withFlags } from './components/kubelet-flags.js';
import { Exposures } from './credentials/exposures.js';
import { applicationTexts, releaseTexts, sourceAddress } from './credentials/helm-values.js';
import { configMapTexts } from './credentials/object-texts.js';
import type { ClusterFacts, ComponentFacts, KubeletFacts, KubeletFlags, Labels, MetadataFacts, NodeFacts, ObjectFacts, PodTemplate, ProbeFacts, ServiceAccountFacts, Workload } from './facts.js';
import { isWorkloadKey, type FactsOf, type Inventory, type ListedKey, type WorkloadKey } from './inventory.js';
import type { MissingReason, Observed, ReadOutcome } from './observed.js';
import { OwnerGraph, type OwnerGuess, type OwnerNode } from './owner-graph.js';
import { detectPlatform } from './platform.js';
import type { NodeEvidenceFacts } from './node-facts.js';
import { PodTable } from './pod-table.js';
import { componentOf, flagsOf, isControlPlaneNamespace } from './projection/component.js';
import { isConfigurationKey, operatorConfigOf, projectConfiguration } from './projection/configuration.js';
import { projectCustom } from './projection/custom.js';
import { projectFlagz } from './projection/flagz.js';
import { componentsOnNode } from './projection/k3s-server.js';
import { projectKubeletFlags } from './projection/kubelet-flags.js';
import { projectKubelet } from './projection/kubelet.js';
import {
  givenAnnotationsOf, identityOf, projectBinding, projectIngress, projectMetadata, projectNamespace, projectNetworkPolicy, projectNode,
  projectQuota, projectRole, projectSecret, projectService, projectServiceAccount, projectWebhooks, type Identity,
} from './projection/objects.js';
import { set, type Mutable } from './projection/optional.js';
import { accountOf, projectPodTemplate, projectTemplateMetadata } from './projection/pod-template.js';
import { asObject, InvalidObject, mapAt, maybeObject, numberAt, objectAt, objectsAt, textAt, type Raw } from './projection/raw.js';
import { maybeSelector } from './projection/selector.js';
import { writtenAs } from './projection/written-as.js';
import { selects } from './readers/label-selector.js';
import { minorOf } from './readers/minor-version.js';
import { refText } from './resource-ref.js';
import { resourceKeys, resourceType, type ResourceKey } from './resources.js';
import { SharedLists } from './shared-lists.js';
import { TemplateStore, type Codec } from './template-store.js';
import { Words } from './words.js';

/** Fields that are lists. */
type ListIn<T> = { [K in keyof T]: T[K] extends readonly unknown[] ? K : never }[keyof T];

/**
 * Takes raw objects one by one, keeps their facts and drops them. Objects of a kind may come in any order and
 * before or after their owners; `finish` joins them.
 */
export class InventoryBuilder {
  private readonly lists = new Map<ListedKey, unknown[]>();
  private readonly outcomes = new Map<ResourceKey, ReadOutcome>();
  private readonly counts = new Map<ResourceKey, number>();
  private readonly invalid = new Map<ResourceKey, { count: number; first: string }>();
  /** By template. */
  private readonly serviceAccounts: string[] = [];
  /** Of service accounts that have any. */
  private readonly pullSecrets = new Map<string, readonly string[]>();
  private readonly words = new Words();
  private readonly sharedLists = new SharedLists();
  private owners = new OwnerGraph();
  private readonly templates: TemplateStore;
  private readonly pods = new PodTable();
  private readonly nodeIndex = new Map<string, number>();
  private readonly exposures = new Exposures();
  private readonly kubelets = new Map<string, Observed<KubeletFacts>>();
  private readonly kubeletFlags = new Map<string, Observed<KubeletFlags>>();
  private readonly nodeEvidence = new Map<string, NodeEvidenceFacts>();
  private readonly lostMachines = new Set<string>();
  private componentTemplates: { readonly owner: number; readonly template: number; readonly component: ComponentFacts }[] = [];
  private lastPod?: { readonly owner: number; readonly sameSpec: object; readonly ofMetadata: string; readonly template: number };
  private probe: Observed<ProbeFacts> = { state: 'missing', reason: 'not-in-upload', detail: 'an upload does not hold what the API server shows to whoever reaches it; a scan over the network looks' };
  private flagz: Observed<ComponentFacts> = { state: 'missing', reason: 'not-in-upload', detail: 'an upload does not hold what the API server says of its flags; a scan over the network asks' };
  private apiServers: Inventory['apiServers'] = { state: 'missing', reason: 'not-in-upload', detail: 'an upload does not hold the addresses of API servers; a scan over the network asks' };
  /** What nodes tell of the components on them. */
  private toldByNodes: ComponentFacts[] = [];
  private version?: string;
  private hasOpenShiftApi = false;
  objects = 0;

  constructor(codec: Codec) {
    this.templates = new TemplateStore(codec);
  }

  /**
   * Keeps the facts of one object. An object whose shape lies is counted and makes its kind `partial`. Pods that come
   * with one `sameSpec` have specs that differ in `nodeName` and in the name of the API token's volume alone.
   */
  add(key: ResourceKey, value: unknown, sameSpec?: object): void {
    try {
      const raw = asObject(value, 'object');
      const { namespace, name } = identityOf(raw, resourceType(key).namespaced);
      const id = { namespace: this.words.shared(namespace), name };
      this.project(key, raw, id, sameSpec);
      this.objects++;
      this.counts.set(key, this.countOf(key) + 1);
    } catch (error) {
      if (!(error instanceof InvalidObject)) throw error;
      const known = this.invalid.get(key);
      if (known) known.count++;
      else this.invalid.set(key, { count: 1, first: `${whichOf(key, value)}${error.message}`.slice(0, LONGEST_REASON) });
    }
  }

  /** Forgets a kind, so that its list can be read anew. Kinds are read in the order of `resourceKeys`: what refers to this one comes later. */
  restart(key: ResourceKey): void {
    this.objects -= this.countOf(key);
    this.counts.delete(key);
    this.invalid.delete(key);
    this.exposures.restart(key);
    if (!isWorkloadKey(key)) {
      this.lists.delete(key);
      if (key === 'nodes') this.toldByNodes = [];
      return;
    }
    if (key === 'pods') this.pods.clear();
    delete this.lastPod;
    this.owners.forget(resourceType(key).kind);
    this.componentTemplates = this.componentTemplates.filter(({ owner, template }) => this.owners.nodes[owner]!.templates.includes(template));
  }

  countOf(key: ResourceKey): number {
    return this.counts.get(key) ?? 0;
  }

  /** How the reading of a kind ended. Objects that were refused turn a complete list into a partial one. */
  end(key: ResourceKey, outcome: ReadOutcome): void {
    this.outcomes.set(key, outcome);
  }

  endMissing(key: ResourceKey, reason: MissingReason, detail: string): void {
    const count = this.countOf(key);
    this.end(key, count > 0 ? { state: 'partial', count, reason, detail } : { state: 'missing', reason, detail });
  }

  setServer(version: string | undefined, hasOpenShiftApi: boolean): void {
    if (version !== undefined) this.version = version;
    this.hasOpenShiftApi = hasOpenShiftApi;
  }

  /** A kubelet's `/configz` answer, or why it could not be had. */
  addKubelet(node: string, answer: Observed<unknown>): void {
    this.kubelets.set(node, answer.state === 'missing' ? answer : projectKubelet(node, answer.value));
  }

  /** A kubelet's `/flagz` answer, or why it could not be had. `version`: of that kubelet. */
  addKubeletFlags(node: string, answer: Observed<string>, version: string): void {
    this.kubeletFlags.set(node, answer.state === 'missing' ? answer : projectKubeletFlags(answer.value, version));
  }

  /** What the collector saw on a node. Of two of one node the later one counts. */
  addNodeEvidence(facts: NodeEvidenceFacts): void {
    const known = this.nodeEvidence.get(facts.node);
    if (!known || Date.parse(known.collectedAt) <= Date.parse(facts.collectedAt)) this.nodeEvidence.set(facts.node, facts);
  }

  addLostMachine(name: string): void {
    this.lostMachines.add(name);
  }

  setProbe(probe: Observed<ProbeFacts>): void {
    this.probe = probe;
  }

  /** What an API server answered at `/flagz`, or why it did not. */
  setFlagz(answer: Observed<string>): void {
    this.flagz = answer.state === 'missing' ? answer : projectFlagz(answer.value);
  }

  setApiServers(addresses: Inventory['apiServers']): void {
    this.apiServers = addresses;
  }

  /** Names of the nodes read so far. */
  nodeNames(): readonly string[] {
    return ((this.lists.get('nodes') ?? []) as readonly NodeFacts[]).map((node) => node.name);
  }

  /** Versions of the kubelets of the nodes read so far: what a kubelet goes by where nothing is set depends on it. */
  kubeletVersions(): ReadonlyMap<string, string> {
    return new Map(((this.lists.get('nodes') ?? []) as readonly NodeFacts[]).map(({ name, kubeletVersion }) => [name, kubeletVersion]));
  }

  /** Everything that was added, joined. The builder is of no further use. */
  finish(): Inventory {
    this.templates.finish();
    this.pods.seal();
    const { workloads, components, exposures } = this.joinOwners();
    // Workloads say all that it knew, and judging needs the memory.
    this.owners = new OwnerGraph();
    this.sharedLists.clear();
    this.words.clear();
    const nodes = (this.lists.get('nodes') ?? []) as readonly NodeFacts[];
    const configMaps = (this.lists.get('configmaps') ?? []) as readonly Identity[];
    const cluster: ClusterFacts = detectPlatform(this.version ?? this.versionOfApiServer(components), nodes, {
      hasOpenShiftApi: this.hasOpenShiftApi,
      hasKubeadmConfig: configMaps.some((map) => map.namespace === 'kube-system' && map.name === 'kubeadm-config'),
      hasStaticControlPlane: components.length > 0,
    });
    const outcomes = new Map<ResourceKey, ReadOutcome>(resourceKeys.map((key) => [key, this.outcomeOf(key)]));
    const lists = this.lists;
    return {
      cluster,
      basis: [...outcomes.values()].some((outcome) => outcome.state === 'given') ? 'objects-given' : 'cluster',
      outcome: (key) => outcomes.get(key)!,
      list: <K extends ListedKey>(key: K) => (lists.get(key) ?? []) as readonly FactsOf<K>[],
      workloads,
      templates: this.templates,
      pods: this.pods,
      podNodes: [...this.nodeIndex.keys()],
      components: [...components, ...this.toldByNodes],
      flagz: this.flagz,
      apiServers: this.apiServers,
      exposures,
      kubelets: this.joinKubelets(),
      kubeletFlags: this.kubeletFlags,
      probe: this.probe,
      nodeEvidence: this.nodeEvidence,
      // A bundle may have come meanwhile.
      lostMachines: [...this.lostMachines].filter((name) => !this.nodeEvidence.has(name)),
    };
  }

  private joinKubelets(): ReadonlyMap<string, Observed<KubeletFacts>> {
    const versions = this.kubeletVersions();
    for (const [node, told] of this.kubeletFlags) {
      if (told.state === 'observed') this.kubelets.set(node, withFlags(node, this.kubelets.get(node), told.value, minorOf(versions.get(node) ?? '')));
    }
    return this.kubelets;
  }

  private outcomeOf(key: ResourceKey): ReadOutcome {
    const outcome = this.outcomes.get(key) ?? { state: 'missing', reason: 'not-requested', detail: 'this kind was not asked for' };
    const invalid = this.invalid.get(key);
    if (!invalid || outcome.state === 'missing') return outcome;
    return { state: 'partial', count: this.countOf(key), reason: 'invalid', detail: `${invalid.count} object(s) could not be understood: ${invalid.first}` };
  }

  private push<K extends ListedKey>(key: K, facts: FactsOf<K>): void {
    const list = this.lists.get(key);
    if (list) list.push(facts);
    else this.lists.set(key, [facts]);
  }

  /** The facts, with lists that others have too in the place of their own. */
  private sharing<T>(facts: T, ...keys: readonly ListIn<T>[]): T {
    for (const key of keys) (facts as Mutable<T>)[key] = this.sharedLists.shared(facts[key] as readonly unknown[]) as T[ListIn<T>];
    return facts;
  }

  private project(key: ResourceKey, raw: Raw, id: Identity, sameSpec: object | undefined): void {
    if (isWorkloadKey(key)) {
      if (key === 'pods') this.addPod(raw, id, sameSpec);
      else this.addController(key, raw, id);
      return;
    }
    const version = writtenAs(raw, resourceType(key).kind);
    this.addListed(key, raw, id);
    if (version !== undefined) (this.lists.get(key)!.at(-1) as Mutable<ObjectFacts>).writtenAs = this.words.shared(version);
  }

  private addListed(key: ListedKey, raw: Raw, id: Identity): void {
    switch (key) {
      case 'namespaces':
        this.exposures.addObject(key, raw, id, noTexts);
        return this.push(key, projectNamespace(raw, id));
      case 'nodes': {
        const node = projectNode(raw, id);
        this.toldByNodes.push(...componentsOnNode(raw, node));
        return this.push(key, node);
      }
      case 'serviceaccounts':
        this.exposures.addObject(key, raw, id, noTexts);
        return this.addServiceAccount(projectServiceAccount(raw, id));
      case 'roles.rbac.authorization.k8s.io': return this.push(key, this.sharing(projectRole(raw, id, 'Role'), 'rules'));
      case 'clusterroles.rbac.authorization.k8s.io': return this.push(key, this.sharing(projectRole(raw, id, 'ClusterRole'), 'rules'));
      case 'rolebindings.rbac.authorization.k8s.io': return this.push(key, projectBinding(raw, id, 'RoleBinding'));
      case 'clusterrolebindings.rbac.authorization.k8s.io': return this.push(key, projectBinding(raw, id, 'ClusterRoleBinding'));
      case 'networkpolicies.networking.k8s.io': return this.push(key, this.sharing(projectNetworkPolicy(raw, id), 'policyTypes', 'ingress', 'egress'));
      case 'ingresses.networking.k8s.io':
        this.exposures.addObject(key, raw, id, noTexts);
        return this.push(key, projectIngress(raw, id));
      case 'services':
        this.exposures.addObject(key, raw, id, noTexts);
        return this.push(key, this.sharing(projectService(raw, id), 'ports'));
      case 'limitranges': return this.push(key, projectQuota(raw, id, 'LimitRange'));
      case 'resourcequotas': return this.push(key, projectQuota(raw, id, 'ResourceQuota'));
      case 'configmaps':
        this.exposures.addObject(key, raw, id, configMapTexts);
        return this.push(key, configMapFacts(raw, id));
      case 'helmrepositories.source.toolkit.fluxcd.io':
      case 'gitrepositories.source.toolkit.fluxcd.io':
        this.exposures.addObject(key, raw, id, sourceAddress);
        return this.push(key, projectCustom(key, raw, id));
      case 'helmreleases.helm.toolkit.fluxcd.io':
        this.exposures.addObject(key, raw, id, releaseTexts);
        return this.push(key, projectCustom(key, raw, id));
      case 'applications.argoproj.io':
        this.exposures.addObject(key, raw, id, applicationTexts);
        return this.push(key, projectCustom(key, raw, id));
      case 'secrets': return this.push(key, projectSecret(raw, id));
      case 'endpointslices.discovery.k8s.io': return this.push(key, projectMetadata(raw, id));
      case 'validatingwebhookconfigurations.admissionregistration.k8s.io': return this.push(key, projectWebhooks(raw, id, 'ValidatingWebhookConfiguration'));
      case 'mutatingwebhookconfigurations.admissionregistration.k8s.io': return this.push(key, projectWebhooks(raw, id, 'MutatingWebhookConfiguration'));
      default: return isConfigurationKey(key) ? this.push(key, projectConfiguration(key, raw, id)) : this.push(key, projectCustom(key, raw, id));
    }
  }

  private addServiceAccount(account: ServiceAccountFacts): void {
    this.push('serviceaccounts', account);
    if (account.pullSecrets) this.pullSecrets.set(`${account.namespace}/${account.name}`, account.pullSecrets);
  }

  /** Reads all of it before anything is kept: an object that is refused leaves no trace. */
  private addController(key: Exclude<WorkloadKey, 'pods'>, raw: Raw, id: Identity): void {
    const type = resourceType(key);
    const self = this.owners.intern(type.group, type.kind, id.namespace, id.name);
    const node = this.owners.nodes[self]!;
    const parent = this.owners.controllerOf(raw, id.namespace);
    const spec = maybeObject(raw, 'spec');
    const replicas = spec && numberAt(spec, 'replicas');
    const isKept = spec !== undefined && !this.isHistory(key, raw, parent, replicas);
    const given = isKept ? templateOf(raw) : undefined;
    const template = given && projectPodTemplate(objectAt(given, 'metadata'), objectAt(given, 'spec'), false);
    const written = given && parent === undefined ? this.writtenInto(key, raw, mapAt(objectAt(given, 'metadata'), 'labels')) : undefined;
    if (isKept) this.exposures.addController(key, self, raw, templateOf);
    node.isDeclared = true;
    if (parent !== undefined) node.parent = parent;
    if (replicas !== undefined) node.replicas = replicas;
    // Where metadata alone was read, its pods carry the template.
    if (!template) return;
    Object.assign(node, written);
    const own = this.addTemplate(self, template, type.kind);
    // Pods may have come before what made them.
    if (node.templates[0] !== own) node.templates = [own, ...node.templates.filter((id) => id !== own)];
    node.ownTemplates = 1;
  }

  /** Old revisions stay as owned ReplicaSets of no replicas, and old runs as finished Jobs; their templates are history. */
  private isHistory(key: WorkloadKey, raw: Raw, parent: number | undefined, replicas: number | undefined): boolean {
    if (parent === undefined) return false;
    if (key === 'replicasets.apps' || key === 'replicationcontrollers') return (replicas ?? 1) === 0;
    return key === 'jobs.batch' && this.owners.nodes[parent]!.kind === 'CronJob' && isFinishedJob(raw);
  }

  /** What people wrote into a controller beside its template, which makes pods with the labels `made`. */
  private writtenInto(key: WorkloadKey, raw: Raw, made: Labels): Written {
    const selector = hasSelector.has(key) ? maybeSelector(objectAt(raw, 'spec'), 'selector') : undefined;
    const written: Mutable<Written> = this.described(raw, made);
    set(written, 'writtenAs', writtenAs(raw, resourceType(key).kind));
    if (selector && !selects(selector, made)) written.selectsOthers = true;
    return written;
  }

  /** What people wrote into the metadata of what they deploy; `known` are labels that its template says already. */
  private described(raw: Raw, known: Labels): Pick<Written, 'labels' | 'annotations'> {
    const described: Mutable<Pick<Written, 'labels' | 'annotations'>> = {};
    const labels = mapAt(objectAt(raw, 'metadata'), 'labels');
    const own = Object.keys(labels).filter((name) => known[name] !== labels[name]);
    if (own.length > 0) described.labels = Object.fromEntries(own.map((name) => [this.words.shared(name), this.words.shared(labels[name]!)]));
    set(described, 'annotations', givenAnnotationsOf(raw));
    return described;
  }

  private addPod(raw: Raw, id: Identity, sameSpec: object | undefined): void {
    const metadata = objectAt(raw, 'metadata');
    const spec = objectAt(raw, 'spec');
    const status = objectAt(raw, 'status');
    const phase = textAt(status, 'phase');
    const isFinished = phase === 'Succeeded' || phase === 'Failed';
    const parent = this.owners.controllerOf(raw, id.namespace);
    if (isFinished && parent !== undefined) return;
    const owner = parent ?? this.owners.intern('', 'Pod', id.namespace, id.name);
    const node = this.owners.nodes[owner]!;
    if (parent === undefined) {
      node.isDeclared = true;
      node.isMirror = mapAt(metadata, 'annotations')['kubernetes.io/config.mirror'] !== undefined;
      Object.assign(node, this.described(raw, mapAt(metadata, 'labels')));
    } else if (node.guess === undefined && !node.isDeclared && node.parent < 0) {
      const guess = ownerGuess(node.kind, node.name, mapAt(metadata, 'labels'));
      if (guess !== undefined) node.guess = guess;
    }
    // All of it is read before anything is kept: an object that is refused leaves no trace.
    const nodeName = textAt(spec, 'nodeName');
    const isRunning = phase === 'Running' && !isWaiting(status);
    const identity = { name: id.name, addresses: podAddresses(status) };
    const template = this.addPodTemplate(owner, metadata, spec, sameSpec);
    if (isFinished) return;
    this.pods.add(owner, nodeName === undefined ? 0 : this.internNode(nodeName) + 1, template, isRunning, identity);
  }

  private internNode(name: string): number {
    const known = this.nodeIndex.get(name);
    if (known !== undefined) return known;
    this.nodeIndex.set(name, this.nodeIndex.size);
    return this.nodeIndex.size - 1;
  }

  /** What a template is made of besides the spec is little; where both are those of the owner's last pod, so is the template. */
  private addPodTemplate(owner: number, metadata: Raw, spec: Raw, sameSpec: object | undefined): number {
    if (!sameSpec) return this.addOwnTemplate(owner, metadata, spec);
    const ofMetadata = JSON.stringify(projectTemplateMetadata(metadata));
    const last = this.lastPod;
    if (last && last.owner === owner && last.sameSpec === sameSpec && last.ofMetadata === ofMetadata) return last.template;
    const template = this.addOwnTemplate(owner, metadata, spec);
    this.lastPod = { owner, sameSpec, ofMetadata, template };
    return template;
  }

  /** Of a pod. */
  private addOwnTemplate(owner: number, metadata: Raw, spec: Raw): number {
    const template = projectPodTemplate(metadata, spec, true, this.pullSecrets.get(`${this.owners.nodes[owner]!.namespace}/${accountOf(spec)}`));
    this.exposures.addPod(owner, metadata, spec);
    return this.addTemplate(owner, template, 'Pod');
  }

  /** `from`: the kind of object that it was read from. */
  private addTemplate(owner: number, template: PodTemplate, from: string): number {
    const node = this.owners.nodes[owner]!;
    const id = this.templates.intern(template, from);
    this.serviceAccounts[id] ??= template.serviceAccount;
    if (node.templates.includes(id)) return id;
    // Exactly as long as it is, for most have one; what grows by itself keeps room for sixteen.
    node.templates = node.templates.concat(id);
    if (!isControlPlaneNamespace(node.namespace)) return id;
    for (const container of template.containers) {
      const component = container.type === 'container' && container.componentCommand && componentOf(container.componentCommand);
      if (!component) continue;
      const variables = container.env.map(({ name }) => name);
      this.componentTemplates.push({ owner, template: id, component: {
        component, namespace: node.namespace, pod: node.name, kind: node.kind, group: node.group, container: container.name,
        flags: flagsOf(container.componentCommand ?? []), ...(variables.length > 0 && { variables }),
      } });
    }
    return id;
  }

  private joinOwners(): Pick<Inventory, 'workloads' | 'components' | 'exposures'> {
    const roots = this.owners.roots();
    const nodes = this.owners.nodes;
    const podCounts = new Uint32Array(nodes.length);
    for (let row = 0; row < this.pods.length; row++) {
      const root = roots[this.pods.ownerAt(row)]!;
      podCounts[root]!++;
      this.pods.setOwner(row, root);
    }
    // The root's own template first, then those of what it made.
    const templatesOf = nodes.map(({ templates }) => templates);
    for (const [id, { templates }] of nodes.entries()) {
      const root = roots[id]!;
      if (root === id) continue;
      const known = templatesOf[root]!;
      const more = templates.filter((template) => !known.includes(template));
      if (more.length > 0) templatesOf[root] = [...known, ...more];
    }
    const workloadOf = new Uint32Array(nodes.length);
    const workloads: Workload[] = [];
    for (const [id, node] of nodes.entries()) {
      const templates = templatesOf[id]!;
      if (roots[id] !== id || templates.length === 0) continue;
      workloadOf[id] = workloads.length;
      const workload: Mutable<Workload> = {
        group: node.group, kind: node.kind, namespace: node.namespace, name: node.name, templates,
        serviceAccount: this.serviceAccounts[templates[0]!]!,
        isMirror: node.isMirror, ...this.hiddenOwner(node), pods: podCounts[id]!, ...(node.replicas !== undefined && { replicas: node.replicas }),
      };
      set(workload, 'labels', node.labels);
      set(workload, 'annotations', node.annotations);
      set(workload, 'selectsOthers', node.selectsOthers);
      set(workload, 'writtenAs', node.writtenAs);
      workloads.push(workload);
    }
    for (let row = 0; row < this.pods.length; row++) this.pods.setOwner(row, workloadOf[this.pods.ownerAt(row)]!);
    const components = this.componentTemplates.map(({ owner, component }) => {
      const root = nodes[roots[owner]!]!;
      return { ...component, pod: root.name, kind: root.kind, group: root.group };
    });
    return { workloads, components, exposures: this.exposures.facts((owner) => nodes[roots[owner]!]!) };
  }

  /** A generated object that was seen only as an owner, while its list was lost. */
  private hiddenOwner({ kind, isDeclared, isGuessed }: OwnerNode): Pick<Workload, 'ownerHiddenBy'> {
    const key = kind === 'ReplicaSet' || isGuessed ? 'replicasets.apps' : kind === 'Job' ? 'jobs.batch' : undefined;
    if (key === undefined || isDeclared) return {};
    const { state } = this.outcomeOf(key);
    return state === 'missing' || state === 'partial' ? { ownerHiddenBy: key } : {};
  }

  /** The image tag of a static API server, where nobody asked `/version`. */
  private versionOfApiServer(components: readonly ComponentFacts[]): string | undefined {
    const server = components.find((component) => component.component === 'kube-apiserver');
    if (!server) return undefined;
    for (const { template, component } of this.componentTemplates) {
      if (component.component !== 'kube-apiserver') continue;
      const tag = /:(v\d+\.\d+\.\d+[^@]*)/.exec(this.templates.get(template).containers[0]?.image ?? '')?.[1];
      if (tag) return tag;
    }
    return undefined;
  }

}

/** Kinds whose selector must select what their template makes; that of a replication controller is a plain map, that of a Job the server's own. */
const hasSelector: ReadonlySet<WorkloadKey> = new Set(['deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'replicasets.apps']);

/** What people wrote into an object that they deploy. */
type Written = Pick<OwnerNode, 'labels' | 'annotations' | 'selectsOthers' | 'writtenAs'>;

/** `podIPs` repeats `podIP`; servers before 1.16 have the one alone. */
function podAddresses(status: Raw): string {
  const all = objectsAt(status, 'podIPs');
  const texts = all.length > 0 ? all.map((item) => textAt(item, 'ip')) : [textAt(status, 'podIP')];
  return texts.filter((text) => text !== undefined && isAddressLike.test(text)).join(',');
}

/** Whether it is one the engines tell; what is stored is short and has no comma. */
const isAddressLike = /^[0-9A-Fa-f:.]{2,45}$/;

/** A container that crashes again and again, or whose image cannot be had, leaves its pod in the phase Running. */
const isWaiting = (status: Raw): boolean => objectsAt(status, 'containerStatuses').some((container) => maybeObject(objectAt(container, 'state'), 'waiting') !== undefined);

/** The pod template of a controller; a CronJob has it in that of its Jobs. */
function templateOf(raw: Raw): Raw | undefined {
  const spec = objectAt(raw, 'spec');
  const jobTemplate = maybeObject(spec, 'jobTemplate');
  return maybeObject(jobTemplate ? objectAt(jobTemplate, 'spec') : spec, 'template');
}

function configMapFacts(raw: Raw, id: Identity): MetadataFacts {
  if (id.namespace === 'kube-system') return projectMetadata(raw, id);
  const operatorConfig = operatorConfigOf(raw, id);
  return operatorConfig ? { namespace: id.namespace, name: id.name, operatorConfig } : id;
}

/** Longest that is said of an object that could not be understood: names and keys in it may be of any length. */
const LONGEST_REASON = 500;

/** The beginning of what is said of an object that was refused: who it is, where it says that much. */
function whichOf(key: ResourceKey, value: unknown): string {
  try {
    const { group, kind, namespaced } = resourceType(key);
    return `${refText({ group, kind, ...identityOf(asObject(value, 'object'), namespaced) })}: `;
  } catch (error) {
    if (error instanceof InvalidObject) return '';
    throw error;
  }
}

const noTexts = (): readonly [] => [];

const isFinishedJob = (raw: Raw): boolean =>
  objectsAt(objectAt(raw, 'status'), 'conditions').some((condition) => (textAt(condition, 'type') === 'Complete' || textAt(condition, 'type') === 'Failed') && textAt(condition, 'status') === 'True');

function ownerGuess(kind: string, name: string, labels: Readonly<Record<string, string>>): OwnerGuess | undefined {
  if (kind === 'Job') {
    const base = /^(.+)-\d{8,10}$/.exec(name)?.[1];
    return base === undefined ? undefined : { name: base };
  }
  if (kind !== 'ReplicaSet') return undefined;
  const { 'pod-template-hash': hash, 'rollouts-pod-template-hash': hashOfRollout } = labels;
  if (hash && name.endsWith(`-${hash}`)) return { name: name.slice(0, -hash.length - 1), surely: 'Deployment' };
  return hashOfRollout && name.endsWith(`-${hashOfRollout}`) ? { name: name.slice(0, -hashOfRollout.length - 1) } : undefined;
}
