/**
 * How reading one thing on a node ended. Nothing but `read` and `absent` lets anybody conclude something:
 *
 * - `read`: it was there and was understood.
 * - `absent`: nothing has that path. The one state that says that something does not exist.
 * - `denied`: the collector lacks the right; `detail` names what would give it.
 * - `outside-root`: a link climbs above the root that was given, so the node's own file was not seen.
 * - `loop`: its links never end.
 * - `not-regular`: a directory, FIFO, socket or device where a file was expected. It was not opened.
 * - `too-large`: longer than what is read of such a file. None of it was judged.
 * - `invalid`: it was read and makes no sense: no YAML, a key given twice, an API version nobody knows, a NUL.
 * - `changed`: it was replaced while it was read.
 * - `failed`: the system refused for another reason; `detail` holds its error code.
 */
export type Reading<T> = { readonly state: 'read'; readonly value: T } | Unread;

export type UnreadState = 'absent' | 'denied' | 'outside-root' | 'loop' | 'not-regular' | 'too-large' | 'invalid' | 'changed' | 'failed';

export interface Unread {
  readonly state: UnreadState;
  /** For people: what was wrong, and where it helps what to do. Holds nothing of the file but names of keys. */
  readonly detail: string;
}

/**
 * Things of one kind. Where `truncated`, there are more than these, or some could not be listed: what is missing here may
 * exist on the node, so absence may not be concluded and "every one of them" may not pass.
 */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly truncated: boolean;
}
