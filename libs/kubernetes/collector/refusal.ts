import { resourceType, type ResourceKey } from '#inventory/resources.js';
import type { KubeAnswer } from './kube-api.js';
import { ListChanged, NotKubernetes, ReadFailure } from './read-failure.js';

/** What an answer other than 200 to a LIST means. */
export function refusalOf(key: ResourceKey, { status, body }: KubeAnswer): ReadFailure {
  const { right = 'base', group, resource } = resourceType(key);
  const name = group === '' ? resource : `${resource}.${group}`;
  switch (status) {
    case 401:
      return new ReadFailure('unauthorized', `the server did not accept the credential when asked to list ${name} (401)`);
    case 403:
      return new ReadFailure('forbidden', `the account may not list ${name}; the manifest "${right}" grants it`);
    case 404:
      return new ReadFailure('changed', `the server announced ${name} and then did not know it (404)`);
    case 406:
      return new ReadFailure('invalid', `the server cannot answer for ${name} in the form that leaves values out (406)`);
    case 410:
      return new ListChanged(`the list of ${name} expired while it was read (410)`);
    default:
      if (!looksLikeJson(body)) return new NotKubernetes(`the server answered ${status} to a list of ${name} with something that is not Kubernetes`);
      return new ReadFailure(status >= 500 ? 'server-error' : 'invalid', `the server answered ${status} to a list of ${name}`);
  }
}

/** Whether a body starts as a JSON object does; HTML and the like do not. */
export function looksLikeJson(body: Uint8Array): boolean {
  const first = body.findIndex((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
  return body[first] === 0x7b;
}
