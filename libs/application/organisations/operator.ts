import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError } from '../app-error.js';

/** Whoever holds the installation's operator key. May make and list organisations, and see nothing inside them. */
export class Operator {
  private constructor() {}

  /** The process that runs the installation itself, such as the standalone's first start. */
  static readonly self = new Operator();

  /** Throws `unauthenticated` unless the key presented is the one in the settings. Takes equally long either way. */
  static withKey(presented: string, expected: string): Operator {
    const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
    if (expected === '' || !timingSafeEqual(digest(presented), digest(expected))) {
      throw new AppError('unauthenticated', 'bad-operator-key', 'This takes the operator key of the installation.');
    }
    return Operator.self;
  }
}
