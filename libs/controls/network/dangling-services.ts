import type { ServiceFacts } from '#inventory/facts.js';
import { controllerLabels } from '#inventory/readers/controller-labels.js';
import { fail, passPart, provenFail, unknown, type Verdict } from '../engine/verdict.js';
import { defineIndex, lackOf, type World } from '../engine/world.js';
import { isSelected } from '../indexes/pods-by-label.js';
import { serviceNamed } from './routes/services.js';

const sliceKey = 'endpointslices.discovery.k8s.io';

const sliced = defineIndex([], (world) => new Set(world.seen(sliceKey).flatMap(({ namespace, labels }) => {
  const service = labels?.['kubernetes.io/service-name'];
  return service === undefined ? [] : [`${namespace}/${service}`];
})));

/** A Service of the cluster itself by its full name, whatever the cluster's domain is. */
const inCluster = /^([^.]+)\.([^.]+)\.svc(?:\.|$)/;

function judgeExternalName({ externalName = '' }: ServiceFacts, world: World): Verdict {
  const part = 'external-name';
  const host = externalName.toLowerCase().replace(/\.$/, '');
  const [, name, namespace] = inCluster.exec(host) ?? [];
  if (name === undefined || namespace === undefined) return provenFail(`it hands whoever calls it to ${externalName === '' ? 'no name' : externalName.slice(0, 253)}, outside the cluster`, { part, detail: { externalName: externalName.slice(0, 253) } });
  if (serviceNamed(world, namespace, name)) return passPart(part);
  world.list('services');
  return fail(`it stands for Service ${namespace}/${name}, which is not there`, { part, detail: { externalName: externalName.slice(0, 253) } });
}

/** Whether somebody gave a Service that selects nothing its endpoints. */
function judgeSlices({ namespace, name }: ServiceFacts, world: World): Verdict {
  const part = 'endpoints';
  // The API server keeps its own.
  if (namespace === 'default' && name === 'kubernetes') return passPart(part);
  if (world.use(sliced).has(`${namespace}/${name}`)) return passPart(part);
  world.list(sliceKey);
  // Controllers write them, people do not: among objects that were given, theirs may be left out.
  const lack = lackOf(world, sliceKey);
  if (lack) return unknown(lack, part);
  return fail('it has no selector, and no EndpointSlice belongs to it: it leads nowhere, and whoever may write one decides where it leads', { part });
}

/** Whether a Service leads to something. */
export function judgeService(service: ServiceFacts, world: World): Verdict {
  if (service.type === 'ExternalName') return judgeExternalName(service, world);
  const selector = Object.entries(service.selector);
  if (selector.length === 0) return judgeSlices(service, world);
  const part = 'endpoints';
  const isThere = isSelected(world, service.namespace, service.selector);
  if (isThere === true) return passPart(part);
  world.workloads();
  if (isThere === undefined) {
    const label = selector.find(([key]) => controllerLabels.has(key))?.[0] ?? '';
    return unknown({ fact: 'pods', reason: 'not-requested', detail: `its selector asks for ${label}, which a controller gives single pods and which is not kept` }, part);
  }
  return fail(`no pod and no workload of its namespace has the labels that it selects: ${selector.slice(0, 3).map(([key, value]) => `${key}=${value}`).join(', ')}`, { part, detail: { selector: Object.fromEntries(selector.slice(0, 10)) } });
}
