/**
 * What a node collector saw, as short as an example can say it. What is not in it is not on the node. Tests and pages make
 * evidence of it: see `evidenceOfSketch`.
 */
export interface NodeSketch {
  /** ISO 8601; the morning of the day on which examples are judged where it is left out. */
  readonly collectedAt?: string;
  /** Argument vectors of processes that root runs on the node itself. */
  readonly processes?: readonly (readonly string[])[];
  /** Command lines of static pods in kube-system, each named like its component, and the processes that they are; they see the node's own files. */
  readonly staticPods?: readonly (readonly string[])[];
  /** Files of configuration by path: kind and text, as somebody would write them; without a text the collector may not read it. */
  readonly configs?: Readonly<Record<string, { readonly kind: string; readonly text?: string }>>;
  /** Owner and mode of files by path: `root:root 0600`; of directories with ` dir` behind. `denied`: the collector could not look. */
  readonly files?: Readonly<Record<string, string>>;
  /** Variables of etcd's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Client certificates of kubeconfigs by path. */
  readonly kubeconfigs?: Readonly<Record<string, CertificateSketch>>;
  /** Certificates by path. */
  readonly certificates?: Readonly<Record<string, CertificateSketch>>;
}

/** A strong certificate that is good for a year where nothing else is said. */
export interface CertificateSketch {
  readonly subject: string;
  readonly organizations?: readonly string[];
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly keyBits?: number;
  readonly signature?: string;
}
