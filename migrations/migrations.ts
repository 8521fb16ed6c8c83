import { FirstSchema1795478400000 } from './1795478400000-first-schema.js';

/** Every migration, oldest first. Append only: one that was released is never changed. */
export const migrations = [FirstSchema1795478400000];
