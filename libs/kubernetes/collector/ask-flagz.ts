import type { Observed } from '#inventory/observed.js';
import { flagzAccept } from '#inventory/projection/flagz-answer.js';
import { isDeeperThan } from '../json-depth.js';
import { asked, missing } from './asked.js';
import type { CollectSettings } from './collect-settings.js';
import type { KubeApi } from './kube-api.js';

/** Far above the flags of any component. */
const MOST_BYTES = 256 * 1024;

interface FlagzRequest {
  readonly path: string;
  /** Whose flags they are, in messages. */
  readonly who: string;
  /** What to say where it may not be asked, and where it has no such path. */
  readonly forbidden: string;
  readonly notServed: string;
}

/** Asks a component for its flags. Never fails a scan. */
export function askFlagz(api: KubeApi, settings: CollectSettings, { path, who, forbidden, notServed }: FlagzRequest): Promise<Observed<string>> {
  return asked<string>(who, async () => {
    const { status, body } = await api.ask({ path, accept: flagzAccept, timeoutMs: settings.configz.requestMs, maxBytes: MOST_BYTES, once: true });
    if (status === 200 && !isDeeperThan(body, settings.maxDepth)) return { state: 'observed', value: body.toString('utf8') };
    if (status === 401) return missing('unauthorized', 'the server did not accept the credential (401)');
    if (status === 403) return missing('forbidden', forbidden);
    if (status === 404) return missing('not-requested', notServed);
    return missing(status >= 500 ? 'server-error' : 'invalid', `${who} could not be asked for its flags: it answered ${status}`);
  });
}
