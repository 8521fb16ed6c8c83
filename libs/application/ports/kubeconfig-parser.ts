import type { InputProblem } from '../app-error.js';
import type { ClusterConnection } from './cluster-collector.js';

/**
 * Reads a kubeconfig as data. Throws an error named `KubeconfigError` with `problems` where it is refused; none of
 * them repeats a value of the file.
 */
export type KubeconfigParser = (text: string, options: { readonly context?: string }) => ClusterConnection & { readonly context: string };

/** The problems, where `error` is a refusal. */
export function refusalOf(error: unknown): readonly InputProblem[] | undefined {
  if (!(error instanceof Error) || error.name !== 'KubeconfigError' || !('problems' in error)) return undefined;
  return error.problems as readonly InputProblem[];
}
