import type { CustomFacts } from '#inventory/facts.js';
import { asList, asRecord, type UnknownRecord } from '#inventory/readers/unknown-record.js';
import { lackOf, type World } from '../../engine/world.js';
import type { Classes } from './classes.js';
import { textOf } from './loose.js';
import type { Controller, Parent } from './route.js';

export const gatewayApi = 'gateway.networking.k8s.io';
const gatewayKey = 'gateways.gateway.networking.k8s.io';

/** Gateways of the Gateway API by name, as far as they were read. */
export class Gateways {
  private readonly byName: ReadonlyMap<string, CustomFacts>;

  constructor(private readonly world: World, private readonly classes: Classes) {
    this.byName = new Map(world.seen(gatewayKey).map((gateway) => [`${gateway.namespace}/${gateway.name}`, gateway]));
  }

  get({ namespace, name }: Pick<Parent, 'namespace' | 'name'>): CustomFacts | undefined {
    return this.byName.get(`${namespace}/${name}`);
  }

  /** The listeners that a route means: the one it names, or all; undefined where the Gateway is not there. */
  listenersOf(parent: Parent): readonly UnknownRecord[] | undefined {
    const gateway = this.get(parent);
    if (!gateway) return undefined;
    const listeners = asList(asRecord(gateway.spec)['listeners']).map(asRecord);
    return parent.section === undefined ? listeners : listeners.filter(({ name }) => name === parent.section);
  }

  /** Where routes of this parent compete: listener by listener, for one of them may but redirect to another. */
  realmsOf(parent: Parent): readonly string[] {
    const gateway = `Gateway ${parent.namespace}/${parent.name}`;
    return (this.listenersOf(parent)?.map(({ name }) => textOf(name)) ?? [parent.section ?? '']).map((listener) => `${gateway} ${listener}`);
  }

  controllerOf(parent: Parent): Controller {
    const gateway = this.get(parent);
    if (gateway) return this.classes.controllerOfGateway(textOf(asRecord(gateway.spec)['gatewayClassName']), gateway.annotations ?? {});
    const missing = lackOf(this.world, gatewayKey);
    return { by: `Gateway ${parent.namespace}/${parent.name}`, ...(missing && { missing }) };
  }
}
