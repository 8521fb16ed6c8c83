/** Which addresses the installation calls at all. */
export interface TargetUrlPolicy {
  /**
   * Judges the address of a webhook endpoint by its form; names are judged again whenever they are connected to.
   * `insecure`: plain http, which only the operator's setting allows.
   * Throws `AppError('invalid', 'webhook-url-refused')` that points at `/url`.
   */
  check(url: string): { readonly insecure: boolean };
}
