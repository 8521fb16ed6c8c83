import type { ComponentFacts } from '#inventory/facts.js';
import { contains, normalHostPath } from '#inventory/readers/host-path.js';
import { orUnknown } from '../engine/part.js';
import { fail, provenPassPart, unknown, type Verdict } from '../engine/verdict.js';
import type { World } from '../engine/world.js';
import { flagOf, hiddenFlags, unseenServers } from '../scopes/each-component.js';
import { mountedHostPaths } from './log-shippers.js';
import { runningByNode, type Agent } from './node-coverage.js';

const part = 'audit-log';

/** Directories that hold far more than an audit log: that a shipper mounts them does not say that it ships it. */
const general: ReadonlySet<string> = new Set(['/', '/var', '/var/log']);

/** Whether every API server's audit log leaves its node: by webhook, or by a shipper that reads it there. */
export function judgeAuditLog(world: World, shippers: readonly Agent[]): Verdict {
  const servers = world.components.filter(({ component }) => component === 'kube-apiserver');
  if (servers.length === 0) return unknown(hiddenFlags(world, 'kube-apiserver'), part);
  const verdicts = servers.map((server) => orUnknown(part, () => judgeServer(server, world, shippers)));
  const unseen = unseenServers(world);
  return verdicts.find(({ status }) => status === 'fail') ?? verdicts.find(({ status }) => status === 'unknown') ?? (unseen ? unknown(unseen, part) : verdicts[0]!);
}

function judgeServer(server: ComponentFacts, world: World, shippers: readonly Agent[]): Verdict {
  // Without a policy the server records no event, whatever else is set.
  if ((flagOf(server, 'audit-policy-file') ?? '') === '') return fail(`${server.pod} has no audit policy, so there is no audit log to ship`, { part });
  if ((flagOf(server, 'audit-webhook-config-file') ?? '') !== '') return provenPassPart(part);
  const path = flagOf(server, 'audit-log-path') ?? '';
  if (path === '') return fail(`${server.pod} writes no audit log and sends none by webhook`, { part });
  const there = shippersBeside(server, world, shippers);
  // `-` is the container's own output, which every shipper of container logs reads.
  if (path === '-') return there.length > 0 ? provenPassPart(part) : fail(`${server.pod} prints its audit log, and no log shipper runs on its node`, { part });
  const file = normalHostPath(path);
  const readable = there.flatMap(({ product, template }) => mountedHostPaths(template).filter((mounted) => contains(mounted, file)).map((mounted) => ({ product, mounted })));
  if (readable.length === 0) return fail(`${server.pod} writes its audit log to ${path}, where no log shipper on its node can read it`, { part, detail: { path } });
  if (readable.some(({ mounted }) => !general.has(mounted))) return provenPassPart(part);
  return unknown({ fact: 'configmaps', reason: 'not-requested', detail: `${readable[0]!.product} can read the audit log at ${path}; whether it ships it is in its own configuration, whose values are not read` }, part);
}

function shippersBeside(server: ComponentFacts, world: World, shippers: readonly Agent[]): readonly Agent[] {
  // A process of the node itself is no workload.
  if (server.kind === 'Node') return shippers.filter(({ index }) => world.use(runningByNode).get(server.pod)?.has(index));
  const index = world.seenWorkloads().findIndex(({ kind, namespace, name }) => kind === server.kind && namespace === server.namespace && name === server.pod);
  const beside = [...world.use(runningByNode).values()].filter((running) => running.has(index));
  return shippers.filter((shipper) => beside.some((running) => running.has(shipper.index)));
}
