import { invalid } from '#application/app-error.js';
import type { TargetUrlPolicy } from '#application/ports/target-url-policy.js';
import type { AddressPolicy } from '#egress/address-policy.js';
import { EgressError } from '#egress/egress-error.js';
import { parseTargetUrl } from '#egress/target-url.js';

const REASON = 'webhook-url-refused';

/** Refuses at once what the guarded door would refuse later. */
export const egressTargetUrlPolicy = (policy: AddressPolicy): TargetUrlPolicy => ({
  check(url) {
    try {
      return { insecure: parseTargetUrl(url, policy).protocol === 'http:' };
    } catch (error) {
      if (!(error instanceof EgressError)) throw error;
      throw invalid(REASON, 'Webhooks cannot be sent to this address.', [{ pointer: '/url', detail: error.message, type: REASON }]);
    }
  },
});
