/** Deliveries that one worker has under way to one endpoint: a receiver that hangs may not take all of its hands. */
export class EndpointLanes {
  private readonly busy = new Map<string, Set<string>>();

  /** `width`: deliveries under way at once; to an endpoint that fails it is one. */
  constructor(private readonly width: number = 4) {}

  isFree(endpointId: string, isFailing: boolean): boolean {
    return (this.busy.get(endpointId)?.size ?? 0) < (isFailing ? 1 : this.width);
  }

  /** False where all places are taken, or this very delivery has one. */
  enter(endpointId: string, deliveryId: string, isFailing: boolean): boolean {
    const lane = this.busy.get(endpointId) ?? new Set();
    if (!this.isFree(endpointId, isFailing) || lane.has(deliveryId)) return false;
    this.busy.set(endpointId, lane.add(deliveryId));
    return true;
  }

  leave(endpointId: string, deliveryId: string): void {
    const lane = this.busy.get(endpointId);
    lane?.delete(deliveryId);
    if (lane?.size === 0) this.busy.delete(endpointId);
  }
}

/** One delivery's place in its endpoint's lane: taken at most once, and left whatever happens. */
export class LanePlace {
  private taken: readonly [endpointId: string, deliveryId: string] | undefined;

  constructor(private readonly lanes: EndpointLanes) {}

  take(endpointId: string, deliveryId: string, isFailing: boolean): boolean {
    if (!this.lanes.enter(endpointId, deliveryId, isFailing)) return false;
    this.taken = [endpointId, deliveryId];
    return true;
  }

  leave(): void {
    if (this.taken) this.lanes.leave(...this.taken);
    this.taken = undefined;
  }
}
