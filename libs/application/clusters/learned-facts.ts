import type { ClusterFacts } from '#inventory/facts.js';
import { storable } from '../storable.js';
import type { Cluster } from './cluster.js';

type Known = Pick<Cluster, 'platform' | 'version' | 'isManaged'>;

/** What is known of a cluster after another look at it. A look that could not tell takes nothing back: it may only have seen less. */
export function learnedFacts(known: Known, { platform, version, isManaged }: ClusterFacts): Known {
  const isTold = platform !== 'unknown' || known.platform === null;
  return { platform: isTold ? platform : known.platform, isManaged: isTold ? isManaged : known.isManaged, version: storable(version ?? known.version) };
}
