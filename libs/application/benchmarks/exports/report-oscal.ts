import type { SubjectResult } from '#benchmarks/judge/judgement.js';
import { clusterSubject } from '#benchmarks/outcomes/subject-verdict.js';
import type { BenchmarkReport, ReportedItem } from '../benchmark-report.js';
import { uuidV5 } from './uuid-v5.js';

/** NIST OSCAL, the version whose schema this is valid against. */
const OSCAL_VERSION = '1.2.1';
const NAMESPACE = 'https://bulwark.example/ns/oscal';

type Json = Readonly<Record<string, unknown>>;

/**
 * The run as OSCAL assessment results. OSCAL knows satisfied and not satisfied alone: an item that is unknown or manual is not
 * satisfied for another reason than failing, and says so; one that does not apply is observed and has no finding. Ids are
 * derived from what they name, so that two documents about one run are the same.
 */
export function benchmarkOscal(report: BenchmarkReport): Json {
  const { run, benchmark, cluster, items } = report;
  const title = benchmark?.title ?? run.benchmark;
  const plan = uuidV5('benchmark', run.benchmark);
  const tool = uuidV5('tool', run.judgedBy);
  const people = new Map(items.flatMap(({ attestation }) => (attestation ? [[attestation.person, uuidV5('person', run.tenantId, attestation.person)] as const] : [])));
  const subjects = new Map(items.flatMap((item) => item.subjects ?? []).flatMap(({ subject }) => (subject === clusterSubject ? [] : [[subject, uuidV5('subject', cluster.id, subject)] as const])));
  const uuids: Uuids = { run: run.id, tool, cluster: uuidV5('cluster', cluster.id), subjects };
  return {
    'assessment-results': {
      uuid: uuidV5('assessment-results', run.id),
      metadata: {
        title: line(`${title}: ${cluster.name}`), 'last-modified': latest(report).toISOString(), version: run.id, 'oscal-version': OSCAL_VERSION,
        roles: [{ id: 'assessor', title: 'Assessor' }, { id: 'attester', title: 'Person who attests an item' }],
        parties: [
          { uuid: tool, type: 'organization', name: line(run.judgedBy) },
          ...[...people].map(([name, uuid]) => ({ uuid, type: 'person', name: line(name) })),
        ],
        'responsible-parties': [{ 'role-id': 'assessor', 'party-uuids': [tool] }],
      },
      'import-ap': { href: `#${plan}`, remarks: 'There is no assessment plan: the benchmark itself says what is assessed.' },
      results: [{
        uuid: uuidV5('result', run.id), title: line(`${title} on ${cluster.name}`), description: description(report),
        start: earliest(report).toISOString(), end: latest(report).toISOString(), props: resultProps(report),
        'local-definitions': {
          components: [
            { uuid: uuids.cluster, type: 'this-system', title: line(cluster.name), description: line(`Kubernetes cluster ${cluster.name}, ${cluster.version ?? 'version not known'}.`), status: { state: 'operational' } },
            { uuid: uuidV5('component', tool), type: 'software', title: line(run.judgedBy), description: 'What read the evidence and judged it.', status: { state: 'operational' } },
          ],
          ...(subjects.size > 0 && { 'inventory-items': [...subjects].map(([name, uuid]) => ({ uuid, description: line(name) })) }),
        },
        'reviewed-controls': { 'control-selections': [{ 'include-controls': items.map(({ itemId }) => ({ 'control-id': tokenOf(itemId) })) }] },
        ...(people.size > 0 && { attestations: items.flatMap((item) => attestationOf(item, people)) }),
        observations: items.map((item) => observationOf(report, item, uuids)),
        ...optional('findings', items.flatMap((item) => findingOf(item, uuids))),
      }],
      'back-matter': { resources: [{ uuid: plan, title: line(title), description: `The items of ${line(title)}, by number; in our own words.` }] },
    },
  };
}

interface Uuids {
  readonly run: string;
  readonly tool: string;
  readonly cluster: string;
  readonly subjects: ReadonlyMap<string, string>;
}

/** An empty list is not allowed. */
const optional = (name: string, list: readonly Json[]): Json => (list.length === 0 ? {} : { [name]: list });

const description = ({ run: { reason, caveat }, standing: { score, coverage } }: BenchmarkReport): string =>
  [reason, caveat, score === null ? 'Nothing was decided.' : `Of what was decided ${score} % passes; ${Math.floor((coverage ?? 0) * 1000) / 10} % of what applies was decided.`].filter(Boolean).map((text) => line(text!)).join(' ');

function resultProps({ run, counts, standing }: BenchmarkReport): readonly Json[] {
  const { score, coverage } = standing;
  return [
    prop('benchmark', run.benchmark), prop('evidence-of-api', run.source), prop('nodes-with-evidence', String(run.nodesWithEvidence)),
    ...(run.nodesListed === null ? [] : [prop('nodes-listed', String(run.nodesListed))]),
    ...Object.entries(counts).map(([name, count]) => prop(`items-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, String(count))),
    // Never one without the other.
    ...(score === null || coverage === null ? [] : [prop('score', String(score)), prop('coverage', String(Math.floor(coverage * 1000) / 1000))]),
  ];
}

function observationOf({ run }: BenchmarkReport, { itemId, item, shownAs, outcome, says, nodes, subjects = [], attestation, gathered }: ReportedItem, uuids: Uuids): Json {
  const isAttested = attestation?.state === 'in-force';
  const gatheredAt = subjects.flatMap((subject) => timeOf(subject) ?? []).sort((a, b) => b.getTime() - a.getTime())[0] ?? run.gatheredAt;
  const evidence = [...subjects.map(evidenceText), ...gathered.slice(0, 100).map((text) => `To look at: ${text}`)];
  return {
    uuid: observationUuid(uuids, itemId), title: line(`${itemId} ${item?.title ?? ''}`), description: line(says),
    props: [prop('outcome', outcome), prop('shown-as', shownAs), ...(item ? [prop('assessment', item.assessment), prop('target', item.target)] : []), ...nodeProps(nodes)],
    methods: [outcome === 'unknown' ? 'UNKNOWN' : subjects.some(({ source }) => source === 'probe') ? 'TEST' : 'EXAMINE'], types: ['control-objective'],
    origins: [{ actors: [{ type: 'tool', 'actor-uuid': uuids.tool }] }],
    subjects: subjects.length === 0 ? [clusterReference(uuids)] : subjects.map(({ subject }) => referenceTo(subject, uuids)),
    ...optional('relevant-evidence', evidence.map((text) => ({ description: line(text) }))),
    collected: (isAttested ? attestation.attestedAt : gatheredAt).toISOString(),
    ...(isAttested && { expires: attestation.expiresAt.toISOString() }),
  };
}

const clusterReference = ({ cluster }: Uuids): Json => ({ 'subject-uuid': cluster, type: 'component' });

function referenceTo(subject: string, uuids: Uuids): Json {
  const uuid = uuids.subjects.get(subject);
  return uuid === undefined ? clusterReference(uuids) : { 'subject-uuid': uuid, type: 'inventory-item', title: line(subject) };
}

const evidenceText = ({ subject, status, text, found, source, at }: SubjectResult): string =>
  [`${subject}: ${status}`, text, found === undefined ? '' : `found ${found}`, [source, at].filter(Boolean).join(' ')].filter(Boolean).join('; ');

const nodeProps = (nodes: ReportedItem['nodes']): readonly Json[] =>
  nodes.total <= 1 ? [] : [prop('subjects-pass', String(nodes.pass)), prop('subjects-fail', String(nodes.fail)), prop('subjects-unknown', String(nodes.unknown)), prop('subjects-total', String(nodes.total))];

function findingOf({ itemId, item, standsAs, shownAs, says }: ReportedItem, uuids: Uuids): readonly Json[] {
  if (standsAs === 'not-applicable') return [];
  const status = standsAs === 'pass' ? { state: 'satisfied', reason: 'pass' } : standsAs === 'fail' ? { state: 'not-satisfied', reason: 'fail' } : { state: 'not-satisfied', reason: 'other', remarks: `Not determined: ${line(shownAs)}.` };
  return [{
    uuid: uuidV5('finding', uuids.run, itemId), title: line(`${itemId} ${item?.title ?? ''}`), description: line(says),
    target: { type: 'objective-id', 'target-id': tokenOf(itemId), status }, 'related-observations': [{ 'observation-uuid': observationUuid(uuids, itemId) }],
    ...(standsAs !== 'pass' && item && { remarks: item.remediation }),
  }];
}

function attestationOf({ itemId, attestation }: ReportedItem, people: ReadonlyMap<string, string>): readonly Json[] {
  if (!attestation) return [];
  const { person, verdict, statement, state, attestedAt, expiresAt, attachmentName, attachmentSha256 } = attestation;
  return [{
    'responsible-parties': [{ 'role-id': 'attester', 'party-uuids': [people.get(person)!] }],
    parts: [{
      uuid: uuidV5('attestation', attestation.id), name: 'attestation', title: line(`${itemId}: ${verdict}`), prose: statement,
      props: [
        prop('item', itemId), prop('verdict', verdict), prop('state', state), prop('attested-at', attestedAt.toISOString()), prop('expires-at', expiresAt.toISOString()),
        ...(attachmentName === null ? [] : [prop('attachment', attachmentName), prop('attachment-sha256', attachmentSha256 ?? '')]),
      ],
    }],
  }];
}

const observationUuid = ({ run }: Uuids, itemId: string): string => uuidV5('observation', run, itemId);

const prop = (name: string, value: string): Json => ({ name, ns: NAMESPACE, value: line(value) });

/** A token begins with a letter. */
const tokenOf = (itemId: string): string => `item-${itemId.replace(/[^\p{L}\p{N}.\-_]/gu, '_')}`;

/** OSCAL's strings are one line, and not empty. */
const line = (text: string): string => text.replace(/\s+/g, ' ').trim() || '-';

const timeOf = ({ gatheredAt }: SubjectResult): Date | undefined => {
  const at = gatheredAt === undefined ? undefined : new Date(gatheredAt);
  return at && !Number.isNaN(at.getTime()) ? at : undefined;
};

const times = ({ run, items }: BenchmarkReport): readonly number[] => [run.gatheredAt.getTime(), run.judgedAt.getTime(), ...items.flatMap(({ subjects = [] }) => subjects.flatMap((subject) => timeOf(subject)?.getTime() ?? []))];

const earliest = (report: BenchmarkReport): Date => new Date(Math.min(...times(report)));

const latest = ({ run }: BenchmarkReport): Date => run.judgedAt;
