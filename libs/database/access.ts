/** Runs as this role, through `set local role`, to see all organisations' due work and nothing else. */
export const relayRole = 'bulwark_relay';
/** Runs as this role to list organisations by name. */
export const operatorRole = 'bulwark_operator';

/** What the app's own role may do; it owns nothing. Events, results and policies are never rewritten. */
export const appPrivileges: Readonly<Record<string, string>> = {
  organisations: 'select, insert, update',
  policies: 'select, insert',
  api_keys: 'select, insert, update',
  clusters: 'select, insert, update, delete',
  cluster_credentials: 'select, insert, update, delete',
  snapshots: 'select, insert, update, delete',
  snapshot_chunks: 'select, insert, delete',
  scans: 'select, insert, update, delete',
  evidence_pieces: 'select, insert, delete',
  scan_evidence: 'select, insert, delete',
  enrolment_keys: 'select, insert, update, delete',
  node_evidence: 'select, insert, update, delete',
  kube_bench_results: 'select, insert, update, delete',
  cloud_descriptions: 'select, insert, update, delete',
  control_results: 'select, insert, delete',
  control_states: 'select, insert, update, delete',
  findings: 'select, insert, update, delete',
  event_feeds: 'select, insert, update',
  event_segments: 'select, insert, delete',
  events: 'select, insert, delete',
  due_work: 'select, insert, update, delete',
  webhook_endpoints: 'select, insert, update, delete',
  deliveries: 'select, insert, update, delete',
  delivery_attempts: 'select, insert, delete',
  schedules: 'select, insert, update, delete',
  benchmark_runs: 'select, insert, delete',
  benchmark_items: 'select, insert, delete',
  benchmark_subjects: 'select, insert, delete',
  benchmark_memories: 'select, insert, update, delete',
  benchmark_regressions: 'select, insert, update, delete',
  attestations: 'select, insert, update, delete',
};

/** Statements that give the roles exactly their rights; `app` is a quoted identifier. */
export const grants = (app: string): readonly string[] => [
  `grant usage on schema bulwark to ${app}, ${relayRole}, ${operatorRole}`,
  `revoke all on all tables in schema bulwark from ${app}, ${relayRole}, ${operatorRole}`,
  ...Object.entries(appPrivileges).map(([table, privileges]) => `grant ${privileges} on bulwark.${table} to ${app}`),
  `grant select, update (enqueued_at) on bulwark.due_work to ${relayRole}`,
  `grant select (tenant_id, name, created_at) on bulwark.organisations to ${operatorRole}`,
];
