/** An image reference by the distribution grammar, with Docker's defaults filled in. */
export interface ImageReference {
  /** `docker.io` where none is written. */
  readonly registry: string;
  /** `library/nginx` for `nginx`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…` */
  readonly digest?: string;
}

const pathPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[\w][\w.-]{0,127}$/;
/** Registered algorithms at their own length; a shorter or upper-case one is refused by every client. */
const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;
const hostPattern = /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;

/** Undefined for what no registry client would accept. */
export function parseImage(text: string): ImageReference | undefined {
  if (text.length > 512) return undefined;
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !digestPattern.test(digest)) return undefined;
  const named = at < 0 ? text : text.slice(0, at);
  const slash = named.lastIndexOf('/');
  const colon = named.indexOf(':', slash + 1);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (tag !== undefined && !tagPattern.test(tag)) return undefined;
  const name = colon < 0 ? named : named.slice(0, colon);
  const first = name.indexOf('/');
  const head = first < 0 ? '' : name.slice(0, first);
  const hasHost = head === 'localhost' || head.includes('.') || head.includes(':') || head !== head.toLowerCase();
  const registry = hasHost ? head.toLowerCase() : 'docker.io';
  if (hasHost && !hostPattern.test(head)) return undefined;
  const path = hasHost ? name.slice(first + 1) : name;
  if (!pathPattern.test(path)) return undefined;
  const isDocker = registry === 'docker.io' || registry === 'index.docker.io' || registry === 'registry-1.docker.io';
  return {
    registry: isDocker ? 'docker.io' : registry,
    repository: isDocker && !path.includes('/') ? `library/${path}` : path,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  };
}
