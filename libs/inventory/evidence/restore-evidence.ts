import type { ExposureFacts } from '../credentials/exposed-credential.js';
import type { PodTemplate, Workload } from '../facts.js';
import type { FactsOf, Inventory, ListedKey } from '../inventory.js';
import type { Observed } from '../observed.js';
import type { KubeletFacts, KubeletFlags, ProbeFacts } from '../facts.js';
import type { NodeEvidenceFacts } from '../node-facts.js';
import { partitionPoint } from '../partition-point.js';
import { PodTable } from '../pod-table.js';
import { Recent } from '../recent.js';
import type { ResourceKey } from '../resources.js';
import { RECENT_SEGMENTS, type NetworkTemplate, type Templates } from '../template-store.js';
import type { KeptPiece } from './piece.js';
import type { EvidenceHead, KeptIdentities, KeptPods, KeptWorkload } from './record-evidence.js';

/** The pieces contradict each other or are not what `recordEvidence` makes: they were changed or lost. */
export class DamagedEvidence extends Error {
  override readonly name = 'DamagedEvidence';
}

/**
 * The inventory that these pieces were made of, the parts of it at least that they hold: pieces of a sort come all
 * or not at all, in their order. Templates stay compressed until they are asked for. Throws `DamagedEvidence`.
 */
export function restoreEvidence(pieces: readonly KeptPiece[], expand: (bytes: Uint8Array) => string): Inventory {
  const parse = <T>({ bytes, sort }: KeptPiece): T => {
    try {
      return JSON.parse(expand(bytes)) as T;
    } catch (error) {
      throw new DamagedEvidence(`a piece of ${sort} cannot be read`, { cause: error });
    }
  };
  const of = (sort: string): readonly KeptPiece[] => pieces.filter((piece) => piece.sort === sort);
  const first = of('head')[0];
  if (!first) throw new DamagedEvidence('the head is not there');
  const head = parse<EvidenceHead>(first);
  const probe = of('probe')[0];
  const outcomes = new Map<ResourceKey, ReturnType<Inventory['outcome']>>(head.outcomes);

  const lists = new Map<string, readonly unknown[]>();
  const list = <K extends ListedKey>(key: K): readonly FactsOf<K>[] => {
    let facts = lists.get(key);
    if (!facts) {
      facts = of(key).flatMap((piece) => parse<readonly unknown[]>(piece));
      lists.set(key, facts);
    }
    return facts as readonly FactsOf<K>[];
  };

  const kept = of('workloads').flatMap((piece) => parse<readonly KeptWorkload[]>(piece));
  let next = 0;
  const workloads = kept.map(({ templates, ...workload }): Workload => {
    const start = next;
    next += templates;
    return { ...workload, templates: Array.from({ length: templates }, (_, i) => start + i) };
  });
  const [templates, networks] = [new KeptValues<PodTemplate>(of('templates'), parse), new KeptValues<NetworkTemplate>(of('networks'), parse)];
  for (const { sort, size } of [templates, networks]) if (size > 0 && size !== next) throw new DamagedEvidence(`${next} templates are named and ${size} of ${sort} are there`);
  const [pods, identities] = [of('pods').flatMap((piece) => parse<readonly KeptPods[]>(piece)), of('identities').flatMap((piece) => parse<readonly KeptIdentities[]>(piece))];
  return {
    cluster: head.cluster,
    basis: head.basis,
    outcome: (key) => outcomes.get(key) ?? { state: 'missing', reason: 'not-requested', detail: 'this kind was not read when the evidence was kept' },
    list,
    workloads,
    templates: new KeptTemplates(next, templates, networks),
    ...restorePods(pods, identities, workloads),
    components: head.components,
    flagz: head.flagz ?? notAsked,
    apiServers: head.apiServers ?? notAsked,
    exposures: head.exposures === undefined ? notLookedFor : { state: 'observed', value: of('exposures').flatMap((piece) => parse<readonly ExposureFacts[]>(piece)) },
    kubelets: new Map<string, Observed<KubeletFacts>>(head.kubelets),
    kubeletFlags: new Map<string, Observed<KubeletFlags>>(head.kubeletFlags ?? []),
    probe: probe ? parse<Observed<ProbeFacts>>(probe) : { state: 'missing', reason: 'not-requested', detail: 'what the API server shows to whoever reaches it was not looked at when the evidence was kept' },
    nodeEvidence: new Map(of('node-evidence').flatMap((piece) => parse<readonly KeptNode[]>(piece)).map(({ facts }) => [facts.node, facts] as const)),
    lostMachines: head.lostMachines ?? [],
  };
}

/** As `recordEvidence` names it. */
interface KeptNode {
  readonly facts: NodeEvidenceFacts;
}

const notAsked = { state: 'missing', reason: 'not-requested', detail: 'API servers were not asked for this when the evidence was kept; scan the cluster anew' } as const;

const notLookedFor: Inventory['exposures'] = { state: 'missing', reason: 'not-requested', detail: 'credentials in plain text were not looked for when the evidence was kept; scan the cluster anew' };

function restorePods(kept: readonly KeptPods[], identities: readonly KeptIdentities[], workloads: readonly Workload[]): Pick<Inventory, 'pods' | 'podNodes'> {
  for (const { length } of [kept, identities]) if (length > 0 && length !== workloads.length) throw new DamagedEvidence(`pods of ${length} workloads are there, and ${workloads.length} workloads`);
  const pods = new PodTable();
  const nodes = new Map<string, number>();
  for (const [owner, { nodes: names, rows }] of kept.entries()) {
    const { templates } = workloads[owner]!;
    const places = names.map((name) => {
      const known = nodes.get(name);
      if (known !== undefined) return known;
      nodes.set(name, nodes.size);
      return nodes.size - 1;
    });
    const own = identities[owner];
    if (own && own.names.length * 3 !== rows.length) throw new DamagedEvidence(`${own.names.length} pods have names, and ${rows.length / 3} are there`);
    for (let pod = 0, i = 0; i < rows.length; pod++, i += 3) {
      pods.add(owner, rows[i] === 0 ? 0 : places[rows[i]! - 1]! + 1, templates[rows[i + 1]!]!, rows[i + 2] === 1, own && { name: own.names[pod]!, addresses: own.addresses[pod]! });
    }
  }
  return { pods, podNodes: [...nodes.keys()] };
}

class KeptTemplates implements Templates {
  constructor(
    readonly size: number,
    private readonly templates: KeptValues<PodTemplate>,
    private readonly networks: KeptValues<NetworkTemplate>,
  ) {}

  get(id: number): PodTemplate {
    return this.templates.get(id);
  }

  text(id: number): string {
    return JSON.stringify(this.get(id));
  }

  network(id: number): NetworkTemplate {
    return this.networks.get(id);
  }

  networkText(id: number): string {
    return JSON.stringify(this.network(id));
  }
}

/** Values of one sort by number, expanded piece by piece as they are asked for. */
class KeptValues<T> {
  readonly sort: string;
  readonly size: number;
  /** First number of each piece. */
  private readonly starts: readonly number[];
  private readonly parsed = new Recent<number, readonly T[]>(RECENT_SEGMENTS);

  constructor(
    private readonly pieces: readonly KeptPiece[],
    private readonly parse: (piece: KeptPiece) => readonly T[],
  ) {
    let size = 0;
    this.starts = pieces.map(({ items }) => (size += items) - items);
    this.size = size;
    this.sort = pieces[0]?.sort ?? '';
  }

  get(id: number): T {
    const at = this.pieceOf(id);
    const value = this.parsed.get(at, () => this.valuesAt(at))[id - this.starts[at]!];
    if (!value) throw new RangeError(`no template ${id}`);
    return value;
  }

  private valuesAt(at: number): readonly T[] {
    const piece = this.pieces[at];
    if (!piece) throw new RangeError('no such template');
    const values = this.parse(piece);
    if (values.length !== piece.items) throw new DamagedEvidence(`a piece of ${piece.items} ${piece.sort} holds ${values.length}`);
    return values;
  }

  /** The last piece that starts at or before the number. */
  private pieceOf(id: number): number {
    return partitionPoint(this.starts.length, (at) => this.starts[at]! <= id) - 1;
  }
}
