/** Path that bundles are posted to, with the cluster's id in it. */
export const bundlePath = (clusterId: string): string => `/v1/clusters/${encodeURIComponent(clusterId)}/node-bundles`;

export const BUNDLE_MEDIA_TYPE = 'application/vnd.bulwark.node-bundle+json';
export const BUNDLE_TYPE = 'bulwark-node-bundle';
export const BUNDLE_VERSION = 1;

/**
 * What a bundle says of itself: the protected header of a JWS (RFC 7515, flattened JSON serialisation) over the gzipped
 * evidence. The signature covers the very bytes of header and payload, so nothing is ever serialised again to check it.
 */
export interface BundleHeader {
  /** HMAC with SHA-256, or `none` for a bundle that a person carries from a bare host and answers for by signing in. */
  readonly alg: 'HS256' | 'none';
  readonly typ: typeof BUNDLE_TYPE;
  readonly version: typeof BUNDLE_VERSION;
  /** Id of the enrolment key; left out where `alg` is none. */
  readonly kid?: string;
  /** Id of the cluster it is meant for; left out only where `alg` is none. */
  readonly cluster?: string;
  /** Name of the Node object. */
  readonly node: string;
  /** ISO 8601 with milliseconds. Orders the bundles of a node: an earlier one never follows a later one. */
  readonly collectedAt: string;
  /** 128 random bits in base64url: two bundles of one instant are not the same bundle. */
  readonly nonce: string;
  /** Version of the collector. */
  readonly collector: string;
  /** `sha-256=` and the SHA-256 of the evidence before it was gzipped, in base64url. */
  readonly digest: string;
  /** Length of the evidence before it was gzipped, in bytes. */
  readonly size: number;
}

/** The bundle as a JSON document: three base64url texts without padding. */
export interface BundleEnvelope {
  readonly protected: string;
  readonly payload: string;
  /** Empty where `alg` is none. */
  readonly signature: string;
}
