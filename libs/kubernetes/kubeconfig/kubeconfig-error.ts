export type KubeconfigProblemType =
  | 'kubeconfig-too-large'
  | 'kubeconfig-not-yaml'
  | 'kubeconfig-multiple-documents'
  | 'kubeconfig-alias'
  | 'kubeconfig-tag'
  | 'kubeconfig-duplicate-key'
  | 'kubeconfig-duplicate-name'
  | 'kubeconfig-wrong-type'
  | 'kubeconfig-unknown-field'
  | 'kubeconfig-exec-plugin'
  | 'kubeconfig-auth-provider'
  | 'kubeconfig-token-file'
  | 'kubeconfig-file-path'
  | 'kubeconfig-proxy-url'
  | 'kubeconfig-insecure-skip-tls-verify'
  | 'kubeconfig-impersonation'
  | 'kubeconfig-basic-auth'
  | 'kubeconfig-unknown-context'
  | 'kubeconfig-no-credentials'
  | 'kubeconfig-two-credentials'
  | 'kubeconfig-bad-server'
  | 'kubeconfig-bad-server-name'
  | 'kubeconfig-bad-token'
  | 'kubeconfig-bad-certificate'
  | 'kubeconfig-bad-key'
  | 'kubeconfig-key-mismatch';

export interface KubeconfigProblem {
  readonly type: KubeconfigProblemType;
  /** JSON Pointer (RFC 6901) to the field; empty for the file as a whole. */
  readonly pointer: string;
  /** What to do instead. Repeats nothing of the file but plain field names. */
  readonly detail: string;
}

const mostProblems = 100;

/** What is wrong with one kubeconfig; of a flood of problems, the first hundred. */
export class KubeconfigError extends Error {
  readonly problems: readonly KubeconfigProblem[];

  constructor(problems: readonly KubeconfigProblem[]) {
    const shown = problems.slice(0, mostProblems);
    super(`The kubeconfig is refused: ${shown.map(({ type, pointer }) => `${type} at "${pointer}"`).join(', ')}`);
    this.name = 'KubeconfigError';
    this.problems = shown;
  }
}
