import type { FoundFailure } from '#findings/found-failure.js';

/**
 * Every string of a message from a thread is a copy of its own. Failures share nearly all of theirs, so one of
 * each is kept: a third of the memory at 200,000 failures.
 */
export class FailureStrings {
  private readonly known = new Map<string, string>();

  shared({ key, resource, part, severity, message, basis, risk, surroundings, detail, patch, values, digest }: FoundFailure): FoundFailure {
    const failure: { -readonly [K in keyof FoundFailure]: FoundFailure[K] } = {
      key,
      resource: { group: this.one(resource.group), kind: this.one(resource.kind), namespace: this.one(resource.namespace), name: this.one(resource.name) },
      part: this.one(part),
      severity,
      message: this.one(message),
      basis,
      risk,
      surroundings: this.one(surroundings),
      digest,
    };
    if (detail !== undefined) failure.detail = this.one(detail);
    if (patch !== undefined) failure.patch = this.one(patch);
    if (values !== undefined) failure.values = this.one(values);
    return failure;
  }

  private one(text: string): string {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    this.known.set(text, text);
    return text;
  }
}
